"""Whether the edge of a result cuts its subject off."""

from typing import Literal

from pydantic import BaseModel

from echoloop.diagnose.metric import Asking, Metric, MetricField, Task, Values, nothing
from echoloop.diagnose.metrics.text_rendering import show_output


class FramingAnswer(BaseModel, extra="forbid"):
    """The subject, and which edges cut it off."""

    subject: str
    cut_off: bool
    sides: list[Literal["top", "bottom", "left", "right"]]


def _values(answer: FramingAnswer, task: Task) -> Values:
    if not answer.subject.strip():
        return nothing(("cut_off",), "the subject is not in the picture")
    return {"cut_off": float(answer.cut_off)}


FRAMING = Metric(
    name="framing",
    fields=(
        MetricField(
            name="cut_off",
            meaning="share of results whose subject is cut off",
            better="low",
            statistic="share",
        ),
    ),
    answers=("cropped", "cut off", "bad framing"),
    needs=frozenset({"output", "prompt"}),
    inputs="none",
    asked=Asking(prompt="framing_question", reads=FramingAnswer, render=show_output, values=_values),
)
