"""What can be wrong with a painter, and how wrong that makes it on paper."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from echoloop.lab.scenes import MOST_SHIFT

FactKind = Literal["count", "place", "word", "background", "face", "rest"]

TYPICAL_MIX: Mapping[FactKind, float] = {
    "count": 0.38,
    "place": 0.17,
    "word": 0.05,
    "background": 0.20,
    "face": 0.15,
    "rest": 0.05,
}
"""How often each kind of fact occurs in lab requests, half of them pictures and half edits (rounded)."""


class PainterFaults(msgspec.Struct, frozen=True, kw_only=True):
    """Planted faults; each is 0 unless planted.

    `slip`: chance per requested fact of breaking it. `misspell`, `miscount`, `identity_drift`: further chances for
    facts about words, counts and faces alone. `tint`, `darken`: shift of the whole picture in b* (+ is yellow) and
    L* (- is darker). `jitter`: layout shift in pixels. `stretch`: share by which the canvas is too wide. `crop`: share of each
    side that is cut off, the rest blown up to fill the frame. `refusal_rate` and `spoilt_rate` (bytes that are no picture) are by
    prompt, `failure_rate` by call.
    """

    slip: float = 0.0
    misspell: float = 0.0
    miscount: float = 0.0
    identity_drift: float = 0.0
    tint: float = 0.0
    darken: float = 0.0
    jitter: int = 0
    stretch: float = 0.0
    crop: float = 0.0
    refusal_rate: float = 0.0
    failure_rate: float = 0.0
    spoilt_rate: float = 0.0

    def __post_init__(self) -> None:
        for name in (
            "slip",
            "misspell",
            "miscount",
            "identity_drift",
            "stretch",
            "crop",
            "refusal_rate",
            "failure_rate",
            "spoilt_rate",
        ):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"PainterFaults.{name} is {getattr(self, name)}; choose a probability")
        if not 0 <= self.jitter <= MOST_SHIFT:
            raise ValueError(f"PainterFaults.jitter is {self.jitter}; choose 0..{MOST_SHIFT} pixels")

    def chance(self, kind: FactKind) -> float:
        """Of breaking one fact of this kind."""
        further: dict[FactKind, float] = {
            "word": self.misspell,
            "count": self.miscount,
            "face": self.identity_drift,
        }
        return 1 - (1 - self.slip) * (1 - further.get(kind, 0.0))


def expected_broken(faults: PainterFaults) -> float:
    """Share of broken facts in a delivered picture: sum over kinds of TYPICAL_MIX times the chance of breaking.

    It leaves out knock-on damage (a dropped thing is also misplaced), tints, and pictures that never arrive.
    """
    return sum(share * faults.chance(kind) for kind, share in TYPICAL_MIX.items())
