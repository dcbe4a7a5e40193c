"""Answers -> scores: each task's, of every model by every judge, under both presets. Plain arithmetic, no model."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import pyarrow as pa

from echoloop.engine import Desk
from echoloop.records import Keep, Output, SuiteAnswer, SuitePreset, SuiteScore, SuiteTask
from echoloop.records.arrow import from_table
from echoloop.suites.catalogue import open_suite
from echoloop.suites.settings import ScoreSettings
from echoloop.suites.suite import Heard, Scored, Suite

PRESETS: tuple[SuitePreset, ...] = ("default", "released_code")
_LONGEST_REASON = 100


def score_tasks(desk: Desk[ScoreSettings], tasks: pa.Table, *tables: pa.Table) -> Iterator[Keep[SuiteScore]]:
    """Every task of every model by every judge who heard of it. A task without any answer has its row and its reason."""
    suite = open_suite(desk.settings.suite)
    known = sorted(from_table(tasks, SuiteTask), key=lambda task: (task.line, task.id))
    outputs = {
        (one.model, one.item, one.number): one
        for table in tables[: desk.settings.outputs]
        for one in from_table(table, Output)
    }
    heard: dict[tuple[str, str], dict[tuple[str, int], dict[str, SuiteAnswer]]] = defaultdict(dict)
    for table in tables[desk.settings.outputs :]:
        for answer in from_table(table, SuiteAnswer):
            of_pictures = heard[answer.judge, answer.model]
            of_pictures.setdefault((answer.task, answer.number), {})[answer.part] = answer
    for (judge, model), of_pictures in sorted(heard.items()):
        for task in known:
            pictures = [
                _heard(
                    suite, task, outputs.get((model, task.id, number)), of_pictures.get((task.id, number), {})
                )
                for number in range(suite.samples)
            ]
            for preset in PRESETS:
                yield from map(Keep, score_task(suite, task, pictures, preset, judge=judge, model=model))


def score_task(
    suite: Suite,
    task: SuiteTask,
    pictures: Sequence[Mapping[str, Heard]],
    preset: SuitePreset,
    *,
    judge: str,
    model: str,
) -> Iterator[SuiteScore]:
    """A task's score, the mean over its pictures that have one, and the same of each sub-score."""
    scored = [suite.score(task, heard, preset) for heard in pictures]
    values = [one.value for one in scored if one.value is not None]
    parts = list(dict.fromkeys(part for one in scored for part in one.parts))
    of_parts = {part: [one.parts[part] for one in scored if part in one.parts] for part in parts}
    for part, found in {"": values, **of_parts}.items():
        yield SuiteScore(
            preset=preset,
            judge=judge,
            model=model,
            task=task.id,
            part=part,
            value=sum(found) / len(found) if found else None,
            pictures=len(found),
            wanted=suite.samples,
            reason="" if found else _why(scored),
            source_posts=task.source_posts,
        )


def _heard(
    suite: Suite, task: SuiteTask, output: Output | None, answers: Mapping[str, SuiteAnswer]
) -> dict[str, Heard]:
    """By part, what was heard of a picture; where there is no picture, every part says so."""
    parts = [""] if suite.detects else [look.part for look in suite.looks(task)]
    if output is None or output.image is None:
        state = output.state if output else "failed"
        reason = f"no picture: {output.state}" if output else "no picture: none was made"
        return {part: Heard(state=state, reason=reason, picture=False) for part in parts}
    return {part: _one(answers.get(part)) for part in parts}


def _one(answer: SuiteAnswer | None) -> Heard:
    if answer is None:
        return Heard(state="failed", reason="not asked")
    return Heard(
        value=None if answer.value is None else msgspec.json.decode(answer.value),
        state=answer.state,
        reason="" if answer.state == "answered" else f"judge {answer.state}: {_brief(answer.reason)}",
        text=answer.text,
    )


def _why(scored: Sequence[Scored]) -> str:
    """The most frequent reason, of equals the first by name."""
    reasons = Counter(one.reason or "no reason was given" for one in scored if one.value is None)
    return min(reasons.items(), key=lambda one: (-one[1], one[0]))[0] if reasons else "no picture"


def _brief(reason: str) -> str:
    first = reason.splitlines()[0] if reason else ""
    return first if len(first) <= _LONGEST_REASON else f"{first[:_LONGEST_REASON]} …"
