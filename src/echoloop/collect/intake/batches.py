"""Sightings on disk: packed by the batch, so that a page, or two thousand lines, is one row of the file."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import zstandard

from echoloop.collect.sightings import Seen

_LEVEL = 1
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[Seen])


class Packed(NamedTuple):
    """A batch, ready for the file. `digest` is that of the content, before it is compressed."""

    rows: int
    digest: bytes
    body: bytes


def pack(seen: Sequence[Seen]) -> Packed:
    """Encode and compress."""
    plain = _ENCODER.encode(seen)
    return Packed(len(seen), hashlib.sha256(plain).digest(), zstandard.compress(plain, _LEVEL))


def unpack(body: bytes) -> list[Seen]:
    """What was packed."""
    return _DECODER.decode(zstandard.decompress(body))
