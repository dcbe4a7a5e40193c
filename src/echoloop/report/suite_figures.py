"""Figures of suites: bars with intervals for each suite, and a radar of its measures or of all suites."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from echoloop.records import SuiteRow
from echoloop.report.displayed_text import clip, visible
from echoloop.report.figures import ACCENT, FAINT, INK, drawing, figure_files

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from echoloop.report.suites import Block

_COLOURS = (ACCENT, "#d0722b", "#2e8b57", "#8e5aa8", "#b03a48", "#5b6b7d", "#c2a12c", "#3aa6a6")
_FEWEST_AXES = 3
_MOST_MODELS = 8


def suite_figures(blocks: "Sequence[Block]") -> Iterator[tuple[str, bytes]]:
    """File names and contents. Only what there are numbers for is drawn."""
    with drawing():
        for number, block in enumerate(blocks):
            name = f"{block.suite.name}_{number + 1}"
            yield from figure_files(f"bars_{name}", _bars(block))
            radar = _radar(_of_measures(block), block.models)
            if radar is not None:
                yield from figure_files(f"radar_{name}", radar)
        models = tuple(dict.fromkeys(model for block in blocks for model in block.models))
        radar = _radar(_of_suites(blocks), models)
        if radar is not None:
            yield from figure_files("radar", radar)


def _bars(block: "Block") -> "Figure":
    from matplotlib.figure import Figure

    models = block.models
    figure = Figure(figsize=(6.4, 0.9 + 0.3 * max(len(models), 1)))
    axes: Any = figure.add_subplot()
    low, high = block.suite.low, block.suite.high
    rows = {
        cell.ours.model: cell.ours for line in block.lines if line.main for cell in line.cells if cell.ours
    }
    for place, model in enumerate(reversed(models)):
        _bar(axes, place, rows.get(model), low, high)
    axes.set_xlim(low, high)
    axes.set_yticks(range(len(models)), [visible(clip(model, 32)) for model in reversed(models)])
    axes.set_ylim(-0.6, len(models) - 0.4)
    axes.tick_params(axis="y", length=0)
    judge = visible(clip(block.judge, 40))
    axes.set_xlabel(
        f"{visible(block.suite.title)}, {visible(block.suite.main)}, 95 % interval, judged by {judge}"
    )
    return figure


def _bar(axes: Any, place: int, row: SuiteRow | None, low: float, high: float) -> None:
    if row is None or row.value is None:
        why = clip(row.reason, 60) if row else "not run"
        axes.text((low + high) / 2, place, visible(why), ha="center", va="center", fontsize=7)
        return
    axes.barh(place, row.value - low, left=low, color=FAINT, height=0.6)
    if row.low is not None and row.high is not None:
        axes.plot([row.low, row.high], [place, place], color=INK, linewidth=1.4)
    axes.plot([row.value], [place], "o", color=ACCENT, markersize=5)
    axes.text(
        high + 0.01 * (high - low),
        place,
        f"{row.value:.3f}  {row.coverage:.0%} scored",
        va="center",
        fontsize=8,
    )


def _of_measures(block: "Block") -> dict[str, dict[str, float]]:
    """Each measure but the main one as an axis: every model's value on the suite's scale, from 0 to 1."""
    suite = block.suite
    return {
        line.measure: {
            cell.ours.model: (cell.ours.value - suite.low) / (suite.high - suite.low)
            for cell in line.cells
            if cell.ours is not None and cell.ours.value is not None
        }
        for line in block.lines
        if not line.main
    }


def _of_suites(blocks: "Sequence[Block]") -> dict[str, dict[str, float]]:
    """Each suite's main measure as an axis."""
    found: dict[str, dict[str, float]] = {}
    for block in blocks:
        suite = block.suite
        judges = sum(other.suite.name == suite.name for other in blocks)
        name = suite.title if judges == 1 else f"{suite.title}, {block.judge}"
        found[name] = {
            cell.ours.model: (cell.ours.value - suite.low) / (suite.high - suite.low)
            for line in block.lines
            if line.main
            for cell in line.cells
            if cell.ours is not None and cell.ours.value is not None
        }
    return found


def _radar(axes_of: Mapping[str, Mapping[str, float]], models: Sequence[str]) -> "Figure | None":
    """A closed line a model that has a value on every axis; None where no model has, or where there are too few axes."""
    from matplotlib.figure import Figure

    names = [name for name, values in axes_of.items() if values]
    whole = [model for model in models if all(model in axes_of[name] for name in names)][:_MOST_MODELS]
    if len(names) < _FEWEST_AXES or not whole:
        return None
    angles = np.linspace(0.0, 2.0 * np.pi, len(names), endpoint=False)
    figure = Figure(figsize=(5.2, 5.2))
    axes: Any = figure.add_subplot(projection="polar")
    for turn, model in enumerate(whole):
        values = [axes_of[name][model] for name in names]
        colour = _COLOURS[turn % len(_COLOURS)]
        axes.plot(
            [*angles, angles[0]],
            [*values, values[0]],
            color=colour,
            linewidth=1.5,
            label=visible(clip(model, 24)),
        )
        axes.fill(angles, values, color=colour, alpha=0.07)
    axes.set_xticks(angles, [visible(clip(name, 22)) for name in names])
    axes.set_ylim(0.0, 1.0)
    axes.set_yticks([0.25, 0.5, 0.75, 1.0], ["", "", "", "1"])
    axes.set_theta_offset(np.pi / 2.0)
    axes.tick_params(axis="x", labelsize=8, pad=14)
    axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.02, 1.0))
    return figure
