"""What other benchmarks hold and what came of them: tasks, what was said of each picture, scores, and the table."""

from typing import ClassVar, Literal, TypeAlias

import msgspec

from echoloop.records.answers import AnswerState
from echoloop.records.posts import ImageRef

SuitePreset: TypeAlias = Literal["default", "released_code"]


class SuiteTask(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a suite. `metadata` is the rest of what its line holds, as JSON: a checklist, a question graph, a note."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    suite: str
    line: int
    prompt: str
    group: str
    language: str | None = None
    input_images: tuple[ImageRef, ...] = ()
    metadata: str = "{}"
    source_posts: tuple[str, ...] = ()


class SuiteAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one judge (or detector) said of one picture in answer to one question. `value` is what was read in it, as JSON."""

    KEY: ClassVar[tuple[str, ...]] = ("output", "judge", "part")

    output: str
    task: str
    model: str
    number: int
    judge: str
    part: str = ""
    text: str = ""
    value: str | None
    rubric: str = ""
    state: AnswerState
    reason: str = ""
    receipt: str = ""
    cost: float | None = None
    source_posts: tuple[str, ...] = ()


class SuiteScore(msgspec.Struct, frozen=True, kw_only=True):
    """A task's score for a model by a judge under a rule, the mean over its pictures, or the reason there is none.

    `part` names a sub-score; the task's own score has none. `pictures` of `wanted` went into it.
    """

    KEY: ClassVar[tuple[str, ...]] = ("preset", "judge", "model", "task", "part")

    preset: SuitePreset
    judge: str
    model: str
    task: str
    part: str = ""
    value: float | None
    pictures: int
    wanted: int
    reason: str = ""
    source_posts: tuple[str, ...] = ()


class SuiteRow(msgspec.Struct, frozen=True, kw_only=True):
    """One number of a suite's table: a measure of a model by a judge under a rule, with its interval and its coverage.

    `coverage` is the share of the measure's tasks that have a score; `absences` says why the others have none, as
    "reason: count". `differs` says in words what the rule does otherwise than ours, where the number is another.
    """

    KEY: ClassVar[tuple[str, ...]] = ("suite", "preset", "judge", "model", "measure")

    suite: str
    preset: SuitePreset
    judge: str
    model: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    scored: int
    tasks: int
    coverage: float
    absences: tuple[str, ...] = ()
    differs: str = ""
    reason: str = ""
