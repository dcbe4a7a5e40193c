"""What models made of the benchmark and what was found in it."""

from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

import msgspec

from echoloop.records.answers import AnswerState
from echoloop.records.samples import Split

EffectStatistic: TypeAlias = Literal["mean", "median", "pooled"]
FileMatchState: TypeAlias = Literal["matched", "missing", "extra", "unreadable", "duplicate"]
Choice: TypeAlias = Literal["first", "second", "tie"]
MeasurementState: TypeAlias = Literal["measured", "not_applicable", "absent"]
Better: TypeAlias = Literal["low", "high", "zero", "unknown"]


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """One picture an image model made for an item, or the reason there is none.

    `inputs` says how the item's pictures were shown where a model takes fewer than there are ("first of 3"), `rewrite` is the
    text that was drawn where it is not the item's own, `notes` what looking at the picture found that a reader should know,
    `brightness` its mean lightness (L*, 0..100).
    """

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
    brightness: float | None = None
    notes: tuple[str, ...] = ()
    inputs: str = ""
    rewrite: str = ""
    latency: float | None = None
    snapshot: str = ""
    seed: int | None = None
    parameters: str = ""
    receipt: str = ""
    cost: float | None = None
    source_posts: tuple[str, ...] = ()


class Rewrite(msgspec.Struct, frozen=True, kw_only=True):
    """What a vision model made of an item for a model that draws from words alone, or the reason there is nothing."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    item: str
    model: str
    text: str
    state: AnswerState
    reason: str = ""
    receipt: str = ""
    cost: float | None = None
    source_posts: tuple[str, ...] = ()


class FileMatch(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a folder of pictures beside the item it is for, or an item beside the file it lacks."""

    KEY: ClassVar[tuple[str, ...]] = ("model", "item", "number", "file")

    model: str
    item: str = ""
    number: int = 0
    file: str = ""
    state: FileMatchState
    reason: str = ""
    source_posts: tuple[str, ...] = ()


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One judge's score of one output, or the reason there is none. `rationale` is all that the judge said."""

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


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Which of two outputs one judge preferred, in the order in which it saw them, or the reason there is no choice.

    Every pair is shown in both orders: `first` and `second` are the models as they were shown here.
    """

    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    item: str
    split: Split
    first: str
    second: str
    first_output: str
    second_output: str
    judge: str
    repeat: int = 0
    choice: Choice | None
    rationale: str = ""
    rubric: str = ""
    state: AnswerState
    reason: str = ""
    receipt: str = ""
    cost: float | None = None
    source_posts: tuple[str, ...] = ()


class Canary(msgspec.Struct, frozen=True, kw_only=True):
    """One judge's score of a picture that it is shown again each round, to see whether the judge is still the same.

    It holds everything that was shown, so that a later round can show it again when the outputs of its run are long gone.
    `made_for` is the digest of the outputs that the round belongs to, `release` the newest release there was then.
    """

    KEY: ClassVar[tuple[str, ...]] = ("round", "judge", "picture", "item")

    round: int
    release: str = ""
    made_for: str = ""
    judge: str
    served_by: str
    item: str
    prompt: str
    references: tuple[str, ...] = ()
    picture: str
    score: float | None
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

    `rule` names how scores became outcomes, `slice` the part of the split it is about ("language=ja"; empty: all of it).
    `coverage` is the share of its comparisons with other models that happened at all; `asked` and `scored` count the grades
    of its pictures that were asked for and that were given. Models of one `tier` cannot be told apart. `strength` is the
    Bradley-Terry log-strength over the same outcomes; `price` the mean of what is known of its pictures' prices, of `priced`.
    """

    KEY: ClassVar[tuple[str, ...]] = ("rule", "split", "slice", "judge", "model")

    rule: str = "default"
    split: Split
    slice: str = ""
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
    tier: int | None = None
    strength: float | None = None
    strength_low: float | None = None
    strength_high: float | None = None
    items: int
    outputs: int
    refused: int
    failed: int
    unparsed: int = 0
    coverage: float
    asked: int
    scored: int
    price: float | None = None
    priced: int = 0
    reason: str = ""


class PairStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How one model fared against one other, and by how much their win rates differ."""

    KEY: ClassVar[tuple[str, ...]] = ("rule", "split", "judge", "model", "against")

    rule: str = "default"
    split: Split
    judge: str
    model: str
    against: str
    rate: float | None
    compared: int
    ties: int
    difference: float | None
    low: float | None
    high: float | None
    reason: str = ""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One number about a whole run rather than about one model: a margin, an agreement, a judge's liking; or why there is none.

    `about` names what it is about (a judge, two raters); `formula` says in words how it was computed.
    """

    KEY: ClassVar[tuple[str, ...]] = ("split", "measure", "about")

    split: str
    measure: str
    about: str = ""
    value: float | None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    n: int
    formula: str = ""
    alarm: bool = False
    reason: str = ""


class Applicability(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a metric means anything for an item; `reader` says who answered where several were asked."""

    KEY: ClassVar[tuple[str, ...]] = ("item", "metric", "reader")

    item: str
    metric: str
    reader: str = ""
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
    "reason: count" in order of count. `meaning` and `better` say what the number is, `answers` which complaints it bears out
    (those in `above` only above zero, those in `below` only below it), and `place` where the field stands among those of its
    metric: the first is the one to look at first. `low` and `high` are None where an interval would say nothing, as of items that are all alike.
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
    meaning: str = ""
    better: Better = "unknown"
    answers: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    place: int = 0


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
