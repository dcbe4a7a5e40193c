"""Complaints month by month, a small panel each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from echoloop.records import Complaint, ComplaintPart
from echoloop.report.complaints import parts_of
from echoloop.report.displayed_text import TextDisplay, clip
from echoloop.report.figures import ACCENT, FAINT, left_out

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST, _MOST_MONTHS = 8, 36
_NO_DATE = "no date"


def months_of(complaints: Sequence[Complaint]) -> dict[str, int]:
    """Every month up to the last, with the samples that somebody spoke of in it: none is a gap, not a neighbour."""
    samples = {part.name: part.samples for one in complaints for part in parts_of(one, "month")}
    samples.pop(_NO_DATE, None)
    if not samples:
        return {}
    first, last = [12 * int(name[:4]) + int(name[5:]) - 1 for name in (min(samples), max(samples))]
    names = [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(first, last + 1)]
    return {name: samples.get(name, 0) for name in names[-_MOST_MONTHS:]}


def trends(complaints: Sequence[Complaint], display: TextDisplay) -> "Figure":
    """One small panel a complaint, all to one scale. No line crosses a month of which nothing is known."""
    from matplotlib.figure import Figure

    months, shown = months_of(complaints), complaints[:_MOST]
    columns = min(4, len(shown))
    rows = -(-len(shown) // columns)
    figure = Figure(figsize=(max(2.2, 0.22 * len(months)) * columns, 1.6 * rows + 0.6))
    panels: Any = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for place, axes in enumerate(panels.flat):
        if place >= len(shown):
            axes.axis("off")
            continue
        _trend(axes, shown[place], list(months))
        axes.set_title(display.text(clip(shown[place].cluster, 28)), fontsize=8)
        labels = [f"{month} ({samples})" for month, samples in months.items()]
        axes.set_xticks(range(len(months)), labels, rotation=90, fontsize=6)
        axes.tick_params(axis="y", labelsize=7)
        axes.set_ylim(bottom=0)
    cut = left_out(len(shown), len(complaints), "complaints, commonest first")
    label = "% of the month's samples that somebody spoke of (so many), with 95 % interval"
    if len(months) == _MOST_MONTHS:
        label += f"; the last {_MOST_MONTHS} months"
    figure.supxlabel(f"{label}; {cut}" if cut else label, fontsize=7)
    figure.tight_layout()
    return figure


def _trend(axes: Any, complaint: Complaint, months: Sequence[str]) -> None:
    parts = {part.name: part for part in parts_of(complaint, "month")}
    share, low, high = np.array([_percents(parts.get(month)) for month in months]).T
    axes.errorbar(
        range(len(months)),
        share,
        yerr=(share - low, high - share),
        color=ACCENT,
        ecolor=FAINT,
        elinewidth=4,
        marker="o",
        markersize=3,
        linewidth=1.2,
    )


def _percents(part: ComplaintPart | None) -> tuple[float, float, float]:
    if part is None or part.share is None or part.low is None or part.high is None:
        return np.nan, np.nan, np.nan
    return 100 * part.share, 100 * part.low, 100 * part.high
