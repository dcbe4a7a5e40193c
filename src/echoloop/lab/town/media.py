"""The pictures people attach, written as files whose names say nothing about what is in them."""

from pathlib import Path

import numpy as np

from echoloop.images import Pixels, content_hash, encode_jpeg, encode_png
from echoloop.records import ImageRef

FOLDER = "media"
_JPEG_QUALITY = 92


class MediaFolder:
    """Writes each picture once, under a name drawn by chance."""

    def __init__(self, town: Path) -> None:
        self._town = town
        (town / FOLDER).mkdir(parents=True, exist_ok=True)

    def save(self, pixels: Pixels, rng: np.random.Generator, *, lossless: bool, alt: str = "") -> ImageRef:
        """Write the pixels to a new file."""
        data = encode_png(pixels) if lossless else encode_jpeg(pixels, _JPEG_QUALITY)
        return self.attach(data, "png" if lossless else "jpg", rng, alt)

    def attach(self, data: bytes, ending: str, rng: np.random.Generator, alt: str = "") -> ImageRef:
        """Write ready-made bytes: platforms give the same picture a new name each time it is posted."""
        url = f"{FOLDER}/{rng.bytes(8).hex()}.{ending}"
        (self._town / url).write_bytes(data)
        return ImageRef(sha256=content_hash(data), url=url, alt=alt)
