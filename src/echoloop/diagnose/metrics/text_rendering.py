"""How well text in a result is written: graded by a model with a rubric of its own, and letters counted where the text is known."""

from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, Field

from echoloop.calls import ChatRequest
from echoloop.diagnose.metric import Absent, Asking, Metric, MetricField, Task, Values
from echoloop.diagnose.metrics.character_errors import character_error_rate
from echoloop.engine import Rendering
from echoloop.grading import AS_JUDGED

FaultKind = Literal["spelling", "punctuation", "grammar", "missing", "cropped", "illegible", "unasked"]


class TextFault(BaseModel, extra="forbid"):
    """One fault in the writing."""

    kind: FaultKind
    where: str


class TextRenderingAnswer(BaseModel, extra="forbid"):
    """What was wanted, what is there, what is wrong with it, and a rating."""

    wanted: list[str]
    read: str
    faults: list[TextFault]
    rating: Annotated[int, Field(ge=1, le=10)]


def show_output(task: Task, rendering: Rendering) -> ChatRequest:
    """The prompt and the output, as judges see it."""
    shown = [("The output:", rendering.picture(task.image, AS_JUDGED))]
    return rendering.about({"prompt": task.prompt}, shown, temperature=0)


def _values(answer: TextRenderingAnswer, task: Task) -> Values:
    wanted = [text for text in answer.wanted if text.strip()]
    rates = [character_error_rate(text, answer.read) for text in wanted]
    letters = [len(text) for text in wanted]
    return {
        "rating": answer.rating / 10,
        "faults": float(len(answer.faults)),
        "character_errors": float(np.average(rates, weights=letters))
        if rates
        else Absent(reason="the prompt names no exact text", state="not_applicable"),
    }


TEXT_RENDERING = Metric(
    name="text_rendering",
    fields=(
        MetricField(
            name="rating",
            meaning="how well the text is written, as a model rates it, 0.1 to 1",
            better="high",
        ),
        MetricField(name="faults", meaning="faults in the text of one picture", better="low"),
        MetricField(
            name="character_errors",
            meaning="share of the wanted letters that are wrong or missing",
            better="low",
        ),
    ),
    answers=("bad spelling", "garbled text", "missing text"),
    needs=frozenset({"output", "prompt"}),
    inputs="none",
    asked=Asking(
        prompt="text_rendering_rubric", reads=TextRenderingAnswer, render=show_output, values=_values
    ),
)
