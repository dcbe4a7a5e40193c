"""Four pictures in one file: which quarter an output is, and cutting it out only when somebody looks.

A grid is stored once, as it came. Cut and encoded again it would cost more than it took to decode, and no pixel would be better.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from echoloop.calls import ImagePart
from echoloop.engine import Rendering
from echoloop.grading import AS_JUDGED
from echoloop.images import Pixels, decode, encode_jpeg
from echoloop.records import Output
from echoloop.workspace import ImageStore

QUARTERS = 4
_GRIDS_HELD = 32


def quarter_parameters(quarter: int) -> str:
    """How an output says that it is a part of its picture: rows first, from the top left."""
    return json.dumps({"grid": "2x2", "quarter": quarter})


def quarter_of(output: Output) -> int | None:
    """The quarter that an output is; None where it is the whole picture."""
    if '"quarter"' not in output.parameters:
        return None
    stored: Any = json.loads(output.parameters)
    quarter = stored.get("quarter") if isinstance(stored, dict) else None
    return quarter if isinstance(quarter, int) and 0 <= quarter < QUARTERS else None


def cut(pixels: Pixels, quarter: int) -> Pixels:
    """A quarter; of an odd side the middle line belongs to neither half."""
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
    top = 0 if quarter < 2 else pixels.shape[0] - height
    left = 0 if quarter % 2 == 0 else pixels.shape[1] - width
    return pixels[top : top + height, left : left + width]


def pixels_of(images: ImageStore, sha256: str, quarter: int | None) -> Pixels:
    """The picture that an output is."""
    pixels = decode(images.read(sha256)).pixels
    return pixels if quarter is None else np.ascontiguousarray(cut(pixels, quarter))


def shown(rendering: Rendering, sha256: str, quarter: int | None) -> ImagePart:
    """The picture as a judge sees it."""
    if quarter is None:
        return rendering.picture(sha256, AS_JUDGED)
    data = _judged_quarters(str(rendering.images.folder), sha256)[quarter]
    return ImagePart(sha256=rendering.images.put(data, durable=False), media_type="image/jpeg")


@lru_cache(maxsize=_GRIDS_HELD)
def _judged_quarters(store: str, sha256: str) -> tuple[bytes, ...]:
    """All four as a judge sees them: they are asked about one after the other."""
    pixels = decode(ImageStore(Path(store)).read(sha256)).pixels
    return tuple(_judged(cut(pixels, quarter)) for quarter in range(QUARTERS))


def _judged(pixels: Pixels) -> bytes:
    image = Image.fromarray(np.ascontiguousarray(pixels))
    size = AS_JUDGED.size_of(*image.size)
    if image.size != size:
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return encode_jpeg(np.asarray(image, dtype=np.uint8), AS_JUDGED.quality)
