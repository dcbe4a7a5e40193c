"""ImgEdit's basic benchmark: nine kinds of edits, three scores from 1 to 5, the mean of the kinds."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from echoloop.records import ImageRef, SuitePreset, SuiteTask
from echoloop.suites.intake import Intake, UniqueIds, expect_count, text_of
from echoloop.suites.json_entries import json_entries
from echoloop.suites.parquet_rows import file_picture
from echoloop.suites.reading_numbers import read_number, read_scores
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

_ITEMS = 737
_ALIASES = {"adjust": "alter"}
_LABELS = {"first": ("First",), "second": ("Second",), "third": ("Third",)}
_NAMED = re.compile(r"[\W_]*[^\W\d_][^:：]*[:：][\s*_`]*(\d[\d.,/ ]*)[\s*_`]*")
_FOLDERS = ("", "original_images", "origin_img", "singleturn", "Benchmark/singleturn")
_RUBRIC = Rubric("echoloop.suites", "imgedit")

_DONE = "Is exactly what was asked for done, all of it, to the right thing?"
_SEAMLESS = "Can one see where it was done: edges, seams, blur, another sharpness or style?"
_PHYSICAL = (
    "Do light, shadow, perspective and touching things fit, and is all that was not to be touched as it was?"
)
_ASKS: dict[str, tuple[str, str, str]] = {
    "add": (_DONE, _SEAMLESS, _PHYSICAL),
    "alter": (
        _DONE,
        _SEAMLESS,
        "Does the changed thing keep its form and detail, and is the rest as it was?",
    ),
    "replace": (_DONE, _SEAMLESS, _PHYSICAL),
    "remove": (
        "Is what was to go gone, with its shadow and reflection, and nothing else?",
        "Is the place where it was filled so that one cannot see it?",
        _PHYSICAL,
    ),
    "background": (
        "Is the background the one that was asked for, and the foreground untouched?",
        _SEAMLESS,
        "Do light, scale and perspective of foreground and background belong together?",
    ),
    "style": (
        "Is the whole picture in the style that was asked for?",
        "Are the things, the persons and where they stand those of the original?",
        "Is it well made: even, clean, without broken parts?",
    ),
    "extract": (
        "Is it the thing that was to be cut out, whole and no other?",
        "Is its outline exact and everything around it plain?",
        "Does the thing itself look as it did: detail, colour, form?",
    ),
    "action": (
        "Does the person or animal do what was asked for?",
        "Is it still the same one: face, build, clothes?",
        "Are body and limbs possible, and is the rest of the scene as it was?",
    ),
    "compose": (
        "Is each of the edits that were asked for done?",
        _SEAMLESS,
        _PHYSICAL,
    ),
}
KINDS = tuple(_ASKS)


def load(path: Path, intake: Intake) -> Iterator[SuiteTask]:
    """One JSON object, {key: {id, prompt, edit_type}}: `id` is the input picture's place, and the key is the output's name.

    The pictures lie beside the file, or in a folder `original_images` or `singleturn` there.
    """
    ids = UniqueIds(intake)
    found: Counter[str] = Counter()
    for line, key, value in json_entries(path, intake):
        row: Mapping[str, Any] = value if isinstance(value, dict) else {}
        kind = text_of(row.get("edit_type"))
        kind = _ALIASES.get(kind, kind)
        problem = _problem(key, row, kind)
        if problem:
            intake.wrong(line, problem, key)
            continue
        if not ids.is_new(line, key):
            continue
        found[kind] += 1
        images = (_input(path.parent, text_of(row["id"]), intake),)
        yield SuiteTask(
            id=key,
            suite="imgedit",
            line=line,
            prompt=text_of(row["prompt"]),
            group=kind,
            input_images=images,
            metadata=json.dumps({"input": text_of(row["id"])}, ensure_ascii=False),
        )
    expect_count(intake, found.total(), _ITEMS)
    for kind in KINDS:
        if not found[kind]:
            intake.wrong(0, f"no task of the kind {kind!r}")


def looks(task: SuiteTask) -> tuple[Look, ...]:
    """The one question: three scores, about what matters in this kind of edit."""
    first, second, third = _ASKS[task.group]
    data: Json = {
        "instruction": task.prompt,
        "kind": task.group,
        "asks": {"First": first, "Second": second, "Third": third},
    }
    return (Look(rubric=_RUBRIC, data=data, references=True, read=_read),)


def score(task: SuiteTask, heard: Mapping[str, Heard], preset: SuitePreset) -> Scored:
    """The mean of the three scores."""
    del task
    one = heard[""]
    if preset == "released_code":
        return _score_as_released(one)
    if not isinstance(one.value, dict):
        return Scored(value=None, reason=one.reason or one.state)
    parts = {name: float(value) for name, value in one.value.items() if isinstance(value, int | float)}
    return Scored(value=sum(parts.values()) / len(parts), parts=parts)


def measures(tasks: Sequence[SuiteTask], preset: SuitePreset) -> list[Measure]:
    """The mean of the nine kinds, each kind's, and the plain mean over all tasks."""
    there = [kind for kind in KINDS if any(task.group == kind for task in tasks)]
    overall = mean_of_groups(
        "overall",
        tasks,
        lambda task: task.group,
        dict.fromkeys(there, 1.0),
        of=len(KINDS),
        skips_empty=preset == "released_code",
    )
    places = 2 if preset == "released_code" else None
    kinds = [
        plain_mean(kind, [task for task in tasks if task.group == kind], places=places) for kind in there
    ]
    return [overall, *kinds, plain_mean("all tasks", tasks)]


