"""What judge has to know."""

from typing import Literal, TypeAlias

import msgspec

from echoloop.statistics import Missing, Vote

Method: TypeAlias = Literal["grades", "pairs", "both"]
Slice: TypeAlias = Literal["task", "language", "inputs", "month"]


class Judge(msgspec.Struct, frozen=True, kw_only=True):
    """A judge: its name in tables and the endpoint that speaks for it."""

    name: str
    endpoint: str
    developer: str = ""


class Contestant(msgspec.Struct, frozen=True, kw_only=True):
    """A model that is judged, with who made it."""

    name: str
    developer: str = ""


class JudgeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who judges whom, by which vote, and how intervals are drawn.

    `pairs_per_item` bounds what true comparisons cost: so many pairs of models an item, drawn from the seed (None: all).
    `weights` are the judges' in the vote by our own rules (None: each has one voice), as `echoloop judge calibrate` finds them.
    `baseline` is a model that the leader is also compared with; `slice_items` the fewest items a slice is worth showing for.
    """

    judges: tuple[Judge, ...]
    contestants: tuple[Contestant, ...]
    method: Method = "grades"
    repeats: int = 1
    pairs_per_item: int | None = None
    vote: Vote = "majority"
    missing: Missing = "skip"
    weights: tuple[float, ...] | None = None
    baseline: str = ""
    slices: tuple[Slice, ...] = ("task", "language", "inputs", "month")
    slice_items: int = 10
    resamples: int = 1000
    seed: int = 0

    @property
    def graded(self) -> bool:
        """Whether outputs are graded one by one."""
        return self.method != "pairs"

    @property
    def paired(self) -> bool:
        """Whether outputs are also shown two at a time."""
        return self.method != "grades"


class CanarySettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which pictures judges are shown again each round. `made_for` names the outputs that the round belongs to.

    `first` is the round that chose the pictures: a later one than 0 where all of an earlier choice was forgotten.
    """

    judges: tuple[Judge, ...]
    round: int
    first: int = 0
    pictures: int = 8
    made_for: str = ""
    release: str = ""
    seed: int = 0
