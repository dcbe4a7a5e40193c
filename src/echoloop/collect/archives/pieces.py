"""An archive's bytes -> its entries, still unread: one a line, or one a value of a larger JSON text."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

LONGEST = 64 << 20
_BOM = b"\xef\xbb\xbf"
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+("|\\?\Z)|[{}\[\]]', re.DOTALL)


class Piece(NamedTuple):
    """An entry. `number` counts entries from 1 (lines, also empty ones); `line` is where it begins.

    `whole` is False for a last one that nothing ends, and for one that is longer than an entry may be (its bytes are then left out).
    """

    number: int
    line: int
    data: bytes
    whole: bool = True


def split_lines(chunks: Iterable[bytes], start: int = 0) -> Iterator[Piece]:
    """Lines, from the one after number `start` on. Empty lines count and are not given."""
    number = 0
    open_line: list[bytes] = []
    size = 0
    for chunk in _without_bom(chunks):
        if number < start and (ends := chunk.count(b"\n")) and number + ends < start:
            number += ends
            open_line, size = [chunk[chunk.rfind(b"\n") + 1 :]], 0
            continue
        if b"\n" not in chunk:
            size += len(chunk)
            if size <= LONGEST:
                open_line.append(chunk)
            continue
        first, *others, last = chunk.split(b"\n")
        size += len(first)
        number += 1
        if number > start:
            if size > LONGEST:
                yield Piece(number, number, b"", whole=False)
            elif data := b"".join([*open_line, first]).strip():
                yield Piece(number, number, data)
        for line in others:
            number += 1
            if number > start and (data := line.strip()):
                yield Piece(number, number, data)
        open_line, size = [last], len(last)
    if (data := b"".join(open_line).strip()) and number >= start:
        yield Piece(number + 1, number + 1, b"" if size > LONGEST else data, whole=False)


def split_values(chunks: Iterable[bytes], start: int = 0) -> Iterator[Piece]:
    """The values of a JSON text that is written over several lines, and those of an array that holds everything."""
    for number, piece in enumerate(_values(_without_bom(chunks)), start=1):
        if number > start:
            yield Piece(number, piece.line, piece.data, piece.whole)


class _Scan:
    """How far a JSON text has been looked at. `outer` is 1 inside an array that holds everything."""

    def __init__(self) -> None:
        self.buffer = b""
        self.line = 1
        self.depth = 0
        self.outer = 0
        self.begin = 0
        self.at = 0
        self._counted = 0

    def line_at(self, place: int) -> int:
        """The line of a place that is not before the last one asked for."""
        self.line += self.buffer.count(b"\n", self._counted, place)
        self._counted = place
        return self.line

    @property
    def unfinished(self) -> bytes:
        """What has begun and has not ended."""
        return self.buffer[self.begin if self.depth > self.outer else self.at :]

    def forget(self) -> None:
        """Keep only what has not ended."""
        end = len(self.buffer) - len(self.unfinished)
        self.line_at(end)
        self.buffer = self.buffer[end:]
        self.at -= end
        self.begin = self._counted = 0


def _values(chunks: Iterable[bytes]) -> Iterator[Piece]:
    scan = _Scan()
    for chunk in chunks:
        scan.buffer += chunk
        yield from _ended_values(scan)
        scan.forget()
        if len(scan.buffer) > LONGEST:
            yield Piece(0, scan.line, b"", whole=False)
            return
    if rest := scan.unfinished.strip():
        yield Piece(0, scan.line, rest, whole=False)


def _ended_values(scan: _Scan) -> Iterator[Piece]:
    for token in _TOKEN.finditer(scan.buffer, scan.at):
        text = token.group()
        if text[:1] == b'"':
            if token.group(1) != b'"':
                scan.at = token.start()
                return
        elif text in (b"{", b"["):
            if text == b"[" and scan.depth == 0:
                scan.outer = 1
            elif scan.depth == scan.outer:
                scan.begin = token.start()
            scan.depth += 1
        elif scan.depth <= scan.outer:
            scan.depth = scan.outer = 0
        else:
            scan.depth -= 1
            if scan.depth == scan.outer:
                yield Piece(0, scan.line_at(scan.begin), scan.buffer[scan.begin : token.end()])
    scan.at = len(scan.buffer)


def _without_bom(chunks: Iterable[bytes]) -> Iterator[bytes]:
    first = True
    for chunk in chunks:
        if chunk:
            yield chunk.removeprefix(_BOM) if first else chunk
            first = False
