"""Rows of a CSV file with the lines they begin in; a cell may hold line breaks."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from echoloop.records import Mistake
from echoloop.suites.intake import Intake, text_lines


def csv_rows(path: Path, needed: Sequence[str], intake: Intake) -> Iterator[tuple[int, dict[str, str]]]:
    """The needed columns of each row; one with too few cells is said. A byte order mark is no part of the first column's name."""
    rows = _rows(path)
    header = next(rows, (1, []))[1]
    names = [name.strip() for name in header]
    missing = [name for name in needed if name not in names]
    if missing:
        raise Mistake(
            f"the file has no column {', '.join(missing)}",
            where=path,
            remedy=f"It needs {', '.join(needed)}; its first line holds {', '.join(names[:20]) or 'nothing'}.",
        )
    places = {name: names.index(name) for name in needed}
    for line, cells in rows:
        if not any(cells):
            continue
        if len(cells) != len(names):
            intake.wrong(line, f"{len(cells)} cells where the first line has {len(names)}", cells[0][:80])
            continue
        if any("\ufffd" in cells[place] for place in places.values()):
            intake.wrong(line, "not UTF-8", cells[0][:80])
            continue
        yield line, {name: cells[place] for name, place in places.items()}


def csv_header(path: Path) -> list[str]:
    """The names of the columns."""
    return [name.strip() for name in next(_rows(path), (1, []))[1]]


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    comma = "\t" if path.suffix.lower() == ".tsv" else ","
    reader = csv.reader((f"{line}\n" for _, line in text_lines(path)), delimiter=comma)
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Mistake(
            f"the file cannot be read as CSV in line {reader.line_num}: {error}",
            where=path,
            remedy="Save it as CSV with commas and double quotes.",
        ) from error
