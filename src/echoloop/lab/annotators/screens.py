"""Pages with pictures on them, told from plain pictures by their pixels: chat windows, and before beside after."""

from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from echoloop.images import Box, Pixels
from echoloop.lab.annotators.screen_text import read_lines

_PAGE = (246, 246, 248)
_BUBBLE = (214, 230, 250)
_ALIKE = 5
_LUMA = np.array((0.299, 0.587, 0.114), dtype=np.float32)
_LEAST_LUMA, _LEAST_CHROMA = 4.5, 14.0
_SMALLEST = 60
_BUBBLE_SHARE = 0.12

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Screen:
    """A page: where its pictures are, and what is written to the model on it."""

    kind: Literal["chat", "collage"]
    inputs: tuple[Box, ...]
    outputs: tuple[Box, ...]
    text: str = ""


def read_screen(pixels: Pixels) -> Screen | None:
    """The page that this picture is; None for a plain picture."""
    if not _is_page(pixels):
        return None
    apart = _apart(pixels, _PAGE)
    blocks = _blocks(apart)
    bubble = next((box for box in blocks if _is_bubble(pixels, box)), None)
    framed = [box for box in blocks if box != bubble and box.top > 0]
    if bubble is None:
        pictures = [piece for box in framed for piece in _split(apart, box)]
        return _collage(sorted(pictures, key=lambda box: box.left))
    inputs = _in_bubble(pixels, bubble)
    outputs = tuple(sorted((box for box in framed if box.top >= bubble.bottom), key=lambda box: box.top))
    below = max((box.bottom for box in inputs), default=bubble.top)
    written = Box(left=bubble.left, top=below, right=bubble.right, bottom=bubble.bottom)
    return Screen("chat", inputs, outputs, read_lines(pixels, written))


def _is_page(pixels: Pixels) -> bool:
    """Its left and right edges are the colour of a page, all the way down from a bar at most."""
    top = pixels.shape[0] // 4
    edge = np.concatenate((pixels[top:, :2].reshape(-1, 3), pixels[top:, -2:].reshape(-1, 3))).astype(
        np.int16
    )
    near = np.abs(edge - np.array(_PAGE, np.int16)).max(axis=-1) <= _ALIKE
    return bool(near.mean() > 0.75)


def _apart(pixels: Pixels, colour: tuple[int, int, int]) -> Mask:
    """Where the picture differs from a colour; colour bleeds over edges in JPEG files, lightness hardly."""
    away = pixels.astype(np.float32) - np.array(colour, np.float32)
    luma = away @ _LUMA
    chroma = np.abs(away - luma[..., None]).max(axis=-1)
    return (np.abs(luma) > _LEAST_LUMA) | (chroma > _LEAST_CHROMA)


def _blocks(apart: Mask) -> list[Box]:
    """Solid regions large enough for a picture, without their ragged rims."""
    found = ndimage.label(ndimage.binary_opening(apart, np.ones((3, 3))))
    labels, _ = cast(tuple[NDArray[np.int32], int], found)
    boxes: list[Box] = []
    for spot in ndimage.find_objects(labels):
        down, across = spot
        box = Box(left=across.start, top=down.start, right=across.stop, bottom=down.stop)
        if min(box.right - box.left, box.bottom - box.top) >= _SMALLEST:
            boxes.append(_tight(apart, box))
    return boxes


def _tight(apart: Mask, box: Box) -> Box:
    """From the first to the last row and column that are mostly not page."""
    inside = apart[box.top : box.bottom, box.left : box.right]
    rows, columns = np.flatnonzero(inside.mean(axis=1) > 0.5), np.flatnonzero(inside.mean(axis=0) > 0.5)
    if not len(rows) or not len(columns):
        return box
    return Box(
        left=box.left + int(columns[0]),
        top=box.top + int(rows[0]),
        right=box.left + int(columns[-1]) + 1,
        bottom=box.top + int(rows[-1]) + 1,
    )


def _is_bubble(pixels: Pixels, box: Box) -> bool:
    inside = pixels[box.top : box.bottom, box.left : box.right].astype(np.int16)
    return bool((np.abs(inside - np.array(_BUBBLE, np.int16)).max(axis=-1) <= 6).mean() > _BUBBLE_SHARE)


def _in_bubble(pixels: Pixels, bubble: Box) -> tuple[Box, ...]:
    inside = pixels[bubble.top : bubble.bottom, bubble.left : bubble.right]
    boxes = [
        Box(
            left=box.left + bubble.left,
            top=box.top + bubble.top,
            right=box.right + bubble.left,
            bottom=box.bottom + bubble.top,
        )
        for box in _blocks(_apart(inside, _BUBBLE))
    ]
    return tuple(sorted(boxes, key=lambda box: box.left))


def _split(apart: Mask, box: Box) -> list[Box]:
    """A region cut at a full-height gap of page, where rims have grown together over it."""
    inside = apart[box.top : box.bottom, box.left : box.right]
    gap = inside.mean(axis=0) < 0.35
    gap[:_SMALLEST] = gap[-_SMALLEST:] = False
    places = np.flatnonzero(gap)
    if not len(places) or len(places) > 20:
        return [box]
    left = Box(left=box.left, top=box.top, right=box.left + int(places[0]), bottom=box.bottom)
    right = Box(left=box.left + int(places[-1]) + 1, top=box.top, right=box.right, bottom=box.bottom)
    return [_tight(apart, left), _tight(apart, right)]


def _collage(pictures: list[Box]) -> Screen | None:
    if len(pictures) < 2:
        return None
    return Screen("collage", tuple(pictures[:-1]), tuple(pictures[-1:]))
