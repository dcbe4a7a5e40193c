"""Smaller copies: what a judge sees, what a page shows."""

from typing import Literal

import msgspec
from PIL import Image

from echoloop.images.decoding import open_rgb
from echoloop.images.encoding import jpeg_bytes, png_bytes
from echoloop.images.limits import Limits
from echoloop.images.sniffing import measure


class Rendition(msgspec.Struct, frozen=True, kw_only=True):
    """How a picture is sent: bounded sides (never enlarged), a format, a quality (JPEG only)."""

    shortest_side: int | None = None
    longest_side: int | None = None
    format: Literal["jpeg", "png"] = "jpeg"
    quality: int = 85

    def __post_init__(self) -> None:
        for name, side in (("shortest_side", self.shortest_side), ("longest_side", self.longest_side)):
            if side is not None and side < 1:
                raise ValueError(f"Rendition.{name} is {side}; choose at least 1, or None for no bound")
        if not 1 <= self.quality <= 95:
            raise ValueError(f"Rendition.quality is {self.quality}; choose 1..95")

    @property
    def name(self) -> str:
        """A stable name for keys and files: `short512-jpeg85`."""
        short = f"short{self.shortest_side}-" if self.shortest_side else ""
        long = f"long{self.longest_side}-" if self.longest_side else ""
        return f"{short}{long}{self.format}{self.quality if self.format == 'jpeg' else ''}"

    def size_of(self, width: int, height: int) -> tuple[int, int]:
        """The size this rendition gives a picture of `width` x `height`."""
        scale = min(
            1.0,
            (self.shortest_side or width + height) / min(width, height),
            (self.longest_side or width + height) / max(width, height),
        )
        return max(1, round(width * scale)), max(1, round(height * scale))


def render(data: bytes, rendition: Rendition, limits: Limits | None = None) -> bytes:
    """`data` re-encoded as `rendition` says; metadata never survives."""
    image = small_copy(data, rendition, limits or Limits())
    return jpeg_bytes(image, rendition.quality) if rendition.format == "jpeg" else png_bytes(image)


def small_copy(data: bytes, rendition: Rendition, limits: Limits) -> Image.Image:
    width, height, _ = measure(data, limits)
    size = rendition.size_of(width, height)
    image, _, _ = open_rgb(data, limits, enough=size)
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def thumbnail(data: bytes, side: int = 256, limits: Limits | None = None) -> bytes:
    """A small JPEG for a page."""
    return render(data, Rendition(longest_side=side, quality=80), limits)
