"""Compressed bytes -> plain bytes, a bounded piece at a time. What they are is seen from the bytes, never from a name."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, TypeAlias

import zstandard

PIECE = 1 << 20
_ZSTD_PIECE = 1 << 12
"""So little at a time that a hostile stream can swell to some 100 MB at most before somebody looks at it."""
_ZSTD_WINDOW = 1 << 31

DAMAGES = (zlib.error, lzma.LZMAError, zstandard.ZstdError, OSError, ValueError)

_Feed: TypeAlias = Callable[[Any, bytes], Iterator[bytes]]


def decompressed(raw: Iterator[bytes]) -> Iterator[bytes]:
    """Plain, gzip, bzip2, xz or zstd (with windows up to 2 GiB). Raises `EOFError` where a stream ends in its middle."""
    first = next(raw, b"")
    while len(first) < 6 and (more := next(raw, b"")):
        first += more
    raw = chain([first], raw)
    if first.startswith(b"\x1f\x8b"):
        return _members(raw, lambda: zlib.decompressobj(31), _feed_zlib)
    if first.startswith(b"BZh"):
        return _members(raw, bz2.BZ2Decompressor, _feed_bounded)
    if first.startswith(b"\xfd7zXZ\x00"):
        return _members(raw, lzma.LZMADecompressor, _feed_bounded)
    if first.startswith(b"\x28\xb5\x2f\xfd") or first[1:4] == b"\x2a\x4d\x18":
        zstd = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        return _members(_finer(raw), zstd.decompressobj, _feed_zstd)
    return raw


def _members(raw: Iterable[bytes], new: Callable[[], Any], feed: _Feed) -> Iterator[bytes]:
    """A compressed file may be several, one after the other; zeros between them are padding."""
    member = new()
    for given in raw:
        chunk = given
        while chunk:
            if member.eof:
                chunk = chunk.lstrip(b"\x00")
                member = new() if chunk else member
                continue
            yield from feed(member, chunk)
            chunk = member.unused_data if member.eof else b""
    if not member.eof:
        raise EOFError


def _feed_zlib(member: Any, chunk: bytes) -> Iterator[bytes]:
    while True:
        plain = member.decompress(chunk, PIECE)
        yield plain
        chunk = member.unconsumed_tail
        if member.eof or (not chunk and len(plain) < PIECE):
            return


def _feed_bounded(member: Any, chunk: bytes) -> Iterator[bytes]:
    yield member.decompress(chunk, PIECE)
    while not (member.eof or member.needs_input):
        yield member.decompress(b"", PIECE)


def _feed_zstd(member: Any, chunk: bytes) -> Iterator[bytes]:
    yield member.decompress(chunk)


def _finer(raw: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in raw:
        for start in range(0, len(chunk), _ZSTD_PIECE):
            yield chunk[start : start + _ZSTD_PIECE]
