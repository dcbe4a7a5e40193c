"""Colours before and after: each model's mean histogram beside that of its inputs (ECHO's Figure B.1), and all in one strip."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from echoloop.records import ColorHistogram
from echoloop.report.displayed_text import clip, visible
from echoloop.report.figures import FAINT, INK, drawing, figure_files, left_out

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST = 12
_CHANNELS = ("red", "green", "blue")
_COLOURS = {"red": "#c03a2b", "green": "#2c8a57", "blue": "#1f5fbf"}
_LINES = (
    "#1f5fbf",
    "#c2571a",
    "#2c8a57",
    "#8a4fbf",
    "#b03060",
    "#7a6a1a",
    "#0f7285",
    "#5a6472",
    "#d08a00",
    "#3b3b98",
    "#6d214f",
    INK,
)
_CLIPPED = (5, 250)
_SMOOTH = np.array([1, 4, 6, 4, 1]) / 16
_SMOOTHER = np.exp(-0.5 * (np.arange(-12, 13) / 5.0) ** 2)
"""For many lines in one panel: a drawing with few colours is all peaks, of which the last line would hide the others."""


def color_figures(histograms: Sequence[ColorHistogram]) -> Iterator[tuple[str, bytes]]:
    """Nothing where no colour shift was measured."""
    inputs = {one.model: one for one in histograms if one.side == "inputs"}
    outputs = [one for one in histograms if one.side == "outputs" and one.model in inputs]
    if not outputs:
        return
    cut = left_out(min(len(outputs), _MOST), len(outputs), "models")
    with drawing():
        yield from figure_files("color_histograms", _by_model(inputs, outputs[:_MOST], cut))
        yield from figure_files("color_overlay", _strip(inputs, outputs[:_MOST], cut))


def _by_model(inputs: dict[str, ColorHistogram], outputs: Sequence[ColorHistogram], cut: str) -> "Figure":
    """A row a model: three channels, inputs filled, outputs as a line, their means upright, and both means as patches."""
    from matplotlib.figure import Figure

    height = 1.1 * len(outputs) + 0.8
    figure = Figure(figsize=(8.2, height))
    grid = figure.add_gridspec(
        len(outputs),
        4,
        width_ratios=(3, 3, 3, 1),
        hspace=0.3,
        wspace=0.1,
        top=1 - 0.3 / height,
        bottom=0.45 / height,
    )
    for row, after in enumerate(outputs):
        before = inputs[after.model]
        for column, channel in enumerate(_CHANNELS):
            axes: Any = figure.add_subplot(grid[row, column])
            _draw(axes, channel, before, [(after, _COLOURS[channel])])
            for one, style in ((before, ":"), (after, "-")):
                if one.mean:
                    axes.axvline(one.mean[column], color=INK, linewidth=0.8, linestyle=style)
            if column == 0:
                axes.set_ylabel(f"{visible(clip(after.model, 18))}\n{after.pictures} pairs", fontsize=7)
            if row == 0:
                axes.set_title(channel, fontsize=8)
            axes.tick_params(labelbottom=row == len(outputs) - 1)
        _patches(figure.add_subplot(grid[row, 3]), before, after)
    said = "share of pixels by value; filled and dotted: inputs, lines: outputs; patches: mean colour before and after (values 5 to 250)"
    figure.text(0.5, 0.0, f"{said}; {cut}" if cut else said, ha="center", va="top", fontsize=7)
    return figure


def _strip(inputs: dict[str, ColorHistogram], outputs: Sequence[ColorHistogram], cut: str) -> "Figure":
    """All models over the inputs of the one with the most pairs; whose inputs these are is said, since models differ in coverage."""
    from matplotlib.figure import Figure

    widest = max(outputs, key=lambda one: one.pictures)
    figure = Figure(figsize=(9.5, 2.4))
    panels: Any = figure.subplots(1, len(_CHANNELS))
    for axes, channel in zip(panels, _CHANNELS, strict=True):
        lines = [(one, _LINES[place % len(_LINES)]) for place, one in enumerate(outputs)]
        _draw(axes, channel, inputs[widest.model], lines, _SMOOTHER / _SMOOTHER.sum())
        axes.set_title(channel, fontsize=8)
    for place, one in enumerate(outputs):
        panels[-1].plot(
            [],
            [],
            color=_LINES[place % len(_LINES)],
            label=f"{visible(clip(one.model, 18))} ({one.pictures})",
        )
    panels[-1].legend(frameon=False, fontsize=6, loc="upper left", bbox_to_anchor=(1.0, 1.05))
    said = (
        "share of pixels by value, smoothed; lines: outputs of each model (so many); filled: the inputs of the "
        f"{widest.pictures} measured pairs of {visible(clip(widest.model, 18))}"
    )
    figure.text(0.5, -0.02, f"{said}; {cut}" if cut else said, ha="center", va="top", fontsize=7)
    return figure


def _draw(
    axes: Any,
    channel: str,
    before: ColorHistogram,
    after: Sequence[tuple[ColorHistogram, str]],
    window: "np.ndarray" = _SMOOTH,
) -> None:
    """Values that are clipped to black or white would flatten all others, so the height is that of what lies between."""
    values = np.arange(256)
    ground = _smooth(before, channel, window)
    axes.fill_between(values, ground, color=FAINT, linewidth=0)
    tops = [ground[_CLIPPED[0] : _CLIPPED[1] + 1].max()]
    for one, colour in after:
        line = _smooth(one, channel, window)
        axes.plot(values, line, color=colour, linewidth=1, alpha=0.85)
        tops.append(line[_CLIPPED[0] : _CLIPPED[1] + 1].max())
    axes.set_xlim(0, 255)
    axes.set_ylim(0, 1.08 * max(tops) or 1)
    axes.set_xticks([0, 128, 255])
    axes.set_yticks([])
    axes.tick_params(labelsize=6)


def _smooth(one: ColorHistogram, channel: str, window: "np.ndarray") -> "np.ndarray":
    return np.convolve(np.array(getattr(one, channel)), window, mode="same")


def _patches(axes: Any, before: ColorHistogram, after: ColorHistogram) -> None:
    for place, one in enumerate((before, after)):
        if one.mean:
            axes.add_patch(_square(place, [min(1.0, max(0.0, value / 255)) for value in one.mean]))
    axes.set_xlim(0, 2)
    axes.set_ylim(0, 1)
    axes.axis("off")


def _square(place: int, colour: Sequence[float]) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((place, 0), 1, 1, color=tuple(colour), linewidth=0)
