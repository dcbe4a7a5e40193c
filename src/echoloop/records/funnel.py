"""Where rows went: every stage that drops rows says which and why, and the counts are a table like any other."""

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar

import msgspec

ACTS = ("collect", "curate", "generate", "judge", "suites", "diagnose", "synthesize", "train")
"""The loop, in order."""


class Dropped(msgspec.Struct, frozen=True, kw_only=True):
    """A row that left, kept by key so that the loss can be looked at."""

    KEY: ClassVar[tuple[str, ...]] = ("stage", "key", "reason")

    stage: str
    key: str
    reason: str
    detail: str = ""
    source_posts: tuple[str, ...] = ()


class FunnelRow(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows of a stage met one end. `outcome` is "kept" or the reason for leaving."""

    KEY: ClassVar[tuple[str, ...]] = ("position", "outcome")

    position: int
    act: str
    stage: str
    outcome: str
    rows: int


def count_funnel(
    act: str, stage: str, position: int, kept: int, dropped: Iterable[Dropped]
) -> list[FunnelRow]:
    """Fold a stage's losses into counted rows, the kept ones first."""
    reasons = Counter(row.reason for row in dropped)
    ends = [("kept", kept), *sorted(reasons.items(), key=lambda end: (-end[1], end[0]))]
    return [
        FunnelRow(position=position, act=act, stage=stage, outcome=outcome, rows=rows)
        for outcome, rows in ends
    ]
