"""What a file from outside may be, and the one error that says why it was refused."""

from typing import Literal

import msgspec

MediaType = Literal["image/png", "image/jpeg", "image/webp", "image/gif"]
Reason = Literal[
    "empty",
    "too_many_bytes",
    "not_an_image",
    "format_not_allowed",
    "too_many_pixels",
    "too_many_frames",
    "truncated",
    "corrupt",
]

PILLOW_WARNS_ABOVE = 89_478_485
"""Pillow's own bomb threshold; staying under it means its warning can never reach a user."""


class BadImage(ValueError):
    """A file that was refused. `reason` is for counting, the message is for people."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason: Reason = reason

    def __reduce__(self) -> tuple[type["BadImage"], tuple[Reason, str]]:
        return BadImage, (self.reason, str(self))


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds checked before a single pixel is decompressed.

    An animation (GIF, APNG, WebP) is refused unless `frames` allows its frame count; then its first frame is kept.
    """

    file_bytes: int = 32 * 1024 * 1024
    pixels: int = 50_000_000
    side: int = 20_000
    frames: int = 1
    formats: frozenset[MediaType] = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})

    def __post_init__(self) -> None:
        if not 0 < self.pixels <= PILLOW_WARNS_ABOVE:
            raise ValueError(f"Limits.pixels is {self.pixels}; choose 1..{PILLOW_WARNS_ABOVE}")
        if min(self.file_bytes, self.side, self.frames) < 1:
            raise ValueError("Limits.file_bytes, side and frames must each be at least 1")
