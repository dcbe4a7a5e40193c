"""Imagine-Bench: familiar things, changed beyond what exists. Three scores a picture, four groups, weights 3:2:2:2."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from echoloop.records import SuitePreset, SuiteTask
from echoloop.suites.intake import Intake, UniqueIds, expect_count, json_lines, text_of
from echoloop.suites.reading_numbers import read_scores
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

_TYPES = {
    "COLOR": ("attribute shift", 30),
    "SHAPE": ("attribute shift", 30),
    "SIZE": ("attribute shift", 30),
    "MATERIAL": ("hybridisation", 30),
    "COMBINATION": ("hybridisation", 30),
    "TIME": ("spatiotemporal", 30),
    "ENVIRONMENT": ("spatiotemporal", 30),
    "Multi-Object": ("multi-object", 60),
}
WEIGHTS = {"attribute shift": 3.0, "hybridisation": 2.0, "spatiotemporal": 2.0, "multi-object": 2.0}
_LABELS = {
    "fantasy": ("Fantasy Fulfillment", "Fantasy Fulfilment", "Fantasy"),
    "identity": ("Identity Preservation", "Identity"),
    "aesthetic": ("Aesthetic Quality", "Aesthetics", "Aesthetic"),
}
_AS_RELEASED = re.compile(
    r"(Fantasy Fulfillment|Identity Preservation|Aesthetic Quality)\s*[:：]?\s*(\d{1,2})"
)
_NOT_SAID = -1.0
_RUBRIC = Rubric("echoloop.suites", "imagine_bench")


def load(path: Path, intake: Intake) -> Iterator[SuiteTask]:
    """Lines of {id, instruction, note, type}."""
    ids = UniqueIds(intake)
    found: Counter[str] = Counter()
    for line, row in json_lines(path, intake):
        name, problem = _id(row.get("id")), _problem(row)
        if problem:
            intake.wrong(line, problem, name)
            continue
        if not ids.is_new(line, name):
            continue
        kind = text_of(row["type"])
        found[kind] += 1
        yield SuiteTask(
            id=name,
            suite="imagine_bench",
            line=line,
            prompt=text_of(row["instruction"]),
            group=_TYPES[kind][0],
            metadata=json.dumps({"note": text_of(row["note"]), "type": kind}, ensure_ascii=False),
        )
    for kind, (_, published) in _TYPES.items():
        expect_count(intake, found[kind], published, f"tasks of {kind}")


def looks(task: SuiteTask) -> tuple[Look, ...]:
    """The one question: three scores."""
    data: Json = {"prompt": task.prompt, "note": json.loads(task.metadata)["note"]}
    return (Look(rubric=_RUBRIC, data=data, read=_read),)


def score(task: SuiteTask, heard: Mapping[str, Heard], preset: SuitePreset) -> Scored:
    """Four fifths of the lesser of fantasy and identity, and one fifth of the aesthetic quality."""
    del task
    one = heard[""]
    if preset == "released_code":
        return _score_as_released(one)
    if not isinstance(one.value, dict):
        return Scored(value=None, reason=one.reason or one.state)
    parts = {name: float(value) for name, value in one.value.items() if isinstance(value, int | float)}
    return Scored(value=_weighted(parts), parts=parts)


def measures(tasks: Sequence[SuiteTask], preset: SuitePreset) -> list[Measure]:
    """3:2:2:2 over the groups, each group, and the means of the three scores."""
    released = preset == "released_code"
    there = {task.group for task in tasks}
    counted = {
        group: weight
        for group, weight in WEIGHTS.items()
        if group in there and not (released and group == "multi-object")
    }
    overall = mean_of_groups(
        "overall", tasks, lambda task: task.group, counted, of=len(WEIGHTS) - released, skips_empty=released
    )
    groups = [
        plain_mean(group, [task for task in tasks if task.group == group])
        for group in WEIGHTS
        if group in there
    ]
    return [overall, *groups, *(plain_mean(part, tasks, part) for part in _LABELS)]


IMAGINE_BENCH = Suite(
    name="imagine_bench",
    title="Imagine-Bench",
    about=(
        "270 instructions to change a familiar thing beyond what exists: attribute shift 90, hybridisation 60, spatiotemporal 60, multi-object 60. A judge "
        "gives three scores from 0 to 10. Published with Echo-4o (arXiv 2508.09987), judged there by gpt-4.1; the file "
        "lies in the repository yejy53/Echo-4o on GitHub."
    ),
    file="Imagine.jsonl",
    scale=(0.0, 10.0),
    load=load,
    rubrics=(_RUBRIC,),
    looks=looks,
    score=score,
    measures=measures,
    quirks={
        "weights": "The weight table names no `Multi-Object`, so those 60 tasks do not count at all: a model with 0 on all of them can reach 10.",
        "groups": "A group without any score is left out and the others' weights grow.",
        "absences": "A missing picture leaves its group's mean; a judge that failed or refused counts as 0.",
        "reading": (
            "The last number after each label counts, cut to its first two digits (8.5 is 8, 100 is 10) and to the range; one in bold is not seen. A score "
            "that is not found is -1, and -1 goes into the mean."
        ),
        "rounding": "A picture's score is rounded to three places.",
    },
)


def _read(text: str) -> Json:
    return dict(read_scores(text, _LABELS, 0, 10))


def _weighted(scores: Mapping[str, float]) -> float:
    return 0.8 * min(scores["fantasy"], scores["identity"]) + 0.2 * scores["aesthetic"]


def _score_as_released(one: Heard) -> Scored:
    if not one.picture:
        return Scored(value=None, reason=one.reason or "no picture")
    if one.state in ("refused", "failed"):
        return Scored(value=0.0)
    found = {label: max(0.0, min(float(digits), 10.0)) for label, digits in _AS_RELEASED.findall(one.text)}
    parts = {name: found.get(labels[0], _NOT_SAID) for name, labels in _LABELS.items()}
    return Scored(value=round(_weighted(parts), 3), parts=parts)


def _id(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text_of(value)


def _problem(row: Mapping[str, Any]) -> str:
    """What is wrong with a line; empty: nothing."""
    if not _id(row.get("id")):
        return "no id"
    if not text_of(row.get("instruction")):
        return "no instruction"
    if not text_of(row.get("note")):
        return "no note: without it there is nothing to check the picture against"
    if text_of(row.get("type")) not in _TYPES:
        return f"unknown type {str(row.get('type'))[:40]!r}; there are {', '.join(_TYPES)}"
    return ""
