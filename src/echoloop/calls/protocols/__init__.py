"""The wires that models are reached by: one small file a protocol and direction, and one table of them.

A protocol says how a request becomes bytes, where they go and with which header its key travels, how its pictures are lifted out
of a response, and what a response says.
"""

from collections.abc import Callable, Mapping

import msgspec

from echoloop.calls.admission import Unreadable
from echoloop.calls.protocols import chat_images, flux, gemini, gemini_answers, openai, openai_answers
from echoloop.calls.requests import ProtocolName, Request
from echoloop.calls.responses import Reading
from echoloop.calls.wire import Read, Wire

Put = Callable[[bytes], str]


def _says_something(response: str) -> str | None:
    """Most protocols answer with an error where they have nothing to say."""
    del response
    return None


class Protocol(msgspec.Struct, frozen=True, kw_only=True):
    """`key_header` is the name of the header that carries the key, and what stands before the key in it."""

    path_of: Callable[[Request], str]
    render: Callable[[Request, Read], Wire]
    read_answer: Callable[[Request, str], Reading]
    lift: Callable[[Request, str, Put], tuple[str, tuple[str, ...]]]
    emptiness: Callable[[str], str | None] = _says_something
    key_header: tuple[str, str] = ("Authorization", "Bearer ")


PROTOCOLS: Mapping[ProtocolName, Protocol] = {
    "openai": Protocol(
        path_of=openai.path_of,
        render=openai.render,
        read_answer=openai_answers.read_answer,
        lift=openai_answers.lift,
        emptiness=openai_answers.emptiness,
    ),
    "chat_images": Protocol(
        path_of=chat_images.path_of,
        render=chat_images.render,
        read_answer=chat_images.read_answer,
        lift=chat_images.lift,
        emptiness=openai_answers.emptiness,
    ),
    "gemini": Protocol(
        path_of=gemini.path_of,
        render=gemini.render,
        read_answer=gemini_answers.read_answer,
        lift=gemini_answers.lift,
        emptiness=gemini_answers.emptiness,
        key_header=("x-goog-api-key", ""),
    ),
    "flux": Protocol(
        path_of=flux.path_of,
        render=flux.render,
        read_answer=flux.read_answer,
        lift=flux.lift,
        key_header=("x-key", ""),
    ),
}


def path_of(request: Request) -> str:
    """Where a request goes, known without rendering it."""
    return PROTOCOLS[request.protocol].path_of(request)


def render(request: Request, read: Read) -> Wire:
    """A request as it travels; `read` gives the bytes of an image by its SHA-256."""
    return PROTOCOLS[request.protocol].render(request, read)


def lift_images(request: Request, response: str, put: Put) -> tuple[str, tuple[str, ...]]:
    """Return the response with hashes in the place of bytes, and the hashes in order."""
    return PROTOCOLS[request.protocol].lift(request, response, put)


def read_response(request: Request, response: str) -> Reading:
    """Read a response whose images are in the store already. Raises Unreadable when it keeps no protocol."""
    try:
        return PROTOCOLS[request.protocol].read_answer(request, response)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unreadable(f"the answer does not keep the protocol ({error}): {response[:120]!r}") from None
