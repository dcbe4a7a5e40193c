"""Rectangles in absolute pixels."""

import msgspec

from echoloop.images.decoding import Pixels


class BadBox(ValueError):
    """A box that holds no pixel of the picture."""


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """Left and top are inside, right and bottom are outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> int:
        return max(0, self.right - self.left) * max(0, self.bottom - self.top)

    def within(self, width: int, height: int) -> "Box":
        """This box clamped to a picture; BadBox if nothing is left."""
        clamped = Box(
            left=min(max(self.left, 0), width),
            top=min(max(self.top, 0), height),
            right=min(max(self.right, 0), width),
            bottom=min(max(self.bottom, 0), height),
        )
        if clamped.right <= clamped.left or clamped.bottom <= clamped.top:
            raise BadBox(
                f"{self} holds no pixel of a {width} x {height} picture; check its order and its units"
            )
        return clamped

    def overlap(self, other: "Box") -> float:
        """Intersection over union, 0..1."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        shared = max(0, wide) * max(0, high)
        union = self.area + other.area - shared
        return shared / union if union else 0.0


def crop(pixels: Pixels, box: Box) -> Pixels:
    """The part of `pixels` inside `box`, clamped to the picture."""
    kept = box.within(int(pixels.shape[1]), int(pixels.shape[0]))
    return pixels[kept.top : kept.bottom, kept.left : kept.right].copy()
