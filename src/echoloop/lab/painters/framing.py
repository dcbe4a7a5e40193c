"""Puts a whole picture into the wrong frame: too close."""

import numpy as np
from PIL import Image

from echoloop.images import Pixels


def too_close(pixels: Pixels, crop: float) -> Pixels:
    """`pixels` with `crop` of each side cut off, half of it at either end, and the rest blown up to fill the frame."""
    if crop == 0:
        return pixels
    height, width = pixels.shape[:2]
    left, top = round(width * crop / 2), round(height * crop / 2)
    inner = (left, top, max(width - left, left + 1), max(height - top, top + 1))
    whole = Image.fromarray(pixels)
    return np.array(whole.resize((width, height), Image.Resampling.BICUBIC, box=inner), dtype=np.uint8)
