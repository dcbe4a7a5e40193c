"""GEdit-Bench: edits that people asked for, in English and in Chinese. sqrt(min SC x min PQ), the mean of eleven groups."""

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from echoloop.records import SuitePreset, SuiteTask
from echoloop.suites.intake import Intake, UniqueIds, expect_count, json_lines, text_of
from echoloop.suites.parquet_rows import columns_of, parquet_rows, picture_in
from echoloop.suites.reading_numbers import read_score_list
from echoloop.suites.released_json import NothingRead, read_list_as_released
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

GROUPS = (
    "background_change",
    "color_alter",
    "material_alter",
    "motion_change",
    "ps_human",
    "style_change",
    "subject-add",
    "subject-remove",
    "subject-replace",
    "text_change",
    "tone_transfer",
)
LANGUAGES = ("en", "cn")
_ITEMS_A_LANGUAGE = 606
_COLUMNS = ("key", "task_type", "instruction", "instruction_language", "Intersection_exist")
_PICTURES = ("input_image_raw", "input_image")
_SEMANTICS = Rubric("echoloop.suites", "gedit_semantics")
_QUALITY = Rubric("echoloop.suites", "gedit_quality")
_PARTS = {"SC": "semantic consistency", "PQ": "perceptual quality"}


def load(path: Path, intake: Intake) -> Iterator[SuiteTask]:
    """The hub's Parquet {key, task_type, instruction, instruction_language, input_image, input_image_raw, Intersection_exist}.

    Or the same as JSONL with names of files. A task's id is "<task_type>/<language>/<key>", as its picture lies in the public
    folders. The raw picture is what a model is given; where there is none, the public judge's own.
    """
    ids = UniqueIds(intake)
    found: Counter[str] = Counter()
    for line, row in _rows(path, intake):
        key, problem = text_of(row.get("key")), _problem(row)
        if problem:
            intake.wrong(line, problem, key)
            continue
        group, language = text_of(row["task_type"]), text_of(row["instruction_language"])
        name = f"{group}/{language}/{key}"
        if not ids.is_new(line, name):
            continue
        found[language] += 1
        cell = next((row[column] for column in _PICTURES if row.get(column)), None)
        images = (picture_in(cell, intake, path.parent, name),)
        stored = {"key": key, "intersection": row["Intersection_exist"]}
        yield SuiteTask(
            id=name,
            suite="gedit",
            line=line,
            prompt=text_of(row["instruction"]),
            group=group,
            language=language,
            input_images=images,
            metadata=json.dumps(stored, ensure_ascii=False),
        )
    for language in LANGUAGES:
        expect_count(intake, found[language], _ITEMS_A_LANGUAGE, f"instructions in {language!r}")


def looks(task: SuiteTask) -> tuple[Look, ...]:
    """Two questions: about the edit, with the input picture beside it, and about the picture alone."""
    return (
        Look(part="SC", rubric=_SEMANTICS, data={"instruction": task.prompt}, references=True, read=_read),
        Look(part="PQ", rubric=_QUALITY, data={}, read=_read),
    )


def score(task: SuiteTask, heard: Mapping[str, Heard], preset: SuitePreset) -> Scored:
    """The root of the lesser semantic score times the lesser score of quality."""
    del task
    read = _released_scores if preset == "released_code" else _own_scores
    parts: dict[str, float] = {}
    reasons: dict[str, str] = {}
    for part, what in _PARTS.items():
        found = read(heard[part])
        if isinstance(found, str):
            reasons[what] = found
        else:
            parts[part] = min(found)
    if reasons:
        if len(set(reasons.values())) == 1 and len(reasons) == len(_PARTS):
            return Scored(value=None, reason=next(iter(reasons.values())))
        return Scored(
            value=None, parts=parts, reason="; ".join(f"{what}: {why}" for what, why in reasons.items())
        )
    if parts["SC"] * parts["PQ"] < 0:
        return Scored(value=None, reason="the public script fails here: a score below 0 has no root")
    return Scored(value=math.sqrt(parts["SC"] * parts["PQ"]), parts=parts)


