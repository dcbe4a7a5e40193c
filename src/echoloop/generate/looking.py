"""Looking at what was delivered: is it a picture at all, and what should a reader know of it?

What is odd is noted and still judged: an empty canvas is an answer, and a bad one.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import numpy as np
from PIL import Image

from echoloop.images import BadImage, Pixels, decode, to_lab
from echoloop.workspace import ImageStore

TINY = 64
"""A shortest side below this is noted."""

_SIZE = re.compile(r"(\d{1,5})\s*[xX*×]\s*(\d{1,5})")
_REDUCED = 4
_LEVELS = 12
_SHARE = 0.001


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that came, and the size that was asked for, where one was."""

    sha256: str
    width: int | None = None
    height: int | None = None


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What looking found; `problem` is empty when there is a picture."""

    width: int | None = None
    height: int | None = None
    brightness: float | None = None
    problem: str = ""
    notes: tuple[str, ...] = ()


def delivery(sha256: str, parameters: Mapping[str, Any]) -> Delivery:
    """A picture beside the size that its request asked for: `size = "1024x1536"`, or `width` and `height`."""
    asked = _SIZE.fullmatch(str(parameters.get("size", "")).strip())
    if asked is not None:
        return Delivery(sha256=sha256, width=int(asked[1]), height=int(asked[2]))
    width, height = parameters.get("width"), parameters.get("height")
    if isinstance(width, int) and isinstance(height, int):
        return Delivery(sha256=sha256, width=width, height=height)
    return Delivery(sha256=sha256)


def check_delivery(delivered: Delivery, images: ImageStore) -> Checked:
    """Decode it whole, and note what is odd."""
    try:
        picture = decode(images.read(delivered.sha256))
    except BadImage as error:
        return Checked(problem=f"not a picture: {error.reason}")
    values = _shrunk(picture.pixels)
    return Checked(
        width=picture.width,
        height=picture.height,
        brightness=round(float(to_lab(values)[..., 0].mean()), 3),
        notes=tuple(_notes(delivered, picture.width, picture.height, values)),
    )


def nearly_one_colour(pixels: Pixels) -> bool:
    """Whether there is nothing to be seen: less than 0.1 % of the picture is further than 12 of 255 from its median colour.

    It is first shrunk to a quarter, so that grain and the noise of JPEG do not count and thin strokes still do.
    """
    return _is_nearly_one_colour(_shrunk(pixels))


def _shrunk(pixels: Pixels) -> Pixels:
    image = Image.fromarray(pixels)
    return np.asarray(image.reduce(_REDUCED) if min(image.size) >= 2 * _REDUCED else image, dtype=np.uint8)


def _is_nearly_one_colour(small: Pixels) -> bool:
    values = small.astype(np.int16).reshape(-1, 3)
    away = np.abs(values - np.median(values, axis=0)).max(axis=1) > _LEVELS
    return float(away.mean()) < _SHARE


def _notes(delivered: Delivery, width: int, height: int, small: Pixels) -> Iterator[str]:
    if delivered.width is not None and (delivered.width, delivered.height) != (width, height):
        yield f"asked for {delivered.width} x {delivered.height}, delivered {width} x {height}"
    if min(width, height) < TINY:
        yield f"tiny: {width} x {height}"
    if _is_nearly_one_colour(small):
        yield "nearly one colour"
