"""Which size a picture gets, by BAGEL's rule, and how it gets there."""

import msgspec
import numpy as np
from PIL import Image

from echoloop.images import Pixels
from echoloop.records import Mistake


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of a picture's sides in pixels; both sides become multiples of `stride`.

    `pixels` bounds the area of all pictures of a sample together, where the caller says how many there are.
    """

    stride: int
    longest: int
    shortest: int
    pixels: int = 14 * 14 * 9 * 1024

    def __post_init__(self) -> None:
        if min(self.stride, self.longest, self.shortest, self.pixels) < 1 or self.stride > self.longest:
            raise Mistake(
                f"sizes of stride {self.stride}, longest {self.longest}, shortest {self.shortest}, pixels {self.pixels} "
                "leave no picture",
                remedy="Choose numbers above zero, with stride at most longest.",
            )

    def fit(self, width: int, height: int, pictures: int = 1) -> tuple[int, int]:
        """The final width and height of one of so many pictures.

        The area is reduced by the ratio itself, not by its root, because published checkpoints were trained so.
        """
        scale = max(min(self.longest / max(width, height), 1.0), self.shortest / min(width, height))
        width, height = self._scaled(width, height, scale)
        area = self.pixels / pictures
        if width * height > area:
            width, height = self._scaled(width, height, area / (width * height))
        if max(width, height) > self.longest:
            width, height = self._scaled(width, height, self.longest / max(width, height))
        return width, height

    def _scaled(self, width: int, height: int, scale: float) -> tuple[int, int]:
        return self._to_stride(round(width * scale)), self._to_stride(round(height * scale))

    def _to_stride(self, side: int) -> int:
        return max(self.stride, round(side / self.stride) * self.stride)

    @property
    def most_tokens_per_side(self) -> int:
        """How many tokens a side can have at most: the position table must be as long."""
        return self._to_stride(self.longest) // self.stride


LATENTS = Sizes(stride=16, longest=1024, shortest=512)
PATCHES = Sizes(stride=14, longest=518, shortest=224)
UNDERSTANDING = Sizes(stride=14, longest=980, shortest=224)


def resized(pixels: Pixels, sizes: Sizes, pictures: int = 1) -> Pixels:
    """The picture at the size the rule gives it: bicubic, with a filter against aliasing."""
    height, width = pixels.shape[:2]
    size = sizes.fit(width, height, pictures)
    if size == (width, height):
        return pixels
    image = Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)
    return np.asarray(image, dtype=np.uint8)
