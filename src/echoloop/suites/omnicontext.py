"""OmniContext: are subjects taken over from reference pictures? Two scores, sqrt(PF x SC), the mean of eight tasks and of six."""

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from echoloop.records import ImageRef, SuitePreset, SuiteTask
from echoloop.suites.intake import Intake, UniqueIds, expect_count, json_lines, text_of
from echoloop.suites.json_entries import json_entries
from echoloop.suites.parquet_rows import parquet_rows, picture_in
from echoloop.suites.reading_numbers import read_number
from echoloop.suites.released_json import NothingRead, read_as_released
from echoloop.suites.suite import (
    Heard,
    Look,
    Measure,
    Rubric,
    Scored,
    Suite,
    mean_of_groups,
    plain_mean,
)

TASKS = (
    "single_character",
    "single_object",
    "multi_character",
    "multi_object",
    "multi_character_object",
    "scene_character",
    "scene_object",
    "scene_character_object",
)
_SINGLE = ("single_character", "single_object")
_ITEMS_A_TASK = 50
_PARTS = {"PF": "prompt following", "SC": "subject consistency"}
_COLUMNS = ("key", "task_type", "instruction", "input_images")
_RUBRIC = Rubric("echoloop.suites", "omnicontext")


class _Row(NamedTuple):
    """A task as it stands in any of the forms in which it goes about."""

    line: int
    key: str
    kind: str
    instruction: str
    language: str
    pictures: Sequence[Any]
    folder: Path


def load(path: Path, intake: Intake) -> Iterator[SuiteTask]:
    """The hub's Parquet {key, task_type, instruction, instruction_language, input_images}, or the same as JSONL with names of files.

    Also {id, task_type, ori_img, ins_en} as JSON with pictures under images/<task_type>/. A task's id is "<task_type>/<key>", as
    its picture lies in the public folders.
    """
    ids = UniqueIds(intake)
    found: Counter[str] = Counter()
    for row in _rows(path, intake):
        name = f"{row.kind}/{row.key}"
        problem = _problem(row)
        if problem:
            intake.wrong(row.line, problem, row.key)
            continue
        if not ids.is_new(row.line, name):
            continue
        images = tuple(picture_in(cell, intake, row.folder, name) for cell in row.pictures)
        found[row.kind] += 1
        yield _task(row, name, images)
    for kind in TASKS:
        expect_count(intake, found[kind], _ITEMS_A_TASK, f"tasks of {kind}")


def looks(task: SuiteTask) -> tuple[Look, ...]:
    """Prompt following and subject consistency, asked apart: who is asked for both at once lets one colour the other."""
    scene = task.group.startswith("scene")
    return tuple(
        Look(
            part=part,
            rubric=_RUBRIC,
            data={"instruction": task.prompt, "score": what, "scene": scene},
            references=True,
            read=partial(read_number, low=0, high=10),
        )
        for part, what in _PARTS.items()
    )


def score(task: SuiteTask, heard: Mapping[str, Heard], preset: SuitePreset) -> Scored:
    """The geometric mean of the two scores. Where only one was given it stands alone, and the task has none."""
    read = _released_score if preset == "released_code" else _own_score
    values: dict[str, float] = {}
    reasons: list[str] = []
    for part, what in _PARTS.items():
        value = read(heard[part])
        if isinstance(value, str):
            reasons.append(f"{what}: {value}")
        else:
            values[part] = value
    if preset == "released_code" and task.language not in (None, "", "en"):
        return Scored(value=None, reason="the public script counts English instructions only")
    if reasons:
        return Scored(value=None, parts=values, reason=_once(reasons))
    if values["PF"] * values["SC"] < 0:
        return Scored(value=None, reason="the public script fails here: a score below 0 has no root")
    return Scored(value=math.sqrt(values["PF"] * values["SC"]), parts=values)


def measures(tasks: Sequence[SuiteTask], preset: SuitePreset) -> list[Measure]:
    """The means of eight tasks and of the six without a single subject, both named; each task's; and the two scores'."""
    there = [kind for kind in TASKS if any(task.group == kind for task in tasks)]
    released = preset == "released_code"

    def mean(name: str, kinds: Sequence[str], of: int, part: str = "") -> Measure:
        return mean_of_groups(
            name, tasks, _kind, dict.fromkeys(kinds, 1.0), part=part, of=of, skips_empty=released
        )

    six = [kind for kind in there if kind not in _SINGLE]
    return [
        mean("mean of eight tasks", there, len(TASKS)),
        mean("mean of six tasks", six, len(TASKS) - len(_SINGLE)),
        *(plain_mean(kind, [task for task in tasks if task.group == kind]) for kind in there),
        *(mean(f"{what}, eight tasks", there, len(TASKS), part) for part, what in _PARTS.items()),
        *(mean(f"{what}, six tasks", six, len(TASKS) - len(_SINGLE), part) for part, what in _PARTS.items()),
    ]


