"""Rows of CSV and Parquet files, each as a JSON object, so that every row is read in one way."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from echoloop.collect.archives.pieces import Piece
from echoloop.collect.shapes.decoding import Mended, as_utf8
from echoloop.records import Mistake

_DELIMITERS = (",", ";", "\t", "|")
_BLOCK = 1_000


def csv_names(head: bytes) -> list[str]:
    """The names in the first row."""
    return _names(_csv_reader([head], Mended()))


def _names(rows: Iterator[tuple[int, Any]]) -> list[str]:
    """What the first row says; nothing where it cannot be read."""
    first = next(rows, (0, []))[1]
    return first if isinstance(first, list) else []


def csv_rows(chunks: Iterable[bytes], start: int, mended: Mended) -> Iterator[Piece]:
    """Every row behind the first one, which names the columns. What stands between them is seen from that one."""
    rows = _csv_reader(chunks, mended)
    names = _names(rows)
    for number, (line, cells) in enumerate(rows, start=1):
        if number <= start or not cells:
            continue
        if isinstance(cells, str):
            yield Piece(number, line, cells.encode())
        else:
            yield Piece(number, line, msgspec.json.encode(dict(zip(names, cells, strict=False))))


def _csv_reader(chunks: Iterable[bytes], mended: Mended) -> Iterator[tuple[int, Any]]:
    """Rows with the line they end in; a row that cannot be read is its error's text."""
    lines = (as_utf8(line, mended).decode() for line in _csv_lines(chunks))
    first = next(lines, "")
    reader = csv.reader(_again(first, lines), delimiter=_delimiter(first))
    while True:
        try:
            yield reader.line_num + 1, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, str(error)


def _again(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _csv_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines with their ends: a cell may hold several."""
    rest = b""
    first = True
    for chunk in chunks:
        given = chunk.removeprefix(b"\xef\xbb\xbf") if first else chunk
        first = False
        *whole, rest = (rest + given).split(b"\n")
        for line in whole:
            yield line + b"\n"
    if rest:
        yield rest


def _delimiter(header: str) -> str:
    """The one that cuts the names of the columns into the most."""
    plain = header.replace("\r", " ")
    return max(_DELIMITERS, key=lambda delimiter: len(next(csv.reader([plain], delimiter=delimiter), [])))


def parquet_names(path: Path | None, label: str) -> list[str]:
    """The columns of a Parquet file."""
    return [str(name) for name in _parquet(path, label).schema_arrow.names]


def parquet_rows(path: Path | None, label: str, names: Iterable[str], start: int) -> Iterator[Piece]:
    """Rows, a block at a time, with the named columns alone."""
    file = _parquet(path, label)
    wanted = list(dict.fromkeys(name.partition(".")[0] for name in names))
    number = 0
    for block in file.iter_batches(batch_size=_BLOCK, columns=wanted):
        if number + block.num_rows <= start:
            number += block.num_rows
            continue
        for row in block.to_pylist():
            number += 1
            if number > start:
                yield Piece(number, number, msgspec.json.encode(row, enc_hook=str))


def _parquet(path: Path | None, label: str) -> Any:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    if path is None:
        raise Mistake(
            "a Parquet file cannot be read from a stream",
            where=label,
            remedy="Save it to a file and name that.",
        )
    try:
        return ParquetFile(path)
    except (ArrowException, OSError) as error:
        raise Mistake(
            f"the Parquet file cannot be read: {error}",
            where=label,
            remedy="The file may be cut off: fetch it again.",
        ) from error
