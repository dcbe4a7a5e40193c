"""What every protocol has in common on its way out: a rendered request, its pictures, and what parameters may not say."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

import msgspec
from pybase64 import b64encode

from echoloop.calls.requests import ImagePart, ProtocolName

JSON = "application/json"
_MEDIA_TYPE = re.compile(r"image/[a-z0-9.+-]{1,40}")
_OPENAI = frozenset({"model", "messages", "prompt", "input", "image", "image[]", "mask", "stream"})

RESERVED: Mapping[ProtocolName, frozenset[str]] = {
    "openai": _OPENAI,
    "chat_images": _OPENAI,
    "gemini": frozenset(
        {
            "contents",
            "systemInstruction",
            "system_instruction",
            "responseJsonSchema",
            "responseSchema",
            "model",
            "stream",
        }
    ),
    "flux": frozenset({"prompt", "webhook_url", "webhook_secret", "model"} | {"input_image"})
    | {f"input_image_{number}" for number in range(2, 21)},
}
"""What the request itself says, so that no parameter may."""

Piece: TypeAlias = bytes | memoryview
Read: TypeAlias = Callable[[str], bytes]


class ImageSource(Protocol):
    """Where the bytes of images live: the workspace's store, or a test's dictionary."""

    def read(self, sha256: str) -> bytes: ...

    def put(self, data: bytes) -> str: ...


class Wire(msgspec.Struct, frozen=True):
    """A rendered request. `draws`: its answer is a picture, which some servers give by address."""

    path: str
    content_type: str
    body: bytes
    draws: bool = False


def allowed(parameters: dict[str, Any], protocol: ProtocolName) -> dict[str, Any]:
    """The parameters, none of which contradicts the request."""
    if taken := RESERVED[protocol].intersection(parameters):
        raise ValueError(f"parameters may not set {', '.join(sorted(taken))}: the request itself says it")
    return parameters


def checked(media_type: str) -> str:
    """A media type that cannot smuggle anything into a body."""
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise ValueError(f"an image part must have a media type such as image/png, not {media_type!r}")
    return media_type


def coded(part: ImagePart, read: Read) -> bytes:
    """The base64 of an image, to be spliced into a body: a JSON writer would cost as much as the call."""
    return b64encode(read(part.sha256))


def joined(parts: list[list[Piece]]) -> list[Piece]:
    """The elements of a JSON array, with commas between them."""
    chunks: list[Piece] = []
    for at, part in enumerate(parts):
        if at:
            chunks.append(b",")
        chunks += part
    return chunks
