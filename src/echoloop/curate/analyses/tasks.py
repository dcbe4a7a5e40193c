"""Which kinds of task there are, and which of them older benchmarks do not have."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from echoloop.curate.analyses.naming import TABLE, TaskCluster, TaskName, naming_stage
from echoloop.curate.analyses.rows import Analysis, Dataset
from echoloop.curate.analyses.vectors import Floats, cluster, nearest
from echoloop.engine import NoAnswers, Session
from echoloop.records import Item
from echoloop.records.arrow import from_table, to_table

NEW_BELOW = 0.5
_SHOWN = 12
_MOST = 24


def task_rows(
    session: Session,
    reader: str,
    name: str,
    items: Sequence[Item],
    older: Sequence[Dataset],
    *,
    clusters: int | None = None,
    seed: int = 0,
    new_below: float = NEW_BELOW,
) -> Iterator[Analysis]:
    """The clusters of our prompts by size, with the share of each that no older set has; and that share as a whole, set by set."""
    ordered = sorted(items, key=lambda item: item.id)
    prompts = [item.prompt for item in ordered]
    count = clusters or min(_MOST, max(1, round((len(prompts) / 2) ** 0.5)))
    belongs, closeness = cluster(prompts, count, seed)
    likeness = {one.name: nearest(prompts, one.prompts) for one in older}
    new = _new(likeness, len(prompts), new_below)
    numbers, sizes = np.unique(belongs, return_counts=True)
    found = {int(number): _cluster(int(number), belongs, closeness, ordered) for number in numbers}
    names = _named(session, reader, list(found.values()))
    largest = sorted(zip(sizes.tolist(), numbers.tolist(), strict=True), key=lambda each: (-each[0], each[1]))
    for place, (size, number) in enumerate(largest):
        own = belongs == number
        said = names[number]
        share = f", {float(new[own].mean()):.0%} of them new" if older else ""
        unnamed = f", not named: {said.reason}" if not said.name else ""
        yield Analysis(
            dataset=name,
            analysis="task",
            place=place,
            name=said.name or f"cluster {number + 1}",
            value=size / len(prompts),
            note=f"{size:,} prompts{share}{unnamed}",
        )
    yield from _novelty_rows(name, likeness, new, new_below)


def _cluster(
    number: int, belongs: Floats | np.ndarray, closeness: Floats, items: Sequence[Item]
) -> TaskCluster:
    members = np.flatnonzero(belongs == number)
    middle = members[np.argsort(-closeness[members], kind="stable")][:_SHOWN]
    sources = sorted({url for place in middle for url in items[place].source_posts})
    return TaskCluster(
        number=number, prompts=tuple(items[place].prompt for place in middle), source_posts=tuple(sources)
    )


def _named(session: Session, reader: str, clusters: Sequence[TaskCluster]) -> Mapping[int, TaskName]:
    tables = session.workspace.tables
    tables.write(TABLE, to_table(clusters, TaskCluster), TaskCluster)
    try:
        session.run([naming_stage(reader)])
    except NoAnswers as problem:
        return {one.number: TaskName(number=one.number, name="", reason=problem.where) for one in clusters}
    return {one.number: one for one in from_table(tables.read("task_names"), TaskName)}


def _new(likeness: Mapping[str, Floats], count: int, below: float) -> np.ndarray:
    best = np.max([np.zeros(count), *likeness.values()], axis=0)
    return np.asarray(best < below)


def _novelty_rows(
    name: str, likeness: Mapping[str, Floats], new: np.ndarray, below: float
) -> Iterator[Analysis]:
    if not likeness or not len(new):
        why = "no prompts" if likeness else "no older benchmark was given; run with --beside NAME=FILE"
        yield Analysis(
            dataset=name, analysis="novelty", name="new against all", value=None, note=f"not measured: {why}"
        )
        return
    rule = f"the nearest prompt there has a TF-IDF cosine below {below:g}"
    yield Analysis(
        dataset=name, analysis="novelty", name="new against all", value=float(new.mean()), note=rule
    )
    for place, (other, near) in enumerate(likeness.items(), start=1):
        share = float((near < below).mean())
        yield Analysis(
            dataset=name, analysis="novelty", place=place, name=f"new against {other}", value=share, note=rule
        )