def measures(tasks: Sequence[SuiteTask], preset: SuitePreset) -> list[Measure]:
    """For each language the mean of eleven groups, of all tasks and of the intersection, with both sub-scores; then each group."""
    del preset
    table: list[Measure] = []
    for language in LANGUAGES:
        spoken = [task for task in tasks if task.language == language]
        common = [task for task in spoken if json.loads(task.metadata)["intersection"]]
        for own, suffix in ((spoken, ""), (common, ", intersection")):
            table += [
                _mean(f"{what}, {language}{suffix}", own, part)
                for part, what in {"": "overall", **_PARTS}.items()
                if own
            ]
    table += [
        plain_mean(f"{group}, {language}", own)
        for language in LANGUAGES
        for group in GROUPS
        if (own := [task for task in tasks if (task.group, task.language) == (group, language)])
    ]
    return table


GEDIT = Suite(
    name="gedit",
    title="GEdit-Bench",
    about=(
        "1,212 edits of 606 pictures that people asked for, each in English and in Chinese, in eleven groups. A judge scores twice from 0 to 10 whether the edit "
        "is done and the rest kept (SC) and twice how the picture looks (PQ); the root of the lesser of each, averaged over the groups. The intersection is the "
        "part that every model of the first publication answered: published numbers are of either, so both are given. Published with Step1X-Edit "
        "(arXiv 2504.17761), judged there by gpt-4.1 or Qwen2.5-VL-72B."
    ),
    hub="stepfun-ai/GEdit-Bench",
    file="data",
    ending="png",
    scale=(0.0, 10.0),
    load=load,
    rubrics=(_SEMANTICS, _QUALITY),
    looks=looks,
    score=score,
    measures=measures,
    quirks={
        "guessing": (
            "Where an answer holds no JSON twice in a row, both scores of it are one random whole number from 0 to 10; where it holds broken JSON, it is asked "
            "without end. Neither is a measurement: such a score is absent here, and the reason says so."
        ),
        "reading": (
            "What lies between the outermost braces is the object; its list may be of any length, its numbers of any size, and the least counts. An object whose "
            "scores have words around them, or stand apart, is not read."
        ),
        "absences": "A missing picture leaves its group's mean; a group without any leaves the table without a number.",
        "language": "The Chinese instructions are tagged `cn`, and one of the statistics scripts offers `zh`: it averages nothing.",
        "pictures": "The output is stretched to the size of the input picture before the judge sees it. Ours is shown as it is.",
    },
)


_read = partial(read_score_list, labels=("score", "scores"), count=2, low=0, high=10)


def _own_scores(heard: Heard) -> list[float] | str:
    if not isinstance(heard.value, list):
        return heard.reason or heard.state
    return [float(one) for one in heard.value if isinstance(one, int | float)]


def _released_scores(heard: Heard) -> list[float] | str:
    if not heard.picture:
        return heard.reason or "no picture"
    try:
        return read_list_as_released(heard.text)
    except NothingRead as error:
        return f"the public script asks again here, and then draws a random number ({error})"


def _mean(name: str, tasks: Sequence[SuiteTask], part: str) -> Measure:
    there = [group for group in GROUPS if any(task.group == group for task in tasks)]
    return mean_of_groups(
        name, tasks, lambda task: task.group, dict.fromkeys(there, 1.0), part=part, of=len(GROUPS)
    )


def _rows(path: Path, intake: Intake) -> Iterator[tuple[int, dict[str, Any]]]:
    if path.is_dir() or path.suffix == ".parquet":
        there = columns_of(path)
        yield from parquet_rows(path, _COLUMNS, [name for name in _PICTURES if name in there][:1])
    else:
        yield from json_lines(path, intake)


def _problem(row: Mapping[str, Any]) -> str:
    """What is wrong with a row; empty: nothing."""
    if not text_of(row.get("key")):
        return "no key"
    if text_of(row.get("task_type")) not in GROUPS:
        return f"unknown task_type {str(row.get('task_type'))[:40]!r}; there are {', '.join(GROUPS)}"
    if not text_of(row.get("instruction")):
        return "no instruction"
    if text_of(row.get("instruction_language")) not in LANGUAGES:
        return (
            f"unknown instruction_language {str(row.get('instruction_language'))[:20]!r}; there are en and cn"
        )
    if not isinstance(row.get("Intersection_exist"), bool):
        return f"Intersection_exist is {str(row.get('Intersection_exist'))[:20]!r}, neither true nor false"
    return ""
