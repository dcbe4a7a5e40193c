"""GenEval++: does the picture show exactly what the prompt asks? One verdict over a checklist, and the mean of seven tags."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from echoloop.records import SuitePreset, SuiteTask
from echoloop.suites.intake import Intake, expect_count, json_lines, text_of
from echoloop.suites.reading_numbers import read_flag
from echoloop.suites.suite import (
    Heard,
    Json,
    Look,
    Measure,
    Rubric,
    Scored,
    Suite,
    mean_of_groups,
    plain_mean,
)

TAGS = (
    "color_attr",
    "spatial_count_attr",
    "color_spatial_attr",
    "color_count_attr",
    "multi_object_count_attr",
    "size_spatial_attr",
    "counting",
)
_TASKS_A_TAG = 40
_REGIONS = ("above", "below", "left", "right")
_SIZES = ("larger", "smaller")
_RUBRIC = Rubric("echoloop.suites", "geneval_pp")


def load(path: Path, intake: Intake) -> Iterator[SuiteTask]:
    """Lines of {tag, include, exclude?, prompt}. A task's id is the number of its line, as its picture's name is."""
    found: Counter[str] = Counter()
    for line, row in json_lines(path, intake):
        prompt, tag = text_of(row.get("prompt")), text_of(row.get("tag"))
        problem = _problem(row, prompt, tag)
        if problem:
            intake.wrong(line, problem, prompt[:80])
            continue
        found[tag] += 1
        checklist = {name: row[name] for name in ("include", "exclude") if row.get(name)}
        yield SuiteTask(
            id=str(line),
            suite="geneval_pp",
            line=line,
            prompt=prompt,
            group=tag,
            metadata=json.dumps(checklist, ensure_ascii=False),
        )
    for tag in TAGS:
        expect_count(intake, found[tag], _TASKS_A_TAG, f"tasks of {tag}")


def looks(task: SuiteTask) -> tuple[Look, ...]:
    """The one question: does all of the checklist hold?"""
    stored: dict[str, Json] = json.loads(task.metadata)
    data: dict[str, Json] = {"prompt": task.prompt, "checklist": stored["include"]}
    if "exclude" in stored:
        data["exclude"] = stored["exclude"]
    return (Look(rubric=_RUBRIC, data=data, read=_read),)


def score(task: SuiteTask, heard: Mapping[str, Heard], preset: SuitePreset) -> Scored:
    """1 where all of it holds, else 0."""
    del task
    one = heard[""]
    if preset == "released_code":
        return Scored(value=float(one.picture and _correct_as_released(one.text)))
    if one.value is None:
        return Scored(value=None, reason=one.reason or one.state)
    return Scored(value=float(bool(one.value)))


def measures(tasks: Sequence[SuiteTask], preset: SuitePreset) -> list[Measure]:
    """The mean of the tags' accuracies, each tag's, and the plain mean over all tasks."""
    del preset
    tags = [tag for tag in TAGS if any(task.group == tag for task in tasks)]
    overall = mean_of_groups(
        "overall", tasks, lambda task: task.group, dict.fromkeys(tags, 1.0), of=len(TAGS)
    )
    by_tag = [plain_mean(tag, [task for task in tasks if task.group == tag]) for tag in tags]
    return [overall, *by_tag, plain_mean("all tasks", tasks)]


GENEVAL_PP = Suite(
    name="geneval_pp",
    title="GenEval++",
    about=(
        "280 prompts with 1 to 7 kinds of things to get right at once (counts, colours, places, sizes), 40 of each of seven tags. A judge holds the "
        "picture against a checklist; all of it must be met. Published with Echo-4o (arXiv 2508.09987), judged there by gpt-4.1; the file "
        "lies in the repository yejy53/Echo-4o on GitHub."
    ),
    file="Geneval++.jsonl",
    ending="jpg",
    load=load,
    rubrics=(_RUBRIC,),
    looks=looks,
    score=score,
    measures=measures,
    quirks={
        "absences": "A picture that is missing, and a judge that failed, refused or cannot be read, count as a wrong picture.",
        "reading": "The verdict is the text from the first brace to the last, and it counts as right only if that is JSON whose `correct` is 1.",
    },
)


def _read(text: str) -> Json:
    return read_flag(text, ("correct",))


def _correct_as_released(text: str) -> bool:
    """What lies between the first brace and the last is the object, or there is none."""
    found = re.search(r"\{.*\}", text, re.DOTALL)
    try:
        value: Any = json.loads(found[0]) if found else {}
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and value.get("correct", 0) == 1


def _problem(row: Mapping[str, Any], prompt: str, tag: str) -> str:
    """What is wrong with a line; empty: nothing."""
    if not prompt:
        return "no prompt"
    if tag not in TAGS:
        return f"unknown tag {str(row.get('tag'))[:40]!r}; there are {', '.join(TAGS)}"
    include, exclude = row.get("include"), row.get("exclude") or []
    if not isinstance(include, list) or not include:
        return "`include` is no list of things to be seen"
    if not isinstance(exclude, list):
        return "`exclude` is no list"
    return next((what for one in [*include, *exclude] if (what := _entry_problem(one))), "")


def _entry_problem(entry: Any) -> str:
    if not isinstance(entry, dict) or not text_of(entry.get("class")):
        return "an entry of the checklist has no class"
    name, count = text_of(entry["class"]), entry.get("count", 1)
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        return f"the count of {name!r} is {count!r}: it is a whole number from 1"
    for field, known in (("region", _REGIONS), ("size", _SIZES)):
        if entry.get(field) is not None and entry[field] not in known:
            return f"the {field} of {name!r} is {entry[field]!r}; it is one of X"
    if entry.get("color") is not None and not text_of(entry["color"]):
        return f"the color of {name!r} is {entry['color']!r}"
    return ""
