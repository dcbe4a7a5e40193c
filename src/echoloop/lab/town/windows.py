"""Screenshots of a chat with the product, and before/after collages, with the boxes of the pictures in them.

A window, from the top: a bar with the product's name; at the right a bubble with what the user sent (small pictures, then
the text); at the left the model's picture. A text that the window has no letters for is shown as grey bars, too small to read.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from PIL import Image

from echoloop.images import Pixels
from echoloop.lab.town.window_text import LINE, width_of, wrap, write_line
from echoloop.records import Box

PAGE = (246, 246, 248)
BAR = (232, 232, 238)
BUBBLE = (214, 230, 250)
SMUDGE = (150, 160, 175)

_WIDTH = 480
_MARGIN, _PADDING, _BAR_HEIGHT = 16, 12, 30
_LETTERS = 30
_SMALL = 0.85


class Screenshot(msgspec.Struct, frozen=True, kw_only=True):
    """A screenshot and where its pictures are."""

    pixels: Pixels
    input_boxes: tuple[Box, ...] = ()
    output_boxes: tuple[Box, ...] = ()


def chat_window(
    product: str, text: str, inputs: Sequence[Pixels], output: Pixels, scale: float
) -> Screenshot:
    """One turn of a chat. `text` is what the bubble shows, already in the window's letters; empty means grey bars."""
    small = [_resized(picture, _SMALL) for picture in inputs]
    large = _resized(output, scale)
    lines = wrap(text, _LETTERS) if text else ["", "", ""]
    bubble_height = 2 * _PADDING + _row_height(small) + LINE * len(lines)
    bubble_width = 2 * _PADDING + max(_row_width(small), max(map(width_of, lines)), 160)
    top = _BAR_HEIGHT + _MARGIN
    left = _WIDTH - _MARGIN - bubble_width
    answer_top = top + bubble_height + _MARGIN
    canvas = _page(answer_top + large.shape[0] + 2 * _MARGIN)
    canvas[:_BAR_HEIGHT] = BAR
    write_line(canvas, product.upper()[:30], _MARGIN, 8)
    canvas[top : top + bubble_height, left : left + bubble_width] = BUBBLE
    input_boxes = _paste_row(canvas, small, left + _PADDING, top + _PADDING)
    _write_message(canvas, lines, left + _PADDING, top + _PADDING + _row_height(small))
    output_box = _paste(canvas, large, _MARGIN, answer_top)
    return Screenshot(pixels=canvas, input_boxes=input_boxes, output_boxes=(output_box,))


def collage(before: Pixels, after: Pixels, gap: int) -> Screenshot:
    """Two pictures side by side on a page, the earlier one at the left."""
    height = max(before.shape[0], after.shape[0]) + 2 * gap
    canvas = np.full((height, before.shape[1] + after.shape[1] + 3 * gap, 3), PAGE, dtype=np.uint8)
    first = _paste(canvas, before, gap, gap)
    second = _paste(canvas, after, before.shape[1] + 2 * gap, gap)
    return Screenshot(pixels=canvas, input_boxes=(first,), output_boxes=(second,))


def _page(height: int) -> Pixels:
    return np.full((height, _WIDTH, 3), PAGE, dtype=np.uint8)


def _write_message(canvas: Pixels, lines: Sequence[str], left: int, top: int) -> None:
    for at, line in enumerate(lines):
        if line:
            write_line(canvas, line, left, top + at * LINE)
        else:
            canvas[top + at * LINE + 4 : top + at * LINE + 9, left : left + 150 - 40 * (at % 2)] = SMUDGE


def _paste_row(canvas: Pixels, pictures: Sequence[Pixels], left: int, top: int) -> tuple[Box, ...]:
    boxes: list[Box] = []
    for picture in pictures:
        boxes.append(_paste(canvas, picture, left, top))
        left += picture.shape[1] + _PADDING
    return tuple(boxes)


def _paste(canvas: Pixels, picture: Pixels, left: int, top: int) -> Box:
    height, width = int(picture.shape[0]), int(picture.shape[1])
    canvas[top : top + height, left : left + width] = picture
    return Box(left=left, top=top, right=left + width, bottom=top + height)


def _row_width(pictures: Sequence[Pixels]) -> int:
    return sum(int(picture.shape[1]) for picture in pictures) + _PADDING * max(0, len(pictures) - 1)


def _row_height(pictures: Sequence[Pixels]) -> int:
    return max((int(picture.shape[0]) for picture in pictures), default=-_PADDING) + _PADDING


def _resized(pixels: Pixels, scale: float) -> Pixels:
    if scale == 1:
        return pixels
    size = round(pixels.shape[1] * scale), round(pixels.shape[0] * scale)
    return np.array(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS), dtype=np.uint8)
