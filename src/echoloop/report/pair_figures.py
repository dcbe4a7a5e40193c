"""The best, the middle and the worst pair of each metric as a figure (ECHO's Figure B.2)."""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from echoloop.images import BadImage, decode
from echoloop.report.displayed_text import TextDisplay, clip, visible
from echoloop.report.figures import FAINT, drawing, figure_files, left_out
from echoloop.report.pairs import MeasuredPair, MetricPairs
from echoloop.report.pictures import Shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST = 12
_PROMPT = 110


def pair_figures(
    metrics: Sequence[MetricPairs], read: Callable[[str], bytes | None], display: TextDisplay
) -> Iterator[tuple[str, bytes]]:
    """A row a metric. `read` gives the bytes of a page's copy of a picture."""
    if not metrics:
        return
    with drawing():
        figure = _figure(metrics[:_MOST], read, display)
        if cut := left_out(min(len(metrics), _MOST), len(metrics), "metrics"):
            figure.text(0.01, 0.0, cut, fontsize=7, va="top")
        yield from figure_files("metric_pairs", figure)


def _figure(
    metrics: Sequence[MetricPairs], read: Callable[[str], bytes | None], display: TextDisplay
) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.4, 1.75 * len(metrics)))
    grid = figure.add_gridspec(len(metrics), 7, width_ratios=(0.9, 1, 1, 1, 1, 1, 1), wspace=0.08, hspace=0.4)
    for row, one in enumerate(metrics):
        name: Any = figure.add_subplot(grid[row, 0])
        name.axis("off")
        name.text(0.0, 0.5, _name(one), ha="left", va="center", fontsize=6.5)
        for column, pair in enumerate(one.pairs):
            before: Any = figure.add_subplot(grid[row, 2 * column + 1])
            after: Any = figure.add_subplot(grid[row, 2 * column + 2])
            if pair.before is not None:
                _put(before, pair.before, "input", read)
            else:
                before.axis("off")
                before.text(0.5, 0.5, _wrapped(_prompt(pair, display)), ha="center", va="center", fontsize=5)
            _put(after, pair.after, visible(clip(pair.model, 14)), read)
            after.set_xlabel(f"{pair.rank}: {pair.value:.3g}", fontsize=6.5)
    return figure


def _name(one: MetricPairs) -> str:
    ties = f"\n{one.as_good} share the best" if one.as_good > 1 else ""
    name = f"{visible(clip(one.metric, 40))}\n{visible(clip(one.field, 40))}".replace("_", " ")
    return f"{name}\n{one.measured} results{ties}"


def _put(axes: Any, shown: Shown, title: str, read: Callable[[str], bytes | None]) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(FAINT)
    axes.set_title(title, fontsize=6)
    pixels = _pixels(read(str(shown.href)) if shown.href else None)
    if pixels is None:
        axes.text(
            0.5, 0.5, _wrapped(clip(shown.absence or "Error", 60)), ha="center", va="center", fontsize=5
        )
    else:
        axes.imshow(pixels)


def _pixels(data: bytes | None) -> Any:
    try:
        return decode(data).pixels if data else None
    except BadImage:
        return None


def _prompt(pair: MeasuredPair, display: TextDisplay) -> str:
    """The prompt as far as the figure's font can write it; else where to read it."""
    from matplotlib.font_manager import findfont, get_font

    text = display.text(clip(pair.prompt, _PROMPT))
    glyphs = get_font(findfont("DejaVu Sans")).get_charmap()
    drawable = all(ord(letter) in glyphs or letter.isspace() for letter in text)
    return text if drawable else f"(a prompt in another script: {pair.page})"


def _wrapped(text: str, width: int = 22) -> str:
    return "\n".join(textwrap.wrap(text, width)[:9])
