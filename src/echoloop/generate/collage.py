"""Several pictures as one, side by side, for a model that takes one: the same pictures always give the same bytes."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from echoloop.images import decode, encode_png

HEIGHT = 1024
GAP = 16
LONGEST_SIDE = 2048


def collage(pictures: Sequence[bytes]) -> bytes:
    """A PNG of the pictures from left to right on white, centred on one line; each is shrunk to fit and never enlarged."""
    tiles = [_fitted(data) for data in pictures]
    if not tiles:
        raise ValueError("a collage needs at least one picture")
    width = sum(tile.width for tile in tiles) + GAP * (len(tiles) - 1)
    height = max(tile.height for tile in tiles)
    canvas = Image.new("RGB", (width, height), "white")
    left = 0
    for tile in tiles:
        canvas.paste(tile, (left, (height - tile.height) // 2))
        left += tile.width + GAP
    return encode_png(np.asarray(_shrunk(canvas, LONGEST_SIDE / max(width, height)), dtype=np.uint8))


def _fitted(data: bytes) -> Image.Image:
    tile = Image.fromarray(decode(data).pixels)
    return _shrunk(tile, HEIGHT / tile.height)


def _shrunk(image: Image.Image, scale: float) -> Image.Image:
    if scale >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS)
