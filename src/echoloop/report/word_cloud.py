"""The names of faults as a cloud: size by count, colour by cluster, none over another, the same counts the same picture."""

from collections.abc import Iterator, Sequence
from itertools import count
from math import sqrt
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import msgspec
import numpy as np

from echoloop.records import FaultKeyword
from echoloop.report.displayed_text import TextDisplay, clip
from echoloop.report.figures import INK, drawing, figure_files, left_out

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 120
_LETTERS = 28
_SMALLEST, _LARGEST = 11.0, 64.0
_LINE, _GAP = 1.2, 3.0
_WIDER = 1.7
_CLOSE, _APART, _AT_ONCE = 2.0, 2.2, 1024
_COLOURS = ("#1f5fbf", "#b3470f", "#1f7a48", "#7a3fb0", "#9c2450", "#5d6a1a", "#0f7285", INK)


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """A word in its place: middle, extent and size in points; `drawable` is False where the figures' font lacks a letter."""

    text: str
    count: int
    colour: str
    x: float
    y: float
    width: float
    height: float
    size: float
    drawable: bool


def word_cloud(keywords: Sequence[FaultKeyword], display: TextDisplay) -> Iterator[tuple[str, bytes]]:
    """As SVG written here, and as PDF and PNG. Nothing where nobody complained."""
    words = place_words(keywords, display)
    if not words:
        return
    cut = left_out(len(words), len(keywords), "names, the commonest")
    yield "word_cloud.svg", _svg(words, cut)
    with drawing():
        yield from figure_files("word_cloud", _figure(words, cut), ("pdf", "png"))


def place_words(keywords: Sequence[FaultKeyword], display: TextDisplay) -> list[Word]:
    """The commonest in the middle; each next one on the first free place of a spiral."""
    ordered = sorted(keywords, key=lambda one: (-one.remarks, one.keyword))[:MOST]
    if not ordered:
        return []
    colours = _colours_of(ordered)
    measure = _Ruler()
    taken = np.zeros((0, 4))
    placed: list[Word] = []
    for one in ordered:
        text = display.text(clip(one.keyword, _LETTERS)).replace("\n", " ")
        size = _SMALLEST + (_LARGEST - _SMALLEST) * sqrt(one.remarks / ordered[0].remarks)
        width, drawable = measure.width(text, size)
        x, y = _free_place(taken, width + _GAP, size * _LINE)
        taken = np.vstack([taken, [x, y, width + _GAP, size * _LINE]])
        placed.append(
            Word(
                text=text,
                count=one.remarks,
                colour=colours[one.cluster],
                x=x,
                y=y,
                width=width,
                height=size * _LINE,
                size=size,
                drawable=drawable,
            )
        )
    return placed


def _colours_of(keywords: Sequence[FaultKeyword]) -> dict[str, str]:
    """The commonest clusters have a colour of their own, the rest share the last."""
    clusters = list(dict.fromkeys(one.cluster for one in keywords))
    return {name: _COLOURS[min(place, len(_COLOURS) - 1)] for place, name in enumerate(clusters)}


def _free_place(taken: np.ndarray, width: float, height: float) -> tuple[float, float]:
    """The first point of a spiral at which nothing is in the way."""
    for first in count(0, _AT_ONCE):
        points = _spiral(first)
        apart = np.abs(points[:, None] - taken[None, :, :2]) - (taken[None, :, 2:] + (width, height)) / 2
        free = np.flatnonzero((apart.max(axis=2) >= 0).sum(axis=1) == len(taken))
        if free.size:
            x, y = points[free[0]]
            return float(x), float(y)
    raise AssertionError("a spiral has no end")


def _spiral(first: int) -> np.ndarray:
    """Points at equal distances along a spiral that is wider than high."""
    turn = np.sqrt(_CLOSE * np.arange(first, first + _AT_ONCE))
    return np.stack([_WIDER * turn * np.cos(turn), turn * np.sin(turn)], axis=1) * _APART


class _Ruler:
    """Widths as the figures' own font has them; a letter it lacks is taken for a full square."""

    def __init__(self) -> None:
        from matplotlib.font_manager import findfont, get_font

        self._font: Any = get_font(findfont("DejaVu Sans"))
        self._glyphs: Any = self._font.get_charmap()

    def width(self, text: str, size: float) -> tuple[float, bool]:
        self._font.set_size(100, 72)
        known = "".join(letter for letter in text if ord(letter) in self._glyphs)
        self._font.set_text(known, 0.0)
        units = float(self._font.get_width_height()[0]) / 64 / 100
        return (units + len(text) - len(known)) * size, len(known) == len(text)


def _bounds(words: Sequence[Word]) -> tuple[float, float, float, float]:
    left = min(word.x - word.width / 2 for word in words) - 8
    right = max(word.x + word.width / 2 for word in words) + 8
    top = min(word.y - word.height / 2 for word in words) - 8
    bottom = max(word.y + word.height / 2 for word in words) + 8
    return left, top, right - left, bottom - top


def _svg(words: Sequence[Word], cut: str) -> bytes:
    """Every word is given its width, so that with another font it still covers no other."""
    left, top, width, height = _bounds(words)
    note = f'<text x="{left + 4:.1f}" y="{top + height + 10:.1f}" font-size="9" fill="{INK}">{escape(cut)}</text>\n'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.1f} {top:.1f} {width:.1f} {height + 14:.1f}" '
        f'width="{width:.0f}" height="{height + 14:.0f}" font-family="DejaVu Sans, sans-serif" role="img">\n',
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height + 14:.1f}" fill="#ffffff"/>\n',
        *(_svg_word(word) for word in words),
        note if cut else "",
        "</svg>\n",
    ]
    return "".join(lines).encode()


def _svg_word(word: Word) -> str:
    remarks = "remark" if word.count == 1 else "remarks"
    return (
        f'<text x="{word.x - word.width / 2:.1f}" y="{word.y + 0.35 * word.size:.1f}" font-size="{word.size:.1f}" '
        f'textLength="{word.width:.1f}" lengthAdjust="spacingAndGlyphs" fill="{word.colour}">'
        f"<title>{word.count} {remarks}</title>{escape(word.text)}</text>\n"
    )


def _figure(words: Sequence[Word], cut: str) -> "Figure":
    """Where the font lacks letters the word is left out, and the figure says how many are."""
    from matplotlib.figure import Figure

    left, top, width, height = _bounds(words)
    figure = Figure(figsize=(width / 72, height / 72))
    for word in words:
        if word.drawable:
            figure.text(
                (word.x - left) / width,
                1 - (word.y - top) / height,
                word.text,
                fontsize=word.size,
                color=word.colour,
                ha="center",
                va="center",
            )
    unknown = sum(not word.drawable for word in words)
    lost = f"{unknown} in scripts that this font lacks: see the SVG" if unknown else ""
    figure.text(0.01, 0.0, "; ".join(part for part in (cut, lost) if part), fontsize=7, va="top")
    return figure
