"""Shifts a whole picture in L* and b*."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageFilter

from echoloop.images import Pixels, from_lab, to_lab

_STEPS = 33


def shade(pixels: Pixels, tint: float, darken: float) -> Pixels:
    """`pixels` with `tint` added to b* and `darken` added to L*."""
    if tint == 0 and darken == 0:
        return pixels
    return np.array(Image.fromarray(pixels).filter(_table(tint, darken)), dtype=np.uint8)


@lru_cache(maxsize=64)
def _table(tint: float, darken: float) -> ImageFilter.Color3DLUT:
    steps = np.round(np.linspace(0, 255, _STEPS)).astype(np.uint8)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    shifted = to_lab(np.stack((red, green, blue), axis=-1)) + np.array([darken, 0, tint], np.float32)
    table = from_lab(shifted.astype(np.float32)).reshape(-1, 3).astype(np.float32) / 255
    return ImageFilter.Color3DLUT(_STEPS, table.ravel().tolist())
