"""What a suite is: plain data with named functions. A new one is one file and one rubric."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from echoloop.images import Pixels
from echoloop.records import AnswerState, SuitePreset, SuiteTask
from echoloop.suites.intake import Intake

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


class Rubric(NamedTuple):
    """A Markdown prompt file (`name`.md, first line "version: N") in the folder of a package."""

    package: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Look:
    """One question about one picture. `part` tells it from the others of its task.

    `data` is what the judge is given, fenced; with `references` the task's input pictures are shown before the output.
    `read` takes all that the judge said and returns its value; ValueError says why there is none.
    """

    part: str = ""
    rubric: Rubric
    data: Json
    references: bool = False
    read: Callable[[str], Json]


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What came of one look. `value` is None unless `state` is "answered"; `text` is all that was said.

    `picture` is False where there was nothing to look at; `state` and `reason` are then those of the output.
    """

    value: Json = None
    state: AnswerState
    reason: str = ""
    text: str = ""
    picture: bool = True


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A picture's score with named sub-scores, or why there is none. A sub-score may stand where the score does not."""

    value: float | None
    parts: Mapping[str, float] = field(default_factory=dict[str, float])
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class MeasureGroup:
    """Tasks whose scores are averaged, and the weight of that average.

    `by_pictures`: a task counts as often as it has pictures with a score. `places`: the average is rounded to so many.
    """

    name: str = ""
    weight: float = 1.0
    tasks: tuple[str, ...]
    by_pictures: bool = False
    places: int | None = None


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A number of the table: the weighted mean over groups of the mean over each group's tasks.

    `part` names the sub-score that is averaged; empty: the tasks' own. Intervals resample tasks within groups. A group without
    any score leaves the measure without a value, unless the public script `skips_empty` groups. `note` is shown beside it.
    """

    name: str
    groups: tuple[MeasureGroup, ...]
    part: str = ""
    skips_empty: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Suite:
    """A benchmark: how its published file is read, what is asked about a picture, and how answers become a table.

    `hub` is where the published file lives ("org/repo:path", empty: nowhere) and `file` what it is called; `samples` pictures
    are drawn for a task; `scale` are the lowest and highest score; `ending` is how pictures must end for the public script.
    `load` yields the tasks of a file; what is wrong in it goes to `Intake.wrong` and the rest is loaded.
    `looks` are the questions about one picture; where `detect` is given, a detector looks instead: it gets the task, the
    picture, and what the reference that the user named opens, and its value is heard as the part "".
    `score` makes one picture's score of what was heard, by part. Where there is no picture, each part says so.
    `measures` are the rows of the table, the main one first. `quirks` say what the public script does otherwise, each in a
    sentence: that is what the preset `released_code` follows.
    """

    name: str
    title: str
    about: str
    hub: str = ""
    file: str
    ending: str = ""
    samples: int = 1
    scale: tuple[float, float] = (0.0, 1.0)
    load: Callable[[Path, Intake], Iterator[SuiteTask]]
    rubrics: tuple[Rubric, ...] = ()
    looks: Callable[[SuiteTask], Sequence[Look]]
    detect: Callable[[SuiteTask, Pixels, Any], Json] | None = None
    score: Callable[[SuiteTask, Mapping[str, Heard], SuitePreset], Scored]
    measures: Callable[[Sequence[SuiteTask], SuitePreset], Sequence[Measure]]
    quirks: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def detects(self) -> bool:
        """Whether a detector looks at the pictures."""
        return self.detect is not None


def no_looks(task: SuiteTask) -> tuple[Look, ...]:
    """For suites that only a detector looks at."""
    del task
    return ()


def plain_mean(
    name: str,
    tasks: Sequence[SuiteTask],
    part: str = "",
    *,
    by_pictures: bool = False,
    places: int | None = None,
) -> Measure:
    """The mean over all these tasks."""
    ids = tuple(task.id for task in tasks)
    return Measure(
        name=name, groups=(MeasureGroup(tasks=ids, by_pictures=by_pictures, places=places),), part=part
    )


def mean_of_groups(
    name: str,
    tasks: Sequence[SuiteTask],
    group_of: Callable[[SuiteTask], str],
    weights: Mapping[str, float] | None = None,
    *,
    part: str = "",
    of: int = 0,
    skips_empty: bool = False,
    by_pictures: bool = False,
    places: int | None = None,
) -> Measure:
    """The mean over groups of each group's mean; `weights` says which groups there are and what each counts (None: all, the same).

    `of` is how many groups were published: where the file holds fewer, the measure says so.
    """
    members: dict[str, list[str]] = {group: [] for group in weights or ()}
    for task in tasks:
        if weights is None or group_of(task) in weights:
            members.setdefault(group_of(task), []).append(task.id)
    groups = tuple(
        MeasureGroup(
            name=group,
            weight=1.0 if weights is None else weights[group],
            tasks=tuple(ids),
            by_pictures=by_pictures,
            places=places,
        )
        for group, ids in members.items()
    )
    note = f"over the {len(groups)} of {of} groups that the file holds" if len(groups) < of else ""
    return Measure(name=name, groups=groups, part=part, skips_empty=skips_empty, note=note)
