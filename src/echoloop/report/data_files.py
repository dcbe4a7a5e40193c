"""The numbers behind the pages, as files that other programs read."""

import csv
import io
from collections.abc import Iterable, Sequence

import msgspec

from echoloop.records import FunnelRow, Standing
from echoloop.report.displayed_text import TextDisplay, visible
from echoloop.report.leaderboards import is_vote

_FROM_PEOPLE = frozenset({"keyword", "keywords", "cluster", "name", "reason", "outcome", "absences"})
"""Columns whose texts may quote a post; the others hold names from settings."""

_FORMULA = ("=", "+", "-", "@", "\t")
Cell = str | int | float | None


def leaderboard_csv(standings: Sequence[Standing], display: TextDisplay) -> bytes:
    """One line a split, judge (or the vote) and model."""
    columns = Standing.__struct_fields__
    return rows_csv(columns, ([_cell(getattr(one, name)) for name in columns] for one in standings), display)


def leaderboard_json(standings: Sequence[Standing]) -> bytes:
    """The same with null where there is no number; `vote_of_all` marks the common vote."""
    rows = [{**msgspec.to_builtins(one), "vote_of_all": is_vote(one)} for one in standings]
    return msgspec.json.format(msgspec.json.encode(rows), indent=1) + b"\n"


def funnel_csv(rows: Sequence[FunnelRow], display: TextDisplay) -> bytes:
    """One line a stage and end."""
    columns = FunnelRow.__struct_fields__
    return rows_csv(columns, ([_cell(getattr(row, name)) for name in columns] for row in rows), display)


def records_csv(record: type[msgspec.Struct], rows: Sequence[msgspec.Struct], display: TextDisplay) -> bytes:
    """One line a row, the record's fields as columns."""
    columns = record.__struct_fields__
    return rows_csv(columns, ([_cell(getattr(row, name)) for name in columns] for row in rows), display)


def rows_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]], display: TextDisplay) -> bytes:
    """Any rows under their columns; what a spreadsheet would run is disarmed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        named = zip(columns, row, strict=True)
        writer.writerow([_safe(cell, column in _FROM_PEOPLE, display) for column, cell in named])
    return out.getvalue().encode()


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, tuple):
        return "; ".join(str(part) for part in value)  # pyright: ignore[reportUnknownArgumentType]
    return str(value)


def _safe(cell: Cell, from_people: bool, display: TextDisplay) -> Cell:
    """Spreadsheets run a text that begins like a formula; a leading apostrophe stops them."""
    if not isinstance(cell, str):
        return cell
    text = display.text(cell) if from_people else visible(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
