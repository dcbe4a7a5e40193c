"""The OpenAI protocol on its way out: chat completions, image generations and edits, moderations."""

from hashlib import sha256
from typing import Any

import msgspec

from echoloop.calls.canonical import canonical
from echoloop.calls.requests import (
    ChatRequest,
    DrawRequest,
    ImagePart,
    Message,
    ModerationRequest,
    Part,
    Request,
    TextPart,
)
from echoloop.calls.wire import JSON, Piece, Read, Wire, allowed, checked, coded, joined

CHAT, GENERATIONS, EDITS, MODERATIONS = (
    "/chat/completions",
    "/images/generations",
    "/images/edits",
    "/moderations",
)
_encode = msgspec.json.encode


def path_of(request: Request) -> str:
    """Where a request goes, known without rendering it."""
    if isinstance(request, ChatRequest):
        return CHAT
    if isinstance(request, ModerationRequest):
        return MODERATIONS
    return EDITS if request.images else GENERATIONS


def render(request: Request, read: Read) -> Wire:
    """`read` gives the bytes of an image by its SHA-256."""
    path = path_of(request)
    if isinstance(request, ChatRequest):
        return Wire(path, JSON, b"".join(_chat_chunks(request, read)))
    if isinstance(request, ModerationRequest):
        return Wire(path, JSON, b"".join(_moderation_chunks(request, read)))
    if request.images:
        return _edit(request, read)
    fields = {"model": request.model, "prompt": request.prompt, **allowed(request.parameters, "openai")}
    return Wire(path, JSON, _encode(fields), draws=True)


def _chat_chunks(request: ChatRequest, read: Read) -> list[Piece]:
    fields = {"model": request.model, **allowed(request.parameters, "openai"), **_response_format(request)}
    messages = joined([message_chunks(message, read) for message in request.messages])
    return [_encode(fields)[:-1], b',"messages":[', *messages, b"]}"]


def message_chunks(message: Message, read: Read) -> list[Piece]:
    """One message as the pieces of its JSON."""
    head = b'{"role":' + _encode(message.role) + b',"content":'
    if len(message.parts) == 1 and isinstance(message.parts[0], TextPart):
        return [head, _encode(message.parts[0].text), b"}"]
    parts = joined([_part_chunks(part, read) for part in message.parts])
    return [head, b"[", *parts, b"]}"]


def _part_chunks(part: Part, read: Read) -> list[Piece]:
    if isinstance(part, TextPart):
        return [b'{"type":"text","text":', _encode(part.text), b"}"]
    return _image_chunks(part, read)


def _image_chunks(part: ImagePart, read: Read) -> list[Piece]:
    head = f'{{"type":"image_url","image_url":{{"url":"data:{checked(part.media_type)};base64,'
    return [head.encode(), coded(part, read), b'"}}']


def _moderation_chunks(request: ModerationRequest, read: Read) -> list[Piece]:
    head = b'{"model":' + _encode(request.model) + b',"input":'
    if not request.images:
        return [head, _encode(request.text), b"}"]
    texts: tuple[Part, ...] = (TextPart(request.text),) if request.text else ()
    parts = joined([_part_chunks(part, read) for part in (*texts, *request.images)])
    return [head, b"[", *parts, b"]}"]


def _edit(request: DrawRequest, read: Read) -> Wire:
    """Several input images travel as a form. The boundary is a hash of the request, which no part of it can contain."""
    boundary = "echoloop-" + sha256(b"boundary" + canonical(request)).hexdigest()
    chunks: list[bytes] = []

    def add(name: str, value: bytes, filename: str = "", media_type: str = "") -> None:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if filename:
            head += f'; filename="{filename}"\r\nContent-Type: {checked(media_type)}'
        chunks.extend((f"{head}\r\n\r\n".encode(), value, b"\r\n"))

    add("model", request.model.encode())
    add("prompt", request.prompt.encode())
    for name, value in sorted(allowed(request.parameters, "openai").items()):
        add(_field(name), value.encode() if isinstance(value, str) else _encode(value))
    field = "image" if len(request.images) == 1 else "image[]"
    for at, part in enumerate(request.images):
        add(field, read(part.sha256), f"image-{at}.{_extension(part.media_type)}", part.media_type)
    if (mask := request.mask) is not None:
        add("mask", read(mask.sha256), f"mask.{_extension(mask.media_type)}", mask.media_type)
    chunks.append(f"--{boundary}--\r\n".encode())
    return Wire(EDITS, f"multipart/form-data; boundary={boundary}", b"".join(chunks), draws=True)


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


def _field(name: str) -> str:
    if not name.isidentifier():
        raise ValueError(f"a parameter of an image edit must be a plain name, not {name!r}")
    return name


def _extension(media_type: str) -> str:
    return media_type.removeprefix("image/").replace("jpeg", "jpg")
