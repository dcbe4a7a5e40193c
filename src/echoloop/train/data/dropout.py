"""Condition dropout: now and then the model must draw without one of its conditions, so that guidance can subtract it."""

from collections.abc import Sequence

import msgspec
import numpy as np

from echoloop.records import Mistake
from echoloop.train.data.samples import ImageSplit, Split, TextSplit


class Dropout(msgspec.Struct, frozen=True, kw_only=True):
    """How often each kind of condition is left out."""

    text: float = 0.1
    clean: float = 0.3
    patches: float = 0.3

    def __post_init__(self) -> None:
        for name in ("text", "clean", "patches"):
            if not 0 <= getattr(self, name) <= 1:
                raise Mistake(
                    f"dropout.{name} is {getattr(self, name)}", remedy="Choose a share from 0 to 1."
                )


NO_DROPOUT = Dropout(text=0.0, clean=0.0, patches=0.0)


def drop(splits: Sequence[Split], dropout: Dropout, rng: np.random.Generator) -> tuple[Split, ...]:
    """Each condition is left out by its own draw; what is to be learned stays.

    Every split takes one number, so that a split's fate does not hang on what its neighbours are.
    """
    luck = rng.random(len(splits))
    return tuple(_left_out(split) if number < _share(split, dropout) else split
                 for split, number in zip(splits, luck, strict=True))  # fmt: skip


def _share(split: Split, dropout: Dropout) -> float:
    if isinstance(split, TextSplit):
        return 0.0 if split.learned else dropout.text
    return {"target": 0.0, "clean": dropout.clean, "patches": dropout.patches}[split.seen]


def _left_out(split: Split) -> Split:
    if isinstance(split, TextSplit):
        return TextSplit(ids=split.ids, learned=False, dropped=True)
    return ImageSplit(pixels=split.pixels, seen=split.seen, dropped=True)
