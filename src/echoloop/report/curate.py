"""The analyses of data sets as one static page with figures and files, from one long table of numbers."""

import csv
import io
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from jinja2 import Environment, PackageLoader, StrictUndefined

from echoloop.report.curate_figures import FIGURE_SUFFIXES, analysis_figures
from echoloop.report.displayed_text import TextDisplay
from echoloop.report.folder import DraftFolder
from echoloop.report.wording import filters

TITLES = {
    "size": "Size",
    "first bigrams": "Unique first bigrams",
    "perplexity": "Perplexity",
    "length": "Length of prompts",
    "language": "Languages",
    "task": "Kinds of task",
    "novelty": "Novelty against older benchmarks",
    "activity": "Posts a week",
    "funnel": "Where rows went",
    "cost": "Cost by stage, US dollars",
}
"""In the order of the page; the points of the growth curves are in the figure and the files alone."""

_FORMULA = ("=", "+", "-", "@", "\t")


class Section(NamedTuple):
    """One analysis: a line a name, a cell a data set. A cell is the value, its bounds and a note."""

    title: str
    anchor: str
    datasets: list[str]
    lines: list[tuple[str, list[dict[str, Any] | None]]]


def write_analyses(folder: Path, table: pa.Table, subject: str, handles: Sequence[str] = ()) -> Path:
    """Write the folder anew, whole or not at all, and return its page. The same table gives the same bytes."""
    display = TextDisplay(handles)
    rows: list[dict[str, Any]] = table.to_pylist()
    with DraftFolder(folder) as draft:
        figures: list[str] = []
        for name, data in analysis_figures(rows, display):
            draft.write(f"figures/{name}", data)
            figures.append(name.partition(".")[0])
        draft.write("data/analyses.csv", _csv(table.column_names, rows, display))
        draft.write("data/analyses.parquet", _parquet(table))
        page = (
            _environment(display)
            .get_template("analyses.html")
            .render(
                page="index.html",
                root="",
                subject=subject,
                has_samples=False,
                sections=sections(rows),
                figures=list(dict.fromkeys(figures)),
                suffixes=FIGURE_SUFFIXES,
            )
        )
        draft.write("index.html", page.encode())
        for name in ("style.css", "report.js"):
            asset = resources.files("echoloop.report").joinpath("assets", name)
            draft.write(f"assets/{name}", asset.read_bytes())
    return folder / "index.html"


def sections(rows: Sequence[dict[str, Any]]) -> list[Section]:
    """The rows side by side: what two data sets both have stands on one line."""
    found: list[Section] = []
    for analysis, title in TITLES.items():
        own = [row for row in rows if row["analysis"] == analysis]
        if not own:
            continue
        datasets = list(dict.fromkeys(row["dataset"] for row in own))
        cells = {(row["dataset"], _line_of(row)): row for row in own}
        lines = list(dict.fromkeys(_line_of(row) for row in own))
        found.append(
            Section(
                title,
                analysis.replace(" ", "-"),
                datasets,
                [(name, [cells.get((one, (name, place))) for one in datasets]) for name, place in lines],
            )
        )
    return found


def _line_of(row: dict[str, Any]) -> tuple[str, int]:
    """Two clusters may have one name: of these the place tells them apart."""
    return row["name"], row["place"] if row["analysis"] == "task" else 0


def _csv(columns: Sequence[str], rows: Sequence[dict[str, Any]], display: TextDisplay) -> bytes:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(columns)
    table.writerows([_safe(row[name], display) for name in columns] for row in rows)
    return out.getvalue().encode()


def _safe(cell: object, display: TextDisplay) -> object:
    if not isinstance(cell, str):
        return cell
    text = display.text(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue().to_pybytes()


def _environment(display: TextDisplay) -> Environment:
    environment = Environment(
        loader=PackageLoader("echoloop.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=display.show,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters(display))
    return environment
