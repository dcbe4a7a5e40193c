"""Lines of text in a chat window: the scenes' capitals and digits, and a few marks beside them.

A line is `LINE` pixels high; each letter takes `PITCH * SCALE` pixels across. What has no glyph is left as a gap.
"""

import numpy as np
from numpy.typing import NDArray

from echoloop.images import Pixels
from echoloop.lab.scenes.glyphs import HEIGHT, PITCH, WIDTH, glyphs, marks

SCALE = 2
LINE = HEIGHT * SCALE + 8
INK = (20, 20, 24)


def as_written(text: str) -> str:
    """The text as the window shows it: capitals, single spaces, and nothing that has no glyph."""
    shown = "".join(letter if letter in glyphs() or letter in marks() else " " for letter in text.upper())
    return " ".join(shown.split())


def wrap(text: str, letters: int) -> list[str]:
    """Lines of at most so many letters, cut at spaces; a longer word stands alone and is cut."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > letters:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()[:letters]
    return lines


def width_of(line: str) -> int:
    """Pixels across, without the gap after the last letter."""
    return max(0, (PITCH * len(line) - (PITCH - WIDTH)) * SCALE)


def write_line(canvas: Pixels, line: str, left: int, top: int) -> None:
    """Ink one line onto the canvas."""
    for at, letter in enumerate(line):
        if letter != " ":
            dots = np.kron(_glyph(letter), np.ones((SCALE, SCALE), dtype=bool))
            start = left + at * PITCH * SCALE
            canvas[top : top + HEIGHT * SCALE, start : start + WIDTH * SCALE][dots] = INK


def _glyph(letter: str) -> NDArray[np.bool_]:
    return glyphs()[letter] if letter in glyphs() else marks()[letter]
