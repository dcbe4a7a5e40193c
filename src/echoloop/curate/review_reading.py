"""A filled-in review file as fields, whatever a spreadsheet made of it: commas, semicolons or tabs, UTF-8 or UTF-16."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from echoloop.curate.review_files import TO_FILL_IN, TO_READ, wrong_kind
from echoloop.records import Mistake

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS = (",", ";", "\t")


def read_fields(path: Path) -> Iterator[tuple[str, Any]]:
    """Where each row stands, with its fields; for a line that cannot be read, nothing instead of fields."""
    if path.suffix.lower() not in (".jsonl", ".csv"):
        raise wrong_kind(path)
    text = _text(path)
    yield from _json_lines(text) if path.suffix.lower() == ".jsonl" else _csv_rows(text, path)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise Mistake("there is no such file", where=path.absolute()) from None
    except OSError as error:
        raise Mistake(f"the file cannot be read: {error}", where=path.absolute()) from error
    try:
        return data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise Mistake(
            f"the file is no UTF-8 text: byte {error.start + 1:,} cannot be read",
            where=path.absolute(),
            remedy="Save it as CSV UTF-8 (in a spreadsheet: Save as, CSV UTF-8) and import that.",
        ) from error


def _json_lines(text: str) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield f"{number}", msgspec.json.decode(line)
            except msgspec.DecodeError:
                yield f"{number}", None


def _csv_rows(text: str, path: Path) -> Iterator[tuple[str, Any]]:
    """A cell may hold several lines, so a row that a spreadsheet counts is said beside the line that an editor counts."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text, path))
    columns: list[str] = []
    number = begins = 0
    try:
        for cells in reader:
            number, begins, ended = number + 1, begins + 1, reader.line_num
            if number == 1:
                columns = [cell.strip() for cell in cells]
            elif cells:
                where = f"{begins}" if begins == number else f"{begins} (row {number} of a spreadsheet)"
                yield where, _row(columns, cells)
            begins = ended
    except csv.Error as error:
        raise Mistake(
            f"the file is no CSV: {error}", where=f"{path}:{reader.line_num}", remedy="Export the queue anew."
        ) from error


def _row(columns: list[str], cells: list[str]) -> dict[str, str]:
    """Spreadsheets add empty cells at the end; a cell that says something has to stand under a column."""
    row = {name: cell for name, cell in zip(columns, cells, strict=False) if name or cell}
    return row | {"(one cell too many)": ""} if any(cells[len(columns) :]) else row


def _separator(text: str, path: Path) -> str:
    """The one by which the first line names most of the columns; spreadsheets of many countries write semicolons."""
    first = text.partition("\n")[0]
    known = {*TO_FILL_IN, *TO_READ}
    named = {mark: len(known & {cell.strip(' \r"') for cell in first.split(mark)}) for mark in _SEPARATORS}
    best = max(_SEPARATORS, key=lambda mark: named[mark])
    if "sample" not in {cell.strip(' \r"') for cell in first.split(best)}:
        raise Mistake(
            f"the first line of the file names no column `sample`: {first[:80]!r}",
            where=f"{path}:1",
            remedy="It has to name the columns as they were exported, with commas, semicolons or tabs between.",
        )
    return best
