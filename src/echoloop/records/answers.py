"""What a model, or a filter, can say. Absence is one of the values, with its reason; it is never a number."""

from typing import ClassVar, Generic, Literal, TypeAlias, TypeVar

import msgspec

AnswerState: TypeAlias = Literal["answered", "refused", "unparsed", "failed"]

T = TypeVar("T")


class Answered(msgspec.Struct, Generic[T], frozen=True):
    """The model answered and the answer has the shape that was asked for."""

    value: T
    state: ClassVar[AnswerState] = "answered"
    reason: ClassVar[str] = ""


class Refused(msgspec.Struct, frozen=True):
    """The model, or a filter in front of it, declined. This is done: asking again would not be honest."""

    reason: str
    state: ClassVar[AnswerState] = "refused"


class Unparsed(msgspec.Struct, frozen=True):
    """The model spoke, but not in the shape that was asked for. The text is kept; no value is invented."""

    text: str
    reason: str
    state: ClassVar[AnswerState] = "unparsed"


class Failed(msgspec.Struct, frozen=True):
    """No answer came: an outage, a stop, an exhausted budget. A later run asks again."""

    reason: str
    state: ClassVar[AnswerState] = "failed"


Absent: TypeAlias = Refused | Unparsed | Failed
Answer: TypeAlias = Answered[T] | Refused | Unparsed | Failed


class Keep(msgspec.Struct, Generic[T], frozen=True):
    """This row stays in the pipeline."""

    row: T


class Drop(msgspec.Struct, frozen=True, kw_only=True):
    """This row leaves the pipeline. `reason` is a short fixed phrase that the funnel counts; `detail` is free text."""

    key: str
    reason: str
    detail: str = ""
    source_posts: tuple[str, ...] = ()


Decision: TypeAlias = Keep[T] | Drop
