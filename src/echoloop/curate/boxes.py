"""Boxes that a model draws on a picture: what is sound, in pixels of the picture, and why the rest is not."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from echoloop.curate.settings import BoxConvention
from echoloop.images import BadBox
from echoloop.images import Box as PixelBox
from echoloop.records import Box

_SMALLEST_SIDE = 16
_MOST_OVERLAP = 0.5
_THOUSAND, _SLIGHTLY_OVER = 1000, 1010
_FARTHEST = 1e6


class SoundBoxes(NamedTuple):
    """Boxes of what went in and what came out, and for each that was refused the reason and its numbers."""

    inputs: tuple[Box, ...]
    outputs: tuple[Box, ...]
    refused: tuple[tuple[str, str], ...]


class Page(NamedTuple):
    """The picture that boxes are drawn on, how they are written, and how much of each rim is taken away."""

    width: int
    height: int
    convention: BoxConvention = "pixels"
    margin: int = 0


def sound_boxes(
    inputs: Sequence[Sequence[float]], outputs: Sequence[Sequence[float]], page: Page
) -> SoundBoxes:
    """Every claimed box, inputs first: clamped to the page, and refused where it holds no picture of its own."""
    taken: list[PixelBox] = []
    refused: list[tuple[str, str]] = []

    def sound(claims: Sequence[Sequence[float]]) -> tuple[Box, ...]:
        kept: list[Box] = []
        for claim in claims:
            box = _box(claim, page)
            if isinstance(box, PixelBox) and any(_over(box, other) for other in taken):
                box = "over another box"
            if isinstance(box, str):
                refused.append((box, ", ".join(f"{number:g}" for number in claim[:8])))
            else:
                taken.append(box)
                kept.append(Box(left=box.left, top=box.top, right=box.right, bottom=box.bottom))
        return tuple(kept)

    return SoundBoxes(sound(inputs), sound(outputs), tuple(refused))


def _box(claim: Sequence[float], page: Page) -> PixelBox | str:
    """The box in pixels, or what is wrong with it. Nothing is put right by a guess: a wrong crop looks like a right one."""
    if len(claim) != 4 or not all(math.isfinite(number) for number in claim):
        return "not four numbers"
    left, top, right, bottom = claim
    if right < left or bottom < top:
        return "with swapped corners"
    if page.convention == "thousandths":
        if max(claim) > _SLIGHTLY_OVER:
            return "not in thousandths"
        left, right = (number * page.width / _THOUSAND for number in (left, right))
        top, bottom = (number * page.height / _THOUSAND for number in (top, bottom))
    try:
        whole = PixelBox(left=_near(left), top=_near(top), right=_near(right), bottom=_near(bottom)).within(
            page.width, page.height
        )
    except BadBox:
        return "outside the picture"
    box = PixelBox(
        left=whole.left + page.margin,
        top=whole.top + page.margin,
        right=whole.right - page.margin,
        bottom=whole.bottom - page.margin,
    )
    if min(box.right - box.left, box.bottom - box.top) < _SMALLEST_SIDE:
        return "too small"
    return box


def _over(box: PixelBox, other: PixelBox) -> bool:
    """They share half of what both cover, or one lies mostly inside the other: a frame drawn around a picture is not another."""
    wide = min(box.right, other.right) - max(box.left, other.left)
    high = min(box.bottom, other.bottom) - max(box.top, other.top)
    shared = max(0, wide) * max(0, high)
    return box.overlap(other) > _MOST_OVERLAP or shared > 0.8 * min(box.area, other.area)


def _near(number: float) -> int:
    return round(max(-_FARTHEST, min(_FARTHEST, number)))
