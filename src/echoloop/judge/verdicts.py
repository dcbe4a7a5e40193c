"""Outputs x judges -> verdicts: single-answer grades, each with its words and its receipt."""

from collections.abc import Iterator
from operator import attrgetter

import msgspec
import pyarrow as pa

from echoloop.calls import ChatRequest, load_prompt
from echoloop.engine import Asked, Desk, Question, Rendering, call_fields
from echoloop.grading import Grade, grade_request, read_grade
from echoloop.judge.hearing import obstacle, references, said
from echoloop.judge.settings import JudgeSettings
from echoloop.records import Answered, Drop, Item, Keep, Output, Verdict
from echoloop.records.arrow import from_table


class Hearing(msgspec.Struct, frozen=True, kw_only=True):
    """One output before one judge. The judge never learns which model made it."""

    output: Output
    item: Item
    judge: str
    endpoint: str
    repeat: int

    @property
    def source_posts(self) -> tuple[str, ...]:
        """The posts the prompt came from."""
        return self.item.source_posts


def hear_judges(
    desk: Desk[JudgeSettings], outputs: pa.Table, items: pa.Table
) -> Iterator[Keep[Verdict] | Drop]:
    """Every output that exists, before every judge."""
    settings = desk.settings
    by_id = {item.id: item for item in from_table(items, Item)}
    hearings: list[Hearing] = []
    for output in from_table(outputs, Output):
        reason = obstacle(output, by_id.get(output.item))
        if reason:
            yield Drop(key=output.id, reason=reason, detail=output.reason, source_posts=output.source_posts)
            continue
        hearings += [
            Hearing(
                output=output,
                item=by_id[output.item],
                judge=judge.name,
                endpoint=judge.endpoint,
                repeat=repeat,
            )
            for judge in settings.judges
            for repeat in range(settings.repeats)
        ]
    rubric = load_prompt("echoloop.grading", "rubric")
    question = Question[Hearing, Grade](
        stage="verdicts",
        endpoint=attrgetter("endpoint"),
        render=_render,
        reads=read_grade,
        answers=Grade,
        prompt=rubric,
        batch_rows=256,
    )
    for asked in desk.ask(hearings, question):
        yield Keep(_verdict(asked, rubric.id))


def _render(row: Hearing, rendering: Rendering) -> ChatRequest:
    shown = references(row.item)
    return grade_request(rendering, row.item.prompt, shown, row.output.image or "", repeat=row.repeat)


def _verdict(asked: Asked[Hearing, Grade], rubric: str) -> Verdict:
    hearing, answer = asked.row, asked.answer
    grade = answer.value if isinstance(answer, Answered) else None
    return Verdict(
        id=f"{hearing.output.id}/{hearing.judge}/{hearing.repeat}",
        output=hearing.output.id,
        item=hearing.item.id,
        model=hearing.output.model,
        split=hearing.output.split,
        judge=hearing.judge,
        repeat=hearing.repeat,
        score=grade.score if grade else None,
        rationale=said(answer),
        rubric=rubric,
        source_posts=hearing.source_posts,
        **call_fields(asked),
    )
