"""Bytes from outside -> typed entries. What JSON lets in and nothing else can carry is mended, and counted."""

import re
from typing import Literal, TypeAlias, TypeVar

import msgspec

T = TypeVar("T")

Unreadness: TypeAlias = Literal["not JSON", "not a post in this format", "nested too deeply"]

_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


class Mended(msgspec.Struct):
    """What was changed or left out on the way in, so that it can be said. Each field is a count."""

    characters: int = 0
    """Bytes that are no UTF-8 and halves of surrogate pairs, now U+FFFD."""
    counts: int = 0
    """Likes, views ... below zero or beyond 2^63."""
    zoneless: int = 0
    """Dates without a zone, taken as UTC."""
    pictures: int = 0
    """Pictures without an address."""


class Unreadable(ValueError):
    """These bytes are not what they should be. `reason` is a fixed phrase."""

    def __init__(self, reason: Unreadness, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: Unreadness = reason
        self.detail = detail[:200]


def decode(data: bytes | msgspec.Raw, decoder: "msgspec.json.Decoder[T]", mended: Mended) -> T:
    """The typed value; characters that no text can carry are replaced first where that is what is wrong."""
    try:
        try:
            return decoder.decode(data)
        except msgspec.ValidationError:
            raise
        except (msgspec.DecodeError, UnicodeDecodeError):
            counted = Mended()
            value = decoder.decode(mend(bytes(data), counted))
            mended.characters += counted.characters
            return value
    except msgspec.ValidationError as error:
        raise Unreadable("not a post in this format", str(error)) from error
    except RecursionError as error:
        raise Unreadable("nested too deeply", "more than a thousand levels") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable("not JSON", str(error)) from error


NOTHING = msgspec.Raw()


def is_there(raw: msgspec.Raw) -> bool:
    """Whether an entry that is read later has come at all, and is not null."""
    return bytes(memoryview(raw)[:4]) not in (b"", b"null")


def mend(data: bytes, mended: Mended) -> bytes:
    """JSON without bytes that are no UTF-8 and without halves of surrogate pairs."""
    if not data.isascii():
        data = as_utf8(data, mended)
    if b"\\u" not in data:
        return data

    def replace(escape: re.Match[bytes]) -> bytes:
        if escape.group(1) is None:
            return escape.group()
        mended.characters += 1
        return b"\\ufffd"

    return _ESCAPE.sub(replace, data)


def as_utf8(data: bytes, mended: Mended) -> bytes:
    """Bytes that are UTF-8 for certain."""
    try:
        data.decode()
    except UnicodeDecodeError:
        text = data.decode(errors="replace")
        mended.characters += text.count("\ufffd") - data.count("\ufffd".encode())
        return text.encode()
    return data
