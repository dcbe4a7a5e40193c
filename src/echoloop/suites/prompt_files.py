"""Prompts out of any file that holds some: lines of text, JSONL, one JSON list, a column of CSV or of Parquet."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from echoloop.records import Mistake
from echoloop.suites.csv_rows import csv_header, csv_rows
from echoloop.suites.intake import Intake, text_lines
from echoloop.suites.json_entries import json_entries
from echoloop.suites.parquet_rows import columns_of, parquet_rows

KNOWN = ("prompt", "instruction", "text", "caption", "question", "ins_en", "Prompt", "TEXT")


class PromptLine(NamedTuple):
    """A prompt and where it stands: its line, or its row from 1."""

    line: int
    text: str


def prompts_in(path: Path, column: str = "", intake: Intake | None = None) -> Iterator[PromptLine]:
    """Every prompt of a file or of a folder of Parquet. Without a `column`, or with the usual one, the first known one is taken.

    Rows without one are skipped.
    """
    noted = intake or Intake()
    kind = ".parquet" if path.is_dir() else path.suffix.lower()
    if kind == ".parquet":
        name = _chosen(columns_of(path), column, path)
        rows = ((line, row.get(name)) for line, row in parquet_rows(path, (name,)))
    elif kind in (".csv", ".tsv"):
        name = _chosen(csv_header(path), column, path)
        rows = ((line, row[name]) for line, row in csv_rows(path, (name,), noted))
    elif kind == ".jsonl":
        rows = ((line, _field(value, column)) for line, value in _json_lines(path, noted))
    elif kind == ".json":
        rows = ((entry.line, _field(entry.value, column)) for entry in json_entries(path, noted))
    else:
        rows = text_lines(path)
    found = 0
    for line, text in rows:
        if isinstance(text, str) and text.strip():
            found += 1
            yield PromptLine(line, text.strip())
    if not found:
        raise Mistake(
            f"there is no prompt in this file{f' under {column!r}' if column else ''}",
            where=path,
            remedy=f"Name the column with --column; without it {', '.join(KNOWN[:5])} are looked for.",
        )


def _json_lines(path: Path, intake: Intake) -> Iterator[tuple[int, Any]]:
    """Values of JSONL: objects, or texts alone."""
    for line, text in text_lines(path):
        if text.strip():
            try:
                yield line, json.loads(text)
            except (ValueError, RecursionError):
                intake.wrong(line, "not JSON")


def _field(value: Any, column: str) -> Any:
    if not isinstance(value, Mapping):
        return value
    names = _names(column)
    return next((value[name] for name in names if isinstance(value.get(name), str)), None)


def _chosen(columns: list[str], column: str, path: Path) -> str:
    found = next((name for name in _names(column) if name in columns), None)
    if found is None:
        raise Mistake(
            f"the file has no column {column!r}"
            if column
            else "the file has no column that holds prompts by its name",
            where=path,
            remedy=f"Name one with --column; it holds {', '.join(columns[:20])}.",
        )
    return found


def _names(column: str) -> tuple[str, ...]:
    return KNOWN if column in ("", KNOWN[0]) else (column,)
