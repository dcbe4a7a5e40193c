"""Reads lines of the bitmap alphabet on a flat ground."""

import numpy as np
from numpy.typing import NDArray

from echoloop.images import Box, Pixels
from echoloop.lab.scenes.glyphs import HEIGHT, PITCH, WIDTH, glyphs, marks

_SCALE = 2
_LINE = HEIGHT * _SCALE + 8
_DARK = 120
_MOST_LINES = 60
_MOST_WRONG_DOTS = 7


def read_lines(pixels: Pixels, box: Box) -> str:
    """The words in a box, its lines joined by spaces; empty where there are none that can be read."""
    dark = pixels[box.top : box.bottom, box.left : box.right].max(axis=-1) < _DARK
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not len(rows):
        return ""
    lines = [
        _line(dark, int(top), int(columns[0]))
        for top in range(int(rows[0]), int(rows[-1]) + 1, _LINE)[:_MOST_LINES]
    ]
    return " ".join(" ".join(lines).split())


def _line(dark: NDArray[np.bool_], top: int, left: int) -> str:
    band = dark[top : top + HEIGHT * _SCALE, left:]
    if band.shape[0] < HEIGHT * _SCALE:
        band = np.pad(band, ((0, HEIGHT * _SCALE - band.shape[0]), (0, 0)))
    places = range(0, band.shape[1], PITCH * _SCALE)
    return "".join(_letter(band[:, place : place + WIDTH * _SCALE]) for place in places).rstrip()


def _letter(patch: NDArray[np.bool_]) -> str:
    if patch.shape[1] < WIDTH * _SCALE:
        patch = np.pad(patch, ((0, 0), (0, WIDTH * _SCALE - patch.shape[1])))
    dots = patch.reshape(HEIGHT, _SCALE, WIDTH, _SCALE).mean(axis=(1, 3)) >= 0.5
    if not dots.any():
        return " "
    known = {**glyphs(), **marks()}
    best = min(known, key=lambda letter: int((known[letter] != dots).sum()))
    return best if int((known[best] != dots).sum()) <= _MOST_WRONG_DOTS else " "
