"""Samples -> the items of a release: complete tasks in two benchmark splits, the rest for analysis."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import pyarrow as pa

from echoloop.curate.clusters import precedence
from echoloop.curate.lacks import lack
from echoloop.curate.reviewed import DISPUTED, WAITS, Reviewed, after_review
from echoloop.curate.selection import Candidate, draw
from echoloop.curate.settings import CurateSettings
from echoloop.curate.tasks import task_clusters
from echoloop.engine import Desk
from echoloop.records import Drop, Duplicate, Item, Keep, ReviewEvent, Sample, Split
from echoloop.records.arrow import from_table

_BENCHMARK: tuple[Split, ...] = ("image_to_image", "text_to_image")
_MANY_INPUTS = 3
_AGAIN = "the same task again"


class _Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where an item stands."""

    split: Split
    task: str = ""
    stratum: str = ""
    reserve: int | None = None


def select_items(
    desk: Desk[CurateSettings], samples: pa.Table, duplicates: pa.Table, reviews: pa.Table
) -> Iterator[Keep[Item] | Drop]:
    """Up to `per_split` items a benchmark split, drawn from all strata; one of each cluster of near-duplicates."""
    rows = after_review(from_table(samples, Sample), from_table(reviews, ReviewEvent))
    clusters = _clusters(rows, from_table(duplicates, Duplicate))
    places: dict[str, _Place] = {}
    for split in _BENCHMARK:
        places |= _drawn(desk.settings, split, clusters)
    for cluster in clusters:
        kept = _kept(cluster)
        for one in cluster:
            if one is kept:
                yield Keep(_item(one.sample, places.get(one.sample.id, _Place(split="analysis"))))
            else:
                yield _leaving(one, kept)
    _say(desk, rows, places)


def _clusters(rows: Sequence[Reviewed], duplicates: Sequence[Duplicate]) -> list[list[Reviewed]]:
    """Every sample in its cluster, the representative first; most are alone."""
    cluster_of = {row.sample: row.cluster for row in duplicates}
    clusters: dict[str, list[Reviewed]] = defaultdict(list)
    for one in sorted(rows, key=lambda one: precedence(one.found)):
        clusters[cluster_of.get(one.sample.id, one.sample.id)].append(one)
    return list(clusters.values())


def _kept(cluster: Sequence[Reviewed]) -> Reviewed | None:
    """The first that may be in the benchmark, else the first that may be in any split."""
    staying = [one for one in cluster if not one.leaves]
    return next((one for one in staying if _could_be_item(one)), next(iter(staying), None))


def _could_be_item(one: Reviewed) -> bool:
    return not one.waits and not lack(one.sample)


def _drawn(
    settings: CurateSettings, split: Split, clusters: Sequence[Sequence[Reviewed]]
) -> dict[str, _Place]:
    """The places of a split and of those that wait for one."""
    candidates = [
        found for cluster in clusters for found in _candidates(cluster) if _split_of(found[0].sample) == split
    ]
    rows = [one for one, _ in candidates]
    tasks = task_clusters([one.found.prompt for one in rows])
    strata = {
        one.sample.id: "" if settings.selection == "paper" else _stratum(one.found, task)
        for one, task in zip(rows, tasks, strict=True)
    }
    drawn = draw(
        [
            Candidate(id=one.sample.id, stratum=strata[one.sample.id], rejected=bool(one.leaves), late=late)
            for one, late in candidates
        ],
        settings.per_split,
        settings.seed,
    )
    task_of = {one.sample.id: task for one, task in zip(rows, tasks, strict=True)}
    chosen = {name: _Place(split=split, task=task_of[name], stratum=strata[name]) for name in drawn.chosen}
    reserve = {
        name: _Place(split="analysis", task=task_of[name], stratum=strata[name], reserve=turn)
        for turn, name in enumerate(drawn.reserve, start=1)
    }
    return chosen | reserve


def _candidates(cluster: Sequence[Reviewed]) -> Iterator[tuple[Reviewed, bool]]:
    """Who could be in, and, where people took that one out, who comes late in its place."""
    could = [one for one in cluster if _could_be_item(one)]
    if could:
        yield could[0], False
        if could[0].leaves:
            yield from ((one, True) for one in could if not one.leaves and one is _kept(cluster))


def _split_of(sample: Sample) -> Split:
    return "image_to_image" if sample.input_images else "text_to_image"


def _stratum(sample: Sample, task: str) -> str:
    """Of the sample as it was found: an edited prompt changes nobody's place."""
    inputs = len(sample.input_images)
    return " | ".join(
        (
            task,
            sample.language or "no language",
            f"{sample.created_at:%Y-%m}" if sample.created_at else "no date",
            f"{inputs} inputs" if inputs < _MANY_INPUTS else f"{_MANY_INPUTS} or more inputs",
        )
    )


def _leaving(one: Reviewed, kept: Reviewed | None) -> Drop:
    again = kept is not None and not one.leaves
    return Drop(
        key=one.sample.id,
        reason=_AGAIN if again else one.leaves,
        detail=f"of {kept.sample.id}" if again and kept is not None else one.detail,
        source_posts=one.sample.source_posts,
    )


def _say(desk: Desk[CurateSettings], rows: Sequence[Reviewed], places: Mapping[str, _Place]) -> None:
    disputed = sum(one.leaves == DISPUTED for one in rows)
    if disputed:
        told = (
            "1 sample is disputed: it stays"
            if disputed == 1
            else f"{disputed:,} samples are disputed: they stay"
        )
        desk.note(f"{told} out until people agree")
    if not any(place.split != "analysis" for place in places.values()):
        desk.note(f"no benchmark item: {_why_none(rows)}")


def _why_none(rows: Sequence[Reviewed]) -> str:
    if not rows:
        return "there are no samples"
    lacks = Counter(lack(one.sample) or one.leaves or (WAITS if one.waits else "") for one in rows)
    lacks["per_split leaves no place"] = lacks.pop("", 0)
    return ", ".join(f"{reason} ({count:,})" for reason, count in lacks.most_common() if count)


def _item(sample: Sample, place: _Place) -> Item:
    return Item(
        id=sample.id,
        split=place.split,
        sample=sample.id,
        prompt=sample.prompt,
        prompt_modified=sample.prompt_modified,
        prompt_fill_blank=sample.prompt_fill_blank,
        quality=sample.quality,
        input_images=sample.input_images,
        output_images=sample.output_images,
        community_feedback=sample.community_feedback,
        is_screenshot=sample.is_screenshot,
        language=sample.language,
        created_at=sample.created_at,
        task=place.task,
        stratum=place.stratum,
        reserve=place.reserve,
        source_posts=sample.source_posts,
    )