OMNICONTEXT = Suite(
    name="omnicontext",
    title="OmniContext",
    about=(
        "400 instructions over one or more reference pictures, 50 of each of eight tasks: one subject, several, or subjects in a given place. A judge scores "
        "prompt following and subject consistency from 0 to 10; a task's score is the root of their product. Published with OmniGen2 (arXiv 2506.18871), "
        "judged there by gpt-4.1. Published averages are over eight tasks or over the six without a single subject: both are given."
    ),
    hub="OmniGen2/OmniContext",
    file="data",
    ending="png",
    scale=(0.0, 10.0),
    load=load,
    rubrics=(_RUBRIC,),
    looks=looks,
    score=score,
    measures=measures,
    quirks={
        "guessing": (
            "A score that cannot be read in three answers is a random whole number from 0 to 10. That is no measurement: such a score is absent here, and the "
            "reason says so."
        ),
        "asking": "Every question is asked three times, also where the first answer can be read, and the last one that can be read counts. Here it is asked once.",
        "reading": "What lies between the first brace and the last is the score's object; a number out of 0..10 goes into the mean as it is.",
        "absences": "A missing picture leaves its task's mean, and a task without any leaves the mean of tasks.",
        "tasks": "The copy of the statistics script that goes about with Echo-4o's authors leaves out the two tasks with a single subject: the mean of six tasks.",
        "pictures": "Input pictures are cut to a megapixel and sides to multiples of 16 before the judge sees them. Ours are shown as the judge's rule has it.",
        "language": "Only instructions in English count.",
    },
)


def _own_score(heard: Heard) -> float | str:
    value = heard.value
    return heard.reason or heard.state if not isinstance(value, int | float) else float(value)


def _released_score(heard: Heard) -> float | str:
    if not heard.picture:
        return heard.reason or "no picture"
    try:
        return read_as_released(heard.text)
    except NothingRead as error:
        return f"the public script draws a random number here, or fails ({error})"


def _once(reasons: Sequence[str]) -> str:
    """Both reasons in one, without saying the same twice."""
    told = {reason.partition(": ")[2] for reason in reasons}
    return told.pop() if len(told) == 1 and len(reasons) == len(_PARTS) else "; ".join(reasons)


def _kind(task: SuiteTask) -> str:
    return task.group


def _task(row: _Row, name: str, images: tuple[ImageRef, ...]) -> SuiteTask:
    return SuiteTask(
        id=name,
        suite="omnicontext",
        line=row.line,
        prompt=row.instruction,
        group=row.kind,
        language=row.language or None,
        input_images=images,
        metadata=json.dumps({"key": row.key}, ensure_ascii=False),
    )


def _rows(path: Path, intake: Intake) -> Iterator[_Row]:
    if path.is_dir() or path.suffix == ".parquet":
        for line, row in parquet_rows(path, _COLUMNS, ("instruction_language",)):
            yield _row(line, row, path.parent)
    elif path.suffix == ".json":
        for entry in json_entries(path, intake):
            if not isinstance(entry.value, dict):
                intake.wrong(entry.line, "not an object", entry.key)
                continue
            row = entry.value
            folder = path.parent / "images" / text_of(row.get("task_type"))
            named = {
                "key": row.get("id"),
                "instruction": row.get("ins_en"),
                "input_images": row.get("ori_img"),
            }
            yield _row(entry.line, {**named, "task_type": row.get("task_type")}, folder)
    else:
        for line, row in json_lines(path, intake):
            yield _row(line, row, path.parent)


def _row(line: int, row: Mapping[str, Any], folder: Path) -> _Row:
    key, pictures = row.get("key"), row.get("input_images")
    return _Row(
        line=line,
        key=str(key) if isinstance(key, int) and not isinstance(key, bool) else text_of(key),
        kind=text_of(row.get("task_type")),
        instruction=text_of(row.get("instruction")),
        language=text_of(row.get("instruction_language")),
        pictures=pictures if isinstance(pictures, list) else [pictures] if pictures else [],
        folder=folder,
    )


def _problem(row: _Row) -> str:
    """What is wrong with a row; empty: nothing."""
    if not row.key:
        return "no key"
    if row.kind not in TASKS:
        return f"unknown task_type {row.kind[:40]!r}; there are {', '.join(TASKS)}"
    if not row.instruction:
        return "no instruction"
    return "" if row.pictures else "no input pictures"
