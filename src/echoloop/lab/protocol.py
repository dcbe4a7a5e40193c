"""The OpenAI protocol from the server's side: what a body asks, read strictly."""

import binascii
from base64 import b64decode
from typing import Any

import msgspec

from echoloop.calls import NotFenced, read_fenced

_MOST_PICTURES = 1_000


class BadCall(Exception):
    """A request that gets an error: its status, OpenAI's code for it, and the words."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class ChatCall(msgspec.Struct, frozen=True, kw_only=True):
    """A chat request: who is asked, in which shape, about what. `labels` are the lines between the pictures."""

    model: str
    shape: str | None
    data: Any
    pictures: tuple[bytes, ...]
    labels: tuple[str, ...]
    characters: int


class DrawCall(msgspec.Struct, frozen=True, kw_only=True):
    """A request for pictures; `seed` is whatever tells deliberate repeats apart."""

    model: str
    prompt: str
    inputs: tuple[bytes, ...] = ()
    count: int = 1
    seed: str = ""


class ModerationCall(msgspec.Struct, frozen=True, kw_only=True):
    """A request for moderation."""

    model: str
    text: str
    pictures: tuple[bytes, ...]


class _Address(msgspec.Struct, frozen=True):
    url: str


class _Part(msgspec.Struct, frozen=True):
    type: str
    text: str = ""
    image_url: _Address | None = None


class _Message(msgspec.Struct, frozen=True):
    role: str
    content: str | list[_Part]


class _Shape(msgspec.Struct, frozen=True):
    name: str


class _Format(msgspec.Struct, frozen=True):
    type: str = "text"
    json_schema: _Shape | None = None


class _Chat(msgspec.Struct, frozen=True):
    model: str
    messages: list[_Message]
    response_format: _Format = _Format()


class _Draw(msgspec.Struct, frozen=True):
    model: str
    prompt: str
    n: int = 1
    seed: int | str | None = None


class _Moderation(msgspec.Struct, frozen=True):
    model: str
    input: str | list[_Part]


_CHAT = msgspec.json.Decoder(_Chat)
_DRAW = msgspec.json.Decoder(_Draw)
_MODERATION = msgspec.json.Decoder(_Moderation)


def read_chat(body: bytes) -> ChatCall:
    """The first user message carries the data and the pictures; what follows it is talk about the answer's shape."""
    chat = _decoded(_CHAT, body)
    asked = next((message for message in chat.messages if message.role == "user"), None)
    if asked is None:
        raise BadCall(400, "invalid_value", "messages holds no user message")
    parts = [_Part("text", asked.content)] if isinstance(asked.content, str) else asked.content
    texts = [part.text for part in parts if part.type == "text"]
    try:
        data: Any = read_fenced(texts[0] if texts else "")
    except (NotFenced, msgspec.DecodeError) as error:
        raise BadCall(
            400, "invalid_value", f"the first text of the user's message holds no data block: {error}"
        ) from None
    shape = chat.response_format.json_schema
    return ChatCall(
        model=chat.model,
        shape=shape.name if shape else None,
        data=data,
        pictures=_pictures(parts),
        labels=tuple(texts[1:]),
        characters=sum(map(len, texts)),
    )


def read_drawing(body: bytes) -> DrawCall:
    """A request for pictures from words."""
    draw = _decoded(_DRAW, body)
    return drawing(draw.model, draw.prompt, (), draw.n, "" if draw.seed is None else str(draw.seed))


def drawing(model: str, prompt: str, inputs: tuple[bytes, ...], count: int, seed: str) -> DrawCall:
    """A checked request for pictures."""
    if not 1 <= count <= 10:
        raise BadCall(400, "invalid_value", f"n is {count}; it must be between 1 and 10")
    return DrawCall(model=model, prompt=prompt, inputs=inputs, count=count, seed=seed)


def read_moderation(body: bytes) -> ModerationCall:
    """A text, or parts."""
    call = _decoded(_MODERATION, body)
    parts = [_Part("text", call.input)] if isinstance(call.input, str) else call.input
    text = "\n".join(part.text for part in parts if part.type == "text")
    return ModerationCall(model=call.model, text=text, pictures=_pictures(parts))


def _decoded(decoder: "msgspec.json.Decoder[Any]", body: bytes) -> Any:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadCall(400, "invalid_json", f"the body cannot be read: {error}") from None


def _pictures(parts: list[_Part]) -> tuple[bytes, ...]:
    urls = [part.image_url.url for part in parts if part.image_url is not None]
    if len(urls) > _MOST_PICTURES:
        raise BadCall(400, "too_many_images", f"{len(urls)} images; at most {_MOST_PICTURES} are taken")
    return tuple(_picture(url) for url in urls)


def _picture(url: str) -> bytes:
    head, comma, data = url.partition(",")
    if not (comma and head.startswith("data:image/") and head.endswith(";base64")):
        raise BadCall(400, "invalid_image_url", "an image must be a base64 data URL: nothing is fetched here")
    try:
        return b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise BadCall(400, "invalid_base64", "an image's data URL holds no valid base64") from None
