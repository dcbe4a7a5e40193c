"""A grid of pictures for a paper: a few items drawn at random, their inputs, and what every model made of them."""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from echoloop.images import BadImage, decode
from echoloop.report.displayed_text import TextDisplay, clip, visible
from echoloop.report.figures import FAINT, drawing, figure_files, left_out
from echoloop.report.pictures import Shown
from echoloop.report.samples import SamplePage

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GRID_ITEMS = 6
_MOST_MODELS = 10


def qualitative_grid(
    samples: Sequence[SamplePage], read: Callable[[str], bytes | None], display: TextDisplay
) -> Iterator[tuple[str, bytes]]:
    """As PDF and PNG; nothing where no model answered. `read` gives the bytes of a page's copy of a picture."""
    models = list(dict.fromkeys(answer.output.model for page in samples for answer in page.answers))
    if not models:
        return
    with drawing():
        figure = _grid(samples, models[:_MOST_MODELS], read, display)
        if cut := left_out(min(len(models), _MOST_MODELS), len(models), "models, best first"):
            figure.text(0.01, 0.005, cut, fontsize=6)
        yield from figure_files("qualitative_grid", figure, ("pdf", "png"))


def _grid(
    samples: Sequence[SamplePage],
    models: Sequence[str],
    read: Callable[[str], bytes | None],
    display: TextDisplay,
) -> "Figure":
    from matplotlib.figure import Figure

    columns = 2 + len(models)
    figure = Figure(figsize=(1.25 * columns + 0.6, 1.35 * len(samples) + 0.3))
    for row, page in enumerate(samples):
        words: Any = figure.add_subplot(len(samples), columns, row * columns + 1)
        words.axis("off")
        words.text(0, 0.5, _wrapped(_prompt(page, display)), ha="left", va="center", fontsize=5.5)
        shown = page.inputs[0] if page.inputs else None
        more = f"input, 1 of {len(page.inputs)}" if len(page.inputs) > 1 else "input"
        _put(figure, len(samples), columns, row * columns + 2, shown, more if shown else "", read)
        answers = {answer.output.model: answer for answer in reversed(page.answers)}
        for column, model in enumerate(models):
            answer = answers.get(model)
            title = visible(clip(model, 16)) if row == 0 else ""
            picture = answer.picture if answer else Shown(absence="not asked")
            _put(figure, len(samples), columns, row * columns + 3 + column, picture, title, read)
    return figure


def _prompt(page: SamplePage, display: TextDisplay) -> str:
    """The prompt, or where to read it: a script that the figure's font lacks would come out as boxes."""
    from matplotlib.font_manager import findfont, get_font

    text = display.text(clip(page.item.prompt, 140))
    glyphs = get_font(findfont("DejaVu Sans")).get_charmap()
    if all(ord(letter) in glyphs or letter.isspace() for letter in text):
        return text
    return f"(a prompt in {page.item.language or 'another script'}; item {clip(page.item.id, 20)})"


def _put(
    figure: "Figure",
    rows: int,
    columns: int,
    place: int,
    shown: Shown | None,
    title: str,
    read: Callable[[str], bytes | None],
) -> None:
    axes: Any = figure.add_subplot(rows, columns, place)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_color(FAINT)
    if title:
        axes.set_title(title, fontsize=6)
    if shown is None:
        axes.axis("off")
        return
    data = read(str(shown.href)) if shown.href else None
    pixels = _pixels(data)
    if pixels is None:
        axes.text(
            0.5, 0.5, _wrapped(clip(shown.absence or "Error", 60), 16), ha="center", va="center", fontsize=5
        )
    else:
        axes.imshow(pixels)


def _pixels(data: bytes | None) -> Any:
    try:
        return decode(data).pixels if data else None
    except BadImage:
        return None


def _wrapped(text: str, width: int = 24) -> str:
    return "\n".join(textwrap.wrap(text, width)[:7])
