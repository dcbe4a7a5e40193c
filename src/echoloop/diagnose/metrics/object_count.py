"""Whether there are as many things as were asked for."""

from typing import Annotated

import numpy as np
from pydantic import BaseModel, Field

from echoloop.diagnose.metric import Asking, Metric, MetricField, Task, Values, nothing
from echoloop.diagnose.metrics.text_rendering import show_output

Count = Annotated[int, Field(ge=0, le=10_000)]


class CountedKind(BaseModel, extra="forbid"):
    """One kind of thing."""

    name: str
    wanted: Count
    seen: Count


class ObjectCountAnswer(BaseModel, extra="forbid"):
    """Every kind whose number the prompt names."""

    kinds: list[CountedKind]


def _values(answer: ObjectCountAnswer, task: Task) -> Values:
    if not answer.kinds:
        return nothing(("count_error", "miscounted"), "the prompt names no number", "not_applicable")
    errors = [abs(kind.seen - kind.wanted) / max(kind.wanted, 1) for kind in answer.kinds]
    return {
        "count_error": float(np.mean(errors)),
        "miscounted": float(np.mean([error > 0 for error in errors])),
    }


OBJECT_COUNT = Metric(
    name="object_count",
    fields=(
        MetricField(
            name="count_error",
            meaning="difference in number, as a share of the number asked for",
            better="low",
        ),
        MetricField(
            name="miscounted",
            meaning="share of the kinds of things with a wrong number",
            better="low",
            statistic="share",
        ),
    ),
    answers=("wrong count", "missing objects", "extra objects"),
    needs=frozenset({"output", "prompt"}),
    inputs="none",
    asked=Asking(prompt="object_count_question", reads=ObjectCountAnswer, render=show_output, values=_values),
)
