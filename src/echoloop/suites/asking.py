"""Outputs x judges -> answers: each question about each picture, with all that was said and what was read in it."""

from collections.abc import Callable, Iterator
from operator import attrgetter

import msgspec
import pyarrow as pa

from echoloop.calls import ChatRequest, ImagePart, Prompt, load_prompt
from echoloop.engine import Asked, Desk, Question, Rendering, call_fields
from echoloop.grading import AS_JUDGED
from echoloop.records import Answered, AnswerState, Keep, Output, SuiteAnswer, SuiteTask, Unparsed
from echoloop.records.arrow import from_table
from echoloop.suites.catalogue import open_suite
from echoloop.suites.detectors import Seen, Sight, look_with_detector
from echoloop.suites.grids import quarter_of, shown
from echoloop.suites.settings import AnswerSettings
from echoloop.suites.suite import Json, Look, Rubric

_REFERENCE_GONE = "a reference picture is not here"


class Hearing(msgspec.Struct, frozen=True, kw_only=True):
    """One question about one picture before one judge, who never learns which model made it."""

    task: SuiteTask
    output: str
    model: str
    number: int
    picture: str
    quarter: int | None
    judge: str
    endpoint: str
    part: str
    data: str
    references: tuple[str, ...] = ()

    @property
    def source_posts(self) -> tuple[str, ...]:
        """The posts the prompt came from."""
        return self.task.source_posts


def ask_judge(desk: Desk[AnswerSettings], tasks: pa.Table, outputs: pa.Table) -> Iterator[Keep[SuiteAnswer]]:
    """Every question about every picture. A picture that is not there has its answer too: that it is not there."""
    settings = desk.settings
    suite = open_suite(settings.suite)
    by_id = {task.id: task for task in from_table(tasks, SuiteTask)}
    rows: dict[Rubric, list[tuple[Hearing, Look]]] = {}
    for output in from_table(outputs, Output):
        task = by_id.get(output.item)
        if task is None:
            continue
        if output.image is None:
            yield Keep(_absent(settings, output, f"no picture: {output.state}", output.state))
            continue
        for look in suite.looks(task):
            if look.references and any(image.sha256 is None for image in task.input_images):
                yield Keep(_absent(settings, output, _REFERENCE_GONE, "failed", look.part))
                continue
            rows.setdefault(look.rubric, []).append((_hearing(settings, output, task, look), look))
    for rubric, asked_about in rows.items():
        prompt = load_prompt(*rubric)
        hearings = [hearing for hearing, _ in asked_about]
        for asked, (_, look) in zip(desk.ask(hearings, _question(prompt)), asked_about, strict=True):
            yield Keep(_answer(asked, look, prompt.id))


def let_detector_look(
    desk: Desk[AnswerSettings], tasks: pa.Table, outputs: pa.Table
) -> Iterator[Keep[SuiteAnswer]]:
    """Every picture before the detector."""
    settings = desk.settings
    by_id = {task.id: task for task in from_table(tasks, SuiteTask)}
    seen: list[Output] = []
    for output in from_table(outputs, Output):
        if output.item not in by_id:
            continue
        if output.image is None:
            yield Keep(_absent(settings, output, f"no picture: {output.state}", output.state))
        else:
            seen.append(output)
    sights = [
        Sight(
            suite=settings.suite,
            detector=settings.detector,
            task=by_id[output.item],
            picture=output.image or "",
            quarter=quarter_of(output),
        )
        for output in seen
    ]
    for output, found in zip(seen, desk.map(sights, look_with_detector, Seen), strict=True):
        state: AnswerState = "unparsed" if found.reason else "answered"
        yield Keep(_row(settings, output, found.reason, state, value=found.value))


def said(text: str) -> str:
    """All that was said. Read this way and not as it comes, an answer that a limit cut off is unparsed, whatever stands in it."""
    return text


def _question(prompt: Prompt) -> Question[Hearing, str]:
    return Question[Hearing, str](
        stage="suite answers",
        endpoint=attrgetter("endpoint"),
        render=request_of,
        reads=said,
        prompt=prompt,
        batch_rows=256,
    )


def request_of(row: Hearing, rendering: Rendering) -> ChatRequest:
    """The references, then the output, after the fenced data."""
    pictures: list[tuple[str, ImagePart]] = [
        (f"Reference {number}:", rendering.picture(sha256, AS_JUDGED))
        for number, sha256 in enumerate(row.references, start=1)
    ]
    pictures.append(("The output:", shown(rendering, row.picture, row.quarter)))
    return rendering.about(msgspec.json.decode(row.data), pictures, temperature=0)


def _hearing(settings: AnswerSettings, output: Output, task: SuiteTask, look: Look) -> Hearing:
    references = tuple(image.sha256 for image in task.input_images if image.sha256) if look.references else ()
    return Hearing(
        task=task,
        output=output.id,
        model=output.model,
        number=output.number,
        picture=output.image or "",
        quarter=quarter_of(output),
        judge=settings.judge,
        endpoint=settings.endpoint,
        part=look.part,
        data=msgspec.json.encode(look.data).decode(),
        references=references,
    )


def _answer(asked: Asked[Hearing, str], look: Look, rubric: str) -> SuiteAnswer:
    hearing, answer = asked.row, asked.answer
    fields = call_fields(asked)
    text, value = "", None
    if isinstance(answer, Answered):
        text = answer.value
        value, problem = _read(look.read, text)
        if problem:
            fields |= {"state": "unparsed", "reason": problem}
    elif isinstance(answer, Unparsed):
        text = answer.text
    return SuiteAnswer(
        output=hearing.output,
        task=hearing.task.id,
        model=hearing.model,
        number=hearing.number,
        judge=hearing.judge,
        part=hearing.part,
        text=text,
        value=value,
        rubric=rubric,
        source_posts=hearing.source_posts,
        **fields,
    )


def _read(read: Callable[[str], Json], text: str) -> tuple[str | None, str]:
    """The value as JSON, or why there is none."""
    try:
        return msgspec.json.encode(read(text)).decode(), ""
    except (ValueError, RecursionError) as error:
        return None, " ".join(str(error).split())[:200] or type(error).__name__


def _absent(
    settings: AnswerSettings, output: Output, reason: str, state: AnswerState, part: str = ""
) -> SuiteAnswer:
    said_of_it = f"{reason} ({output.reason})" if output.reason and output.image is None else reason
    return _row(settings, output, said_of_it, state, part=part)


def _row(
    settings: AnswerSettings,
    output: Output,
    reason: str,
    state: AnswerState,
    *,
    part: str = "",
    value: str | None = None,
) -> SuiteAnswer:
    return SuiteAnswer(
        output=output.id,
        task=output.item,
        model=output.model,
        number=output.number,
        judge=settings.judge,
        part=part,
        value=value,
        state=state,
        reason=reason,
        cost=0.0,
        source_posts=output.source_posts,
    )
