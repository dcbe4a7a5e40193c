"""What people complained about, all remarks together, and the colours that bear one of the complaints out."""

from typing import ClassVar, Literal, TypeAlias

import msgspec

from echoloop.records.answers import AnswerState

MergedBy: TypeAlias = Literal["itself", "spelling", "model"]
PartKind: TypeAlias = Literal["split", "task", "month"]
ColorSide: TypeAlias = Literal["inputs", "outputs"]


class FaultKeyword(msgspec.Struct, frozen=True, kw_only=True):
    """A name that remarks were given for a fault, and the cluster that it belongs to.

    `merged_by` says why: it is the cluster's own name, it differs from another only in how it is spelt, or a model put it there.
    """

    KEY: ClassVar[tuple[str, ...]] = ("keyword",)

    keyword: str
    cluster: str
    merged_by: MergedBy
    remarks: int
    state: AnswerState
    reason: str = ""
    receipt: str = ""
    cost: float | None = None
    source_posts: tuple[str, ...] = ()


class ComplaintPart(msgspec.Struct, frozen=True, kw_only=True):
    """The same complaint in one part: of the part's samples that somebody spoke of, how many were complained of in this way."""

    kind: PartKind
    name: str
    complaints: int
    samples: int
    share: float | None
    low: float | None
    high: float | None


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """A fault that people complain of. The share and its interval are over samples that somebody spoke of (`of`), not over remarks:
    ten people under one picture are one picture. `examples` are the ids of feedback labels.
    """

    KEY: ClassVar[tuple[str, ...]] = ("cluster",)

    cluster: str
    keywords: tuple[str, ...]
    remarks: int
    samples: int
    of: int
    share: float | None
    low: float | None
    high: float | None
    parts: tuple[ComplaintPart, ...] = ()
    examples: tuple[str, ...] = ()
    source_posts: tuple[str, ...] = ()


class ColorHistogram(msgspec.Struct, frozen=True, kw_only=True):
    """The colours of all measured pictures of one model together, or of their inputs: shares of pixels for each of 256 values.

    `mean` is red, green and blue over the values that ECHO's colour shift counts.
    """

    KEY: ClassVar[tuple[str, ...]] = ("model", "side")

    model: str
    side: ColorSide
    pictures: int
    red: tuple[float, ...]
    green: tuple[float, ...]
    blue: tuple[float, ...]
    mean: tuple[float, ...]
