"""What models made of the benchmark and what was found in it."""

from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

import msgspec

from echoloop.records.answers import AnswerState
from echoloop.records.samples import Split

EffectStatistic: TypeAlias = Literal["mean", "median", "pooled"]
MeasurementState: TypeAlias = Literal["measured", "not_applicable", "absent"]


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """One picture an image model made for an item, or the reason there is none."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    item: str
    model: str
    number: int = 0
    split: Split
    state: AnswerState
    reason: str = ""
    image: str | None = None
    width: int | None = None
    height: int | None = None
    snapshot: str = ""
    seed: int | None = None
    parameters: str = ""
    receipt: str = ""
    cost: float | None = None
    source_posts: tuple[str, ...] = ()


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One judge's score of one output, or the reason there is none."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    output: str
    item: str
    model: str
    split: Split
    judge: str
    repeat: int = 0
    score: float | None
    rationale: str = ""
    rubric: str = ""
    state: AnswerState
    reason: str = ""
    receipt: str = ""
    cost: float | None = None
    source_posts: tuple[str, ...] = ()


class ModelRank(msgspec.Struct, frozen=True, kw_only=True):
    """A place given by a person; 1 is best and equal numbers are ties."""

    model: str
    rank: int


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """One person's order of the models' pictures for one item."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    item: str
    rater: str
    ranks: tuple[ModelRank, ...] = ()
    unrankable: bool = False
    reason: str = ""
    at: datetime
    source_posts: tuple[str, ...] = ()


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A model's place in one split under one stated rule, with everything needed to doubt it.

    `coverage` is the share of its comparisons with other models that happened at all; `asked` and `scored` count the grades
    of its pictures that were asked for and that were given.
    """

    KEY: ClassVar[tuple[str, ...]] = ("split", "judge", "model")

    split: Split
    model: str
    developer: str = ""
    judge: str
    judges: tuple[str, ...]
    vote: str
    missing: str
    rate: float | None
    low: float | None
    high: float | None
    rank_low: int | None
    rank_high: int | None
    items: int
    outputs: int
    refused: int
    failed: int
    coverage: float
    asked: int
    scored: int
    reason: str = ""


class Applicability(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a metric means anything for an item."""

    KEY: ClassVar[tuple[str, ...]] = ("item", "metric")

    item: str
    metric: str
    applies: bool | None
    rationale: str = ""
    state: AnswerState
    reason: str = ""
    receipt: str = ""
    cost: float | None = None
    source_posts: tuple[str, ...] = ()


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """One number of one metric on one output, or the reason there is none.

    `not_applicable`: a number would mean nothing for this item. `absent`: it would, or nobody knows whether it would, and
    something that it needs is not here.
    """

    KEY: ClassVar[tuple[str, ...]] = ("metric", "field", "output")

    metric: str
    field: str
    output: str
    item: str
    model: str
    value: float | None
    state: MeasurementState
    reason: str = ""
    source_posts: tuple[str, ...] = ()


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What a metric says of a model over all its outputs, with an interval over items and its coverage.

    `statistic` says how items become one number: their mean, their median (what is there in every picture, and not only
    in those that went wrong altogether), or pooled over the corpus. `absences` says why outputs were not measured, as
    "reason: count" in order of count.
    """

    KEY: ClassVar[tuple[str, ...]] = ("metric", "field", "statistic", "model")

    metric: str
    field: str
    statistic: EffectStatistic = "mean"
    model: str
    value: float | None
    low: float | None
    high: float | None
    measured: int
    outputs: int
    absences: tuple[str, ...] = ()
    reason: str = ""


class TrainingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One example for fine-tuning. It comes from a taxonomy cell, never from a post."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    track: str
    cell: str
    instruction: str
    instruction_before: str = ""
    input_images: tuple[str, ...] = ()
    output_image: str
    evidence: str = ""
    receipts: tuple[str, ...] = ()
