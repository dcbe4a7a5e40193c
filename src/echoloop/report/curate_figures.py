"""Figures of the analyses, as SVG and PDF; the same numbers give the same bytes."""

import io
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from echoloop.report.displayed_text import TextDisplay, clip
from echoloop.report.figures import ACCENT, INK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIGURE_SUFFIXES = ("svg", "pdf")
_STYLE: Any = {
    "svg.hashsalt": "echoloop",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": "echoloop"},
    "pdf": {"CreationDate": None, "ModDate": None, "Producer": "echoloop", "Creator": "echoloop"},
}
_COLOURS = (ACCENT, "#c2571a", "#2c8a57", "#8a4fbf", "#8a94a3", "#b03060", INK)
_BARS = 24
Row = dict[str, Any]


def analysis_figures(rows: Sequence[Row], display: TextDisplay) -> Iterator[tuple[str, bytes]]:
    """File names and contents. Only what there are numbers for is drawn."""
    import matplotlib

    def own(analysis: str) -> list[Row]:
        return [row for row in rows if row["analysis"] == analysis and row["value"] is not None]

    with matplotlib.rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        if growth := own("growth"):
            yield from _files("growth", _growth(growth, display))
        if activity := own("activity"):
            yield from _files("activity", _bars(activity, "posts a week", display, upright=True))
        if tasks := own("task"):
            yield from _files("tasks", _bars(tasks[:_BARS], "share of prompts", display))


def _files(name: str, figure: "Figure") -> Iterator[tuple[str, bytes]]:
    for suffix in FIGURE_SUFFIXES:
        out = io.BytesIO()
        figure.savefig(out, format=suffix, metadata=_METADATA[suffix], bbox_inches="tight")
        yield f"{name}.{suffix}", out.getvalue()


def _growth(rows: Sequence[Row], display: TextDisplay) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.6))
    axes: Any = figure.add_subplot()
    for place, dataset in enumerate(dict.fromkeys(row["dataset"] for row in rows)):
        points = sorted((row["place"], row["value"]) for row in rows if row["dataset"] == dataset)
        colour = _COLOURS[place % len(_COLOURS)]
        axes.plot(*zip(*points, strict=True), color=colour, label=display.text(clip(dataset, 32)))
    axes.set_xlabel("prompts, drawn at random")
    axes.set_ylabel("expected unique first bigrams")
    axes.legend(frameon=False)
    return figure


def _bars(rows: Sequence[Row], label: str, display: TextDisplay, *, upright: bool = False) -> "Figure":
    from matplotlib.figure import Figure

    names = [display.text(clip(row["name"], 32)) for row in rows]
    values = [row["value"] for row in rows]
    places = list(range(len(rows)))
    figure = Figure(figsize=(6.4, 3.2 if upright else 0.9 + 0.3 * len(rows)))
    axes: Any = figure.add_subplot()
    if upright:
        axes.bar(places, values, color=ACCENT)
        axes.set_xticks(places, names, rotation=90)
        axes.set_ylabel(label)
    else:
        axes.barh(places[::-1], values, color=ACCENT, height=0.6)
        axes.set_yticks(places[::-1], names)
        axes.set_xlabel(label)
    return figure
