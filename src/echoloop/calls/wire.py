"""A request as the bytes that travel: the OpenAI protocol, with images spliced in and never passed through a JSON writer."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Protocol, TypeAlias

import msgspec
from pybase64 import b64encode

from echoloop.calls.canonical import canonical
from echoloop.calls.requests import (
    ChatRequest,
    DrawRequest,
    ImagePart,
    Message,
    ModerationRequest,
    Request,
    TextPart,
)

_JSON = "application/json"
_MEDIA_TYPE = re.compile(r"image/[a-z0-9.+-]{1,40}")
OURS = frozenset({"model", "messages", "prompt", "input", "image", "image[]", "mask", "stream"})
_encode = msgspec.json.encode


Piece: TypeAlias = bytes | memoryview


class ImageSource(Protocol):
    """Where the bytes of images live: the workspace's store, or a test's dictionary."""

    def read(self, sha256: str) -> bytes: ...

    def put(self, data: bytes) -> str: ...


class Wire(msgspec.Struct, frozen=True):
    """A rendered request."""

    path: str
    content_type: str
    body: bytes


def render(request: Request, read: Callable[[str], bytes]) -> Wire:
    """`read` gives the bytes of an image by its SHA-256."""
    if isinstance(request, ChatRequest):
        return Wire("/chat/completions", _JSON, b"".join(_chat_chunks(request, read)))
    if isinstance(request, ModerationRequest):
        return Wire("/moderations", _JSON, b"".join(_moderation_chunks(request, read)))
    if request.images:
        return _edit(request, read)
    fields = {"model": request.model, "prompt": request.prompt, **_allowed(request.parameters)}
    return Wire("/images/generations", _JSON, _encode(fields))


def path_of(request: Request) -> str:
    """Where a request goes, known without rendering it."""
    if isinstance(request, ChatRequest):
        return "/chat/completions"
    if isinstance(request, ModerationRequest):
        return "/moderations"
    return "/images/edits" if request.images else "/images/generations"


def _chat_chunks(request: ChatRequest, read: Callable[[str], bytes]) -> list[Piece]:
    fields = {"model": request.model, **_allowed(request.parameters), **_response_format(request)}
    chunks: list[Piece] = [_encode(fields)[:-1], b',"messages":[']
    for at, message in enumerate(request.messages):
        if at:
            chunks.append(b",")
        chunks += _message_chunks(message, read)
    chunks.append(b"]}")
    return chunks


def _message_chunks(message: Message, read: Callable[[str], bytes]) -> list[Piece]:
    head = b'{"role":' + _encode(message.role) + b',"content":'
    if len(message.parts) == 1 and isinstance(message.parts[0], TextPart):
        return [head, _encode(message.parts[0].text), b"}"]
    chunks: list[Piece] = [head, b"["]
    for at, part in enumerate(message.parts):
        if at:
            chunks.append(b",")
        if isinstance(part, TextPart):
            chunks += [b'{"type":"text","text":', _encode(part.text), b"}"]
        else:
            chunks += _image_chunks(part, read)
    chunks.append(b"]}")
    return chunks


def _image_chunks(part: ImagePart, read: Callable[[str], bytes]) -> list[Piece]:
    head = f'{{"type":"image_url","image_url":{{"url":"data:{_checked(part.media_type)};base64,'
    return [head.encode(), b64encode(read(part.sha256)), b'"}}']


def _moderation_chunks(request: ModerationRequest, read: Callable[[str], bytes]) -> list[Piece]:
    head = b'{"model":' + _encode(request.model) + b',"input":'
    if not request.images:
        return [head, _encode(request.text), b"}"]
    chunks: list[Piece] = [head, b"["]
    if request.text:
        chunks += [b'{"type":"text","text":', _encode(request.text), b"},"]
    for at, part in enumerate(request.images):
        if at:
            chunks.append(b",")
        chunks += _image_chunks(part, read)
    chunks.append(b"]}")
    return chunks


def _edit(request: DrawRequest, read: Callable[[str], bytes]) -> Wire:
    """Several input images travel as a form. The boundary is a hash of the request, which no part of it can contain."""
    boundary = "echoloop-" + sha256(b"boundary" + canonical(request)).hexdigest()
    chunks: list[bytes] = []

    def add(name: str, value: bytes, filename: str = "", media_type: str = "") -> None:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if filename:
            head += f'; filename="{filename}"\r\nContent-Type: {_checked(media_type)}'
        chunks.extend((f"{head}\r\n\r\n".encode(), value, b"\r\n"))

    add("model", request.model.encode())
    add("prompt", request.prompt.encode())
    for name, value in sorted(_allowed(request.parameters).items()):
        add(_field(name), value.encode() if isinstance(value, str) else _encode(value))
    field = "image" if len(request.images) == 1 else "image[]"
    for at, part in enumerate(request.images):
        add(field, read(part.sha256), f"image-{at}.{_extension(part.media_type)}", part.media_type)
    if request.mask is not None:
        add(
            "mask",
            read(request.mask.sha256),
            f"mask.{_extension(request.mask.media_type)}",
            request.mask.media_type,
        )
    chunks.append(f"--{boundary}--\r\n".encode())
    return Wire("/images/edits", f"multipart/form-data; boundary={boundary}", b"".join(chunks))


def _response_format(request: ChatRequest) -> dict[str, Any]:
    if request.schema is None:
        return {}
    shape: dict[str, Any] = {"name": request.schema_name or "answer", "schema": request.schema}
    if _is_strict(request.schema):
        shape["strict"] = True
    return {"response_format": {"type": "json_schema", "json_schema": shape}}


def _is_strict(schema: Any) -> bool:
    """Providers take `strict` only where every object closes its properties and requires them all."""
    if isinstance(schema, list):
        return all(_is_strict(inner) for inner in schema)
    if not isinstance(schema, dict):
        return True
    if schema.get("type") == "object":
        required = schema.get("required", [])
        if schema.get("additionalProperties") is not False or set(required) != set(
            schema.get("properties", {})
        ):
            return False
    return all(_is_strict(inner) for inner in schema.values())


def _allowed(parameters: dict[str, Any]) -> dict[str, Any]:
    if taken := OURS.intersection(parameters):
        raise ValueError(f"parameters may not set {', '.join(sorted(taken))}: the request itself says it")
    return parameters


def _field(name: str) -> str:
    if not name.isidentifier():
        raise ValueError(f"a parameter of an image edit must be a plain name, not {name!r}")
    return name


def _checked(media_type: str) -> str:
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise ValueError(f"an image part must have a media type such as image/png, not {media_type!r}")
    return media_type


def _extension(media_type: str) -> str:
    return media_type.removeprefix("image/").replace("jpeg", "jpg")
