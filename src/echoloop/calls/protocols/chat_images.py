"""Pictures drawn by a chat model, as OpenRouter and vLLM-omni serve them: asked by chat, found in the answer's message."""

from collections.abc import Callable

import msgspec

from echoloop.calls.protocols import openai, openai_answers
from echoloop.calls.requests import DrawRequest, Message, Request, TextPart
from echoloop.calls.responses import Reading
from echoloop.calls.wire import JSON, Read, Wire, allowed, joined


def path_of(request: Request) -> str:
    """Whatever draws, draws in a chat; the rest is the OpenAI protocol."""
    return openai.CHAT if isinstance(request, DrawRequest) else openai.path_of(request)


def render(request: Request, read: Read) -> Wire:
    """One message: the prompt, then the input images in their order. Parameters may name other `modalities`."""
    if not isinstance(request, DrawRequest):
        return openai.render(request, read)
    told = allowed(request.parameters, "chat_images")
    fields = {"model": request.model, "modalities": ["image", "text"], **told}
    message = Message("user", (TextPart(request.prompt), *request.images))
    chunks = joined([openai.message_chunks(message, read)])
    body = b"".join((msgspec.json.encode(fields)[:-1], b',"messages":[', *chunks, b"]}"))
    return Wire(openai.CHAT, JSON, body, draws=True)


def read_answer(request: Request, response: str) -> Reading:
    """A picture is an answer; words in its place are kept as what they are."""
    return openai_answers.read_answer(request, response, drawn_in_chat=True)


def lift(request: Request, response: str, put: Callable[[bytes], str]) -> tuple[str, tuple[str, ...]]:
    """The pictures of a message, wherever a server puts them."""
    return openai_answers.lift_message(response, put)
