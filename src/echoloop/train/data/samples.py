"""One training sample: text and pictures in the order in which the model meets them."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from echoloop.images import Pixels

Ids: TypeAlias = NDArray[np.int64]
Seen: TypeAlias = Literal["clean", "patches", "target"]


class TextSplit(msgspec.Struct, frozen=True, kw_only=True):
    """Token ids, first and last token included. `learned`: each id after the first is to be predicted."""

    ids: Ids
    learned: bool = False
    dropped: bool = False


class ImageSplit(msgspec.Struct, frozen=True, kw_only=True):
    """A picture at its final size.

    `clean`: latents without noise, a condition. `patches`: for the vision tower, a condition. `target`: latents to be
    drawn. `dropped`: condition dropout took it; its place in the order remains.
    """

    pixels: Pixels
    seen: Seen
    dropped: bool = False


Split: TypeAlias = TextSplit | ImageSplit


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """Splits in order. `name` says where the sample came from, for records of its loss: file, row."""

    splits: tuple[Split, ...]
    name: str = ""
    dataset: str = ""


class Tiling(msgspec.Struct, frozen=True, kw_only=True):
    """How many pixels one token covers, on each side, for the vision tower and for the latents."""

    patch: int = 14
    latent: int = 16


def split_length(split: Split, tiling: Tiling) -> int:
    """Tokens of a split in the sequence; a picture is wrapped in its start and end token, what was dropped has none."""
    if split.dropped:
        return 0
    if isinstance(split, TextSplit):
        return len(split.ids)
    side = tiling.patch if split.seen == "patches" else tiling.latent
    return (split.pixels.shape[0] // side) * (split.pixels.shape[1] // side) + 2


def sample_length(splits: Sequence[Split], tiling: Tiling) -> int:
    """Tokens of a sample in the sequence."""
    return sum(split_length(split, tiling) for split in splits)
