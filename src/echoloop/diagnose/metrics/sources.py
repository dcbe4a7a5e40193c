"""A picture as callers of a metric have it: an array, or a file."""

from pathlib import Path
from typing import TypeAlias

import numpy as np

from echoloop.images import Pixels, decode

Source: TypeAlias = Pixels | Path | str


def checked(pixels: Pixels) -> Pixels:
    """The array, if it is a picture."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise ValueError(
            f"a picture is an array (height, width, 3) of uint8, not {pixels.shape} of {pixels.dtype}"
        )
    return pixels


def pixels_of(source: Source) -> Pixels:
    """8-bit RGB: an array as it is, a file by the rule of `echoloop.images.decode`."""
    if isinstance(source, np.ndarray):
        return checked(source)
    return decode(Path(source).read_bytes()).pixels