IMGEDIT = Suite(
    name="imgedit",
    title="ImgEdit",
    about=(
        "737 edits of single pictures, of nine kinds: add, alter, replace, remove, background, style, extract, action, and several at once (compose). A judge "
        "gives three scores from 1 to 5, of which the first bounds the others. Published as ImgEdit's basic benchmark (arXiv 2505.20275), judged there by "
        "gpt-4o. Published overall numbers are the mean of the kinds or of all tasks: both are given. The input pictures are in "
        "Benchmark.tar of sysuyy/ImgEdit on the hub: unpack it beside the file."
    ),
    hub="github.com/PKU-YuanGroup/ImgEdit:Benchmark/Basic/basic_edit.json",
    file="basic_edit.json",
    ending="png",
    scale=(1.0, 5.0),
    load=load,
    rubrics=(_RUBRIC,),
    looks=looks,
    score=score,
    measures=measures,
    quirks={
        "reading": (
            "Every line of two parts around `: ` whose second part is nothing but digits is a score, whatever the first part says and however large the number "
            "is: there may be one of them, or five. 4.5, 4/5 and **4** are none."
        ),
        "absences": (
            "A picture that is missing, or an answer without such a line, leaves its kind's mean, and a kind without any leaves the table. A judge that failed "
            "stops the script that averages."
        ),
        "rounding": "The mean of a task's scores is rounded to two places, and so is each kind's.",
        "overall": "The public scripts end with the nine kinds and give no overall number.",
    },
)


def _read(text: str) -> Json:
    """By their names; a judge that calls them otherwise has three lines that end in a number, in the order in which it was asked."""
    try:
        return dict(read_scores(text, _LABELS, 1, 5))
    except ValueError as error:
        found = [number[1] for line in text.splitlines() if (number := _NAMED.fullmatch(line.strip()))]
        if len(found) != len(_LABELS):
            raise error
        values = [read_number(number, 1, 5) for number in found]
        return dict(zip(_LABELS, values, strict=True))


def _score_as_released(one: Heard) -> Scored:
    if not one.picture:
        return Scored(value=None, reason=one.reason or "no picture")
    if one.state == "failed":
        return Scored(value=None, reason="the judge failed; the public script stops here")
    halves = [line.strip().split(": ") for line in one.text.splitlines()]
    found = [int(pair[1]) for pair in halves if len(pair) == 2 and _is_whole(pair[1])]
    if not found:
        return Scored(value=None, reason="the public script finds no score in the answer")
    parts = dict(zip(_LABELS, map(float, found), strict=False)) if len(found) == len(_LABELS) else {}
    return Scored(value=round(sum(found) / len(found), 2), parts=parts)


def _is_whole(text: str) -> bool:
    """Digits that Python reads as a number: what the script takes, without the signs on which it stops (superscripts)."""
    return text.isdecimal() and len(text) < 300


def _input(folder: Path, place: str, intake: Intake) -> ImageRef:
    """The input picture, beside the file or in one of the folders in which it is published."""
    there = [folder / name / place for name in _FOLDERS]
    path = next((path for path in there if path.exists()), there[0])
    return file_picture(folder, str(path.relative_to(folder)), intake)


def _problem(key: str, row: Mapping[str, Any], kind: str) -> str:
    """What is wrong with an entry; empty: nothing."""
    if not key.strip():
        return "no key"
    if not row:
        return "not an object of id, prompt and edit_type"
    if not text_of(row.get("id")):
        return "no id: it names the input picture"
    if not text_of(row.get("prompt")):
        return "no prompt"
    if kind not in KINDS:
        return f"unknown edit_type {str(row.get('edit_type'))[:40]!r}; there are {', '.join(KINDS)}"
    return ""
