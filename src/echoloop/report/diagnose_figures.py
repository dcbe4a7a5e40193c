"""Figures about complaints and metrics: bars with intervals, every metric's bars, complaints beside effects."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from echoloop.records import Complaint
from echoloop.report.beside import Beside, BesideCell
from echoloop.report.displayed_text import TextDisplay, clip, visible
from echoloop.report.figures import ACCENT, INK, drawing, figure_files, left_out
from echoloop.report.measured import EffectGroup
from echoloop.report.trend_figures import months_of, trends
from echoloop.report.wording import measured_number, which_is_better

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_COMPLAINTS, _MOST_MODELS = 20, 16


def diagnose_figures(
    complaints: Sequence[Complaint], groups: Sequence[EffectGroup], side: Beside, display: TextDisplay
) -> Iterator[tuple[str, bytes]]:
    """File names and contents. Only what there are numbers for is drawn."""
    with drawing():
        if complaints:
            yield from figure_files("complaints", _bars(complaints, display))
            if len(months_of(complaints)) > 1:
                yield from figure_files("complaints_by_month", trends(complaints, display))
        measured = [group for group in groups if group.there and group.statistic != "median"]
        if measured:
            yield from figure_files("metric_bars", _metric_bars(measured))
        if any(row.metric for row in side.rows):
            yield from figure_files("complaints_beside_effects", _beside(side, display))


def _bars(complaints: Sequence[Complaint], display: TextDisplay) -> "Figure":
    from matplotlib.figure import Figure

    shown = list(reversed(complaints[:_MOST_COMPLAINTS]))
    figure = Figure(figsize=(6.4, 0.9 + 0.3 * len(shown)))
    axes: Any = figure.add_subplot()
    for place, one in enumerate(shown):
        if one.share is None or one.low is None or one.high is None:
            continue
        axes.barh(place, 100 * one.share, color=ACCENT, height=0.6)
        axes.plot([100 * one.low, 100 * one.high], [place, place], color=INK, linewidth=1.2)
        axes.annotate(
            f"{one.samples} ({one.share:.0%})",
            (100 * one.high, place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    axes.set_yticks(range(len(shown)), [display.text(clip(one.cluster, 32)) for one in shown])
    axes.set_ylim(-0.6, len(shown) - 0.4)
    axes.tick_params(axis="y", length=0)
    cut = left_out(len(shown), len(complaints), "complaints, commonest first")
    label = f"% of the {complaints[0].of:,} samples that somebody spoke of, with 95 % interval"
    axes.set_xlabel(f"{label}; {cut}" if cut else label, fontsize=8)
    return figure


def _metric_bars(groups: Sequence[EffectGroup]) -> "Figure":
    """ECHO's Figure 8 with intervals and coverage: a panel a field, a bar a model. Medians are in the tables."""
    from matplotlib.figure import Figure

    columns = min(3, len(groups))
    rows = -(-len(groups) // columns)
    most = max(len(group.rows) for group in groups)
    figure = Figure(figsize=(3.3 * columns, (0.24 * min(most, _MOST_MODELS) + 0.9) * rows))
    panels: Any = figure.subplots(rows, columns, squeeze=False)
    for place, axes in enumerate(panels.flat):
        if place < len(groups):
            _panel(axes, groups[place])
        else:
            axes.axis("off")
    said = "mean over items, or pooled; line: 95 % interval, none where all items are alike; in brackets: results that were measured"
    cut = left_out(min(most, _MOST_MODELS), most, "models")
    figure.supxlabel(f"{said}; {cut}" if cut else said, fontsize=7)
    figure.tight_layout()
    return figure


def _panel(axes: Any, group: EffectGroup) -> None:
    rows = list(reversed(group.rows[:_MOST_MODELS]))
    labels: list[str] = []
    for place, row in enumerate(rows):
        one = row.effect
        labels.append(f"{visible(clip(one.model, 14))} ({one.measured})")
        if one.value is None:
            axes.text(0, place, " not measured", va="center", fontsize=6)
            continue
        axes.barh(place, one.value, color=ACCENT, height=0.6)
        if one.low is not None and one.high is not None:
            axes.plot([one.low, one.high], [place, place], color=INK, linewidth=1)
    axes.axvline(0, color=INK, linewidth=0.6)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    if not any(row.effect.value or row.effect.high for row in rows):
        axes.set_xlim(0, 1)
    axes.set_xlabel(which_is_better(group.better), fontsize=6, labelpad=1)
    axes.set_yticks(range(len(rows)), labels, fontsize=6)
    axes.tick_params(axis="x", labelsize=6)
    axes.tick_params(axis="y", length=0)
    name = group.field if group.field.startswith(group.metric) else f"{group.metric}: {group.field}"
    axes.set_title(
        f"{name.replace('_', ' ')}{', pooled' if group.statistic == 'pooled' else ''}", fontsize=7.5
    )


def _beside(side: Beside, display: TextDisplay) -> "Figure":
    """Left the share of samples, right each model's effect: the darker, the more other models it is worse than."""
    from matplotlib.figure import Figure

    rows, models = side.rows[:_MOST_COMPLAINTS], side.models[:_MOST_MODELS]
    figure = Figure(figsize=(3.4 + 0.62 * len(models), 0.34 * len(rows) + 1.3))
    left: Any
    right: Any
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(2.2, 0.62 * len(models) + 0.4))
    for place, row in enumerate(rows):
        one = row.complaint
        if one.share is not None and one.low is not None and one.high is not None:
            left.barh(place, 100 * one.share, color=ACCENT, height=0.5)
            left.plot([100 * one.low, 100 * one.high], [place, place], color=INK, linewidth=1)
    worse = np.array(
        [
            [
                np.nan if cell is None or cell.worse is None else cell.worse
                for cell in row.cells[: len(models)]
            ]
            for row in rows
        ]
    )
    right.imshow(worse, cmap="Oranges", vmin=0, vmax=1.4, aspect="auto")
    for place, row in enumerate(rows):
        for column, cell in enumerate(row.cells[: len(models)]):
            right.text(column, place, _cell(cell), ha="center", va="center", fontsize=5.5, linespacing=0.95)
    names = [
        f"{display.text(clip(row.complaint.cluster, 22))} · {(row.field or 'no metric').replace('_', ' ')}"
        for row in rows
    ]
    left.set_yticks(range(len(rows)), names, fontsize=7)
    left.set_xlabel("% of samples", fontsize=7)
    left.tick_params(axis="x", labelsize=7)
    right.set_xticks(
        range(len(models)),
        [visible(clip(model, 14)) for model in models],
        rotation=40,
        ha="right",
        fontsize=7,
    )
    right.tick_params(length=0)
    right.spines[:].set_visible(False)
    cuts = (left_out(len(rows), len(side.rows), "lines"), left_out(len(models), len(side.models), "models"))
    label = "mean effect, of so many results; darker: worse than more of the other models"
    right.set_xlabel("; ".join(part for part in (label, *cuts) if part), fontsize=7)
    figure.tight_layout()
    return figure


def _cell(cell: BesideCell | None) -> str:
    if cell is None or cell.effect.value is None:
        return "–"
    return f"{measured_number(cell.effect.value, cell.effect.better)}\n{cell.effect.measured}"
