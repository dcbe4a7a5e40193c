"""Gemini's own protocol on its way out: generateContent, for chats and for pictures.

Parameters go under `generationConfig` with the names they have. The names that acts and other providers use for the same things
are translated (`_SAME`), and what Gemini wants beside `generationConfig` is put there (`_BESIDE`).
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from echoloop.calls.requests import ChatRequest, DrawRequest, ImagePart, Part, Request, TextPart
from echoloop.calls.wire import JSON, Piece, Read, Wire, allowed, checked, coded, joined

_SAME: Mapping[str, str] = {
    "max_tokens": "maxOutputTokens",
    "max_completion_tokens": "maxOutputTokens",
    "n": "candidateCount",
    "stop": "stopSequences",
    "top_k": "topK",
    "top_p": "topP",
}
_BESIDE = frozenset({"safetySettings", "tools", "toolConfig", "cachedContent", "labels"})
_encode = msgspec.json.encode


def path_of(request: Request) -> str:
    """Chats and pictures go to the same place."""
    return f"/models/{quote(request.model, safe='-._~')}:generateContent"


def render(request: Request, read: Read) -> Wire:
    """`read` gives the bytes of an image by its SHA-256."""
    return Wire(
        path_of(request), JSON, b"".join(body_chunks(request, read)), draws=isinstance(request, DrawRequest)
    )


def body_chunks(request: Request, read: Read) -> list[Piece]:
    """A GenerateContentRequest as the pieces of its JSON."""
    if isinstance(request, DrawRequest):
        fields = _fields({"responseModalities": ["TEXT", "IMAGE"]}, request.parameters)
        talk = [_content("user", (TextPart(request.prompt), *request.images), read)]
    elif isinstance(request, ChatRequest):
        fields = {**_instruction(request), **_fields(_shape(request), request.parameters)}
        talk = [
            _content("model" if message.role == "assistant" else "user", message.parts, read)
            for message in request.messages
            if message.role != "system"
        ]
    else:
        raise ValueError("the protocol gemini has no moderation")
    head: list[Piece] = [_encode(fields)[:-1], b"," if fields else b"", b'"contents":[']
    return [*head, *joined(talk), b"]}"]


def _fields(ours: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
    told = allowed(parameters, "gemini")
    config = {**ours, **{_SAME.get(name, name): value for name, value in told.items() if name not in _BESIDE}}
    beside = {name: value for name, value in told.items() if name in _BESIDE}
    return {**({"generationConfig": config} if config else {}), **beside}


def _instruction(request: ChatRequest) -> dict[str, Any]:
    texts = [
        {"text": part.text}
        for message in request.messages
        if message.role == "system"
        for part in message.parts
        if isinstance(part, TextPart)
    ]
    return {"systemInstruction": {"parts": texts}} if texts else {}


def _shape(request: ChatRequest) -> dict[str, Any]:
    if request.schema is None:
        return {}
    return {"responseMimeType": "application/json", "responseJsonSchema": request.schema}


def _content(role: str, parts: tuple[Part, ...], read: Read) -> list[Piece]:
    inside = joined([_part(part, read) for part in parts])
    return [b'{"role":' + _encode(role) + b',"parts":[', *inside, b"]}"]


def _part(part: Part, read: Read) -> list[Piece]:
    if isinstance(part, ImagePart):
        head = f'{{"inlineData":{{"mimeType":"{checked(part.media_type)}","data":"'
        return [head.encode(), coded(part, read), b'"}}']
    return [b'{"text":', _encode(part.text), b"}"]
