"""GenEval: single things, pairs, counts, colours, places and colours of pairs, four pictures a prompt, seen by a detector."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from echoloop.images import Pixels
from echoloop.records import SuitePreset, SuiteTask
from echoloop.suites.detecting import COLOURS, RELATIONS, Eyes, check
from echoloop.suites.intake import Intake, expect_count, json_lines, text_of
from echoloop.suites.suite import (
    Heard,
    Json,
    Measure,
    Scored,
    Suite,
    mean_of_groups,
    no_looks,
    plain_mean,
)

_TAGS = {
    "single_object": 80,
    "two_object": 99,
    "counting": 80,
    "colors": 94,
    "position": 100,
    "color_attr": 100,
}
TAGS = tuple(_TAGS)
_PLAIN_PROMPT = "a photo of"
_LONG = "rewritten"


def load(path: Path, intake: Intake) -> Iterator[SuiteTask]:
    """Lines of {tag, include, exclude?, prompt}. A task's id is the folder of its pictures: its line from 0, in five digits."""
    found: Counter[str] = Counter()
    rewritten = 0
    for line, row in json_lines(path, intake):
        name, problem = f"{line - 1:05d}", _problem(row)
        if problem:
            intake.wrong(line, problem, text_of(row.get("prompt"))[:80] or name)
            continue
        found[row["tag"]] += 1
        rewritten += not text_of(row["prompt"]).startswith(_PLAIN_PROMPT)
        wanted = {key: row[key] for key in ("include", "exclude") if row.get(key)}
        yield SuiteTask(
            id=name,
            suite="geneval",
            line=line,
            prompt=text_of(row["prompt"]),
            group=row["tag"],
            metadata=json.dumps(wanted, ensure_ascii=False),
        )
    for tag, published in _TAGS.items():
        expect_count(intake, found[tag], published, f"tasks of {tag}")
    if rewritten:
        intake.wrong(
            0,
            f"{rewritten:,} prompts do not begin with {_PLAIN_PROMPT!r}: long or rewritten prompts are another benchmark, and the table says so",
        )


def detect(task: SuiteTask, pixels: Pixels, eyes: Any) -> Json:
    """What the detector makes of one picture. ValueError says why it cannot judge this task."""
    wanted: dict[str, Any] = json.loads(task.metadata)
    verdict = check(pixels, wanted, cast(Eyes, eyes), counting=task.group == "counting")
    return {"correct": verdict.correct, "reason": verdict.reason}


def score(task: SuiteTask, heard: Mapping[str, Heard], preset: SuitePreset) -> Scored:
    """1 where all of it is there, else 0. Both presets count the same pictures, by the same rule."""
    del task, preset
    one = heard[""]
    if not isinstance(one.value, dict):
        return Scored(value=None, reason=one.reason or one.state)
    return Scored(value=float(bool(one.value["correct"])))


def measures(tasks: Sequence[SuiteTask], preset: SuitePreset) -> list[Measure]:
    """The mean of the six tasks' accuracies, and each. Prompts that were rewritten are another benchmark: the names say so."""
    plain = all(task.prompt.startswith(_PLAIN_PROMPT) for task in tasks)
    suffix = "" if plain else f" ({_LONG} prompts)"
    there = [tag for tag in TAGS if any(task.group == tag for task in tasks)]
    released = preset == "released_code"
    overall = mean_of_groups(
        f"overall{suffix}",
        tasks,
        lambda task: task.group,
        dict.fromkeys(there, 1.0),
        of=len(TAGS),
        skips_empty=released,
        by_pictures=released,
    )
    tags = [
        plain_mean(f"{tag}{suffix}", [task for task in tasks if task.group == tag], by_pictures=released)
        for tag in there
    ]
    return [overall, *tags, plain_mean(f"all tasks{suffix}", tasks, by_pictures=released)]


GENEVAL = Suite(
    name="geneval",
    title="GenEval",
    about=(
        "553 short prompts of six tasks (a thing, two, so many, of a colour, in a place, two of two colours), four pictures each. A detector with masks "
        "(Mask2Former, .3; counting .9) finds the things and CLIP names colours of crops on grey; the mean of the tasks' accuracies. Needs `--detector`: "
        "echoloop.suites.transformers_detector:open_detector (extra `metrics`), or the lab's, echoloop.lab.detector:open_detector. Published in "
        "arXiv 2310.11513. Long rewritten prompts are a different benchmark; the table names them."
    ),
    hub="github.com/djghosh13/geneval:prompts/evaluation_metadata.jsonl",
    file="evaluation_metadata.jsonl",
    ending="png",
    samples=4,
    load=load,
    looks=no_looks,
    detect=detect,
    score=score,
    measures=measures,
    quirks={
        "absences": "A picture that is not in its folder does not count, and neither does a task without any picture.",
        "pictures": (
            "Pictures are averaged, not prompts: a prompt with three of its four pictures counts three quarters of one with four. By our rule each prompt "
            "counts the same; with all pictures there is no difference."
        ),
        "failing": "A picture that cannot be opened stops the script.",
        "detector": (
            "The public numbers are of MMDetection's Mask2Former (Swin-S, its own training). The same architecture through transformers has other weights: "
            "expect a point or two of difference, and compare models within one detector only."
        ),
    },
)


def _problem(row: Mapping[str, Any]) -> str:
    """What is wrong with a line; empty: nothing."""
    if not text_of(row.get("prompt")):
        return "no prompt"
    if row.get("tag") not in TAGS:
        return f"unknown tag {str(row.get('tag'))[:40]!r}; there are {', '.join(TAGS)}"
    include, exclude = row.get("include"), row.get("exclude") or []
    if not isinstance(include, list) or not include:
        return "`include` is no list of things to be seen"
    if not isinstance(exclude, list):
        return "`exclude` is no list"
    entries = [(entry, number) for number, entry in enumerate(include)] + [(entry, 0) for entry in exclude]
    return next((what for entry, number in entries if (what := _entry_problem(entry, number))), "")


def _entry_problem(entry: Any, number: int) -> str:
    if not isinstance(entry, dict) or not text_of(entry.get("class")):
        return "an entry has no class"
    name, count = entry["class"], entry.get("count")
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        return f"the count of {name!r} is {count!r}: it is a whole number from 1"
    if "color" in entry and entry["color"] not in COLOURS:
        return f"the color of {name!r} is {entry['color']!r}; it is one of {', '.join(COLOURS)}"
    if "position" not in entry:
        return ""
    place = entry["position"]
    if not isinstance(place, list) or len(place) != 2 or place[0] not in RELATIONS:
        return f"the position of {name!r} is {str(place)[:40]}; it is [one of {', '.join(RELATIONS)}, number]"
    target = place[1]
    if isinstance(target, bool) or not isinstance(target, int) or not 0 <= target < number:
        return f"the position of {name!r} refers to entry {target!r}, and only those before it are looked at before it"
    return ""
