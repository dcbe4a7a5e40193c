"""Which metric means something for which item: asked with the metric's own description."""

from collections.abc import Iterator, Sequence

import msgspec
import pyarrow as pa
from pydantic import BaseModel

from echoloop.calls import ChatRequest, load_prompt
from echoloop.diagnose.catalogue import open_metrics
from echoloop.diagnose.metric import Metric
from echoloop.diagnose.settings import DiagnoseSettings
from echoloop.engine import Desk, Question, Rendering, call_fields
from echoloop.records import Answered, Applicability, Drop, Item, Keep
from echoloop.records.arrow import from_table


class ApplicabilityAnswer(BaseModel, extra="forbid"):
    """Whether a number would mean anything, and why."""

    applies: bool
    rationale: str


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One metric for one item."""

    item: Item
    metric: str
    description: str

    @property
    def source_posts(self) -> tuple[str, ...]:
        """The posts the prompt came from."""
        return self.item.source_posts


def ask_applicability(desk: Desk[DiagnoseSettings], items: pa.Table) -> Iterator[Keep[Applicability] | Drop]:
    """Every metric that can be measured here, for every benchmark item that has what it looks at."""
    benchmark = [item for item in from_table(items, Item) if item.split != "analysis"]
    metrics = [one for one in open_metrics(desk.settings.metrics) if one.name not in desk.settings.closed]
    cases = cases_of(benchmark, metrics)
    question = Question[Case, ApplicabilityAnswer](
        stage="applicability",
        endpoint=desk.settings.reader,
        render=render_case,
        reads=ApplicabilityAnswer,
        prompt=load_prompt("echoloop.diagnose", "applicability"),
    )
    for asked in desk.ask(cases, question):
        answer = asked.answer.value if isinstance(asked.answer, Answered) else None
        yield Keep(
            Applicability(
                item=asked.row.item.id,
                metric=asked.row.metric,
                applies=answer.applies if answer else None,
                rationale=answer.rationale if answer else "",
                source_posts=asked.row.source_posts,
                **call_fields(asked),
            )
        )


def cases_of(items: Sequence[Item], metrics: Sequence[Metric]) -> list[Case]:
    """Every metric for every item that has the pictures it looks at."""
    return [
        Case(item=item, metric=metric.name, description=metric.description().text)
        for metric in metrics
        for item in items
        if item.input_images or "inputs" not in metric.needs
    ]


def render_case(row: Case, rendering: Rendering) -> ChatRequest:
    """The item's words with the metric's own description."""
    return rendering.about(
        {
            "metric": row.metric,
            "description": row.description,
            "prompt": row.item.prompt,
            "input_pictures": len(row.item.input_images),
        },
        temperature=0,
    )
