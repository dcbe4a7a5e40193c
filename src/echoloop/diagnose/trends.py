"""Complaints by cluster: how many samples, in which split, at which task, in which month."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from math import isnan

import msgspec
import pyarrow as pa

from echoloop.diagnose.settings import DiagnoseSettings
from echoloop.engine import Desk
from echoloop.records import Complaint, ComplaintPart, FaultKeyword, FeedbackLabel, Item, Keep, PartKind
from echoloop.records.arrow import from_table
from echoloop.statistics import share_interval

UNNAMED = "not named"
_EXAMPLES = 5
_NO_ITEM, _NO_TASK, _NO_DATE = "no item", "no task", "no date"


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """A remark that was read, the cluster of its complaint if it is one, and the parts it belongs to."""

    label: FeedbackLabel
    cluster: str | None
    parts: tuple[tuple[PartKind, str], ...]


def sum_up_complaints(
    desk: Desk[DiagnoseSettings],
    feedback: pa.Table,
    keywords: pa.Table,
    samples: pa.Table,
    items: pa.Table,
    posts: pa.Table,
) -> Iterator[Keep[Complaint]]:
    """One row a cluster, the commonest first. Remarks that were not read count nowhere."""
    labels = [label for label in from_table(feedback, FeedbackLabel) if label.polarity is not None]
    clusters = {row.keyword: row.cluster for row in from_table(keywords, FaultKeyword)}
    parts = _Parts(samples, items, posts)
    spoken = [
        Spoken(
            label=label,
            cluster=clusters.get(label.keyword, label.keyword or UNNAMED)
            if label.polarity == "failure"
            else None,
            parts=parts.of(label),
        )
        for label in labels
    ]
    for complaint in complaints_of(spoken):
        yield Keep(complaint)


def complaints_of(spoken: Sequence[Spoken]) -> list[Complaint]:
    """Fold what was spoken into complaints."""
    heard = _samples_by_part(spoken)
    everything = len({one.label.sample for one in spoken})
    by_cluster: defaultdict[str, list[Spoken]] = defaultdict(list)
    for one in spoken:
        if one.cluster is not None:
            by_cluster[one.cluster].append(one)
    found = [_complaint(cluster, own, everything, heard) for cluster, own in by_cluster.items()]
    return sorted(found, key=lambda one: (-one.samples, -one.remarks, one.cluster))


def _complaint(
    cluster: str, own: Sequence[Spoken], everything: int, heard: Mapping[tuple[PartKind, str], set[str]]
) -> Complaint:
    samples = len({one.label.sample for one in own})
    counts = Counter(one.label.keyword for one in own if one.label.keyword)
    share, low, high = _interval(samples, everything)
    complained = _samples_by_part(own)
    return Complaint(
        cluster=cluster,
        keywords=tuple(sorted(counts, key=lambda one: (-counts[one], one))),
        remarks=len(own),
        samples=samples,
        of=everything,
        share=share,
        low=low,
        high=high,
        parts=tuple(_part(part, len(complained.get(part, ())), len(heard[part])) for part in sorted(heard)),
        examples=_examples(one.label for one in own),
        source_posts=tuple(sorted({post for one in own for post in one.label.source_posts})),
    )


def _part(part: tuple[PartKind, str], complaints: int, samples: int) -> ComplaintPart:
    share, low, high = _interval(complaints, samples)
    kind, name = part
    return ComplaintPart(
        kind=kind, name=name, complaints=complaints, samples=samples, share=share, low=low, high=high
    )


def _interval(part: int, whole: int) -> tuple[float | None, float | None, float | None]:
    share, low, high = (None if isnan(number) else number for number in share_interval(part, whole))
    return share, low, high


def _samples_by_part(spoken: Iterable[Spoken]) -> dict[tuple[PartKind, str], set[str]]:
    found: defaultdict[tuple[PartKind, str], set[str]] = defaultdict(set)
    for one in spoken:
        for part in one.parts:
            found[part].add(one.label.sample)
    return dict(found)


def _examples(labels: Iterable[FeedbackLabel]) -> tuple[str, ...]:
    """A few in the order of their ids, which are hashes: nobody chose them. Other samples and other words come first."""
    samples: set[str] = set()
    texts: set[str] = set()
    new: list[str] = []
    rest: list[str] = []
    for label in sorted(labels, key=lambda label: label.id):
        known = label.sample in samples or label.text in texts
        (rest if known else new).append(label.id)
        samples.add(label.sample)
        texts.add(label.text)
    return tuple([*new, *rest][:_EXAMPLES])


class _Parts:
    """Where a remark belongs: the split and the task of its sample's item, and the month it was written in."""

    def __init__(self, samples: pa.Table, items: pa.Table, posts: pa.Table) -> None:
        self._items = {item.sample: item for item in from_table(items, Item)}
        self._written = _times(posts, "url")
        self._made = _times(samples, "id")

    def of(self, label: FeedbackLabel) -> tuple[tuple[PartKind, str], ...]:
        item = self._items.get(label.sample)
        at = self._written.get(label.post_url) or self._made.get(label.sample)
        return (
            ("split", item.split if item else _NO_ITEM),
            ("task", (item.task or _NO_TASK) if item else _NO_ITEM),
            ("month", f"{at:%Y-%m}" if at else _NO_DATE),
        )


def _times(table: pa.Table, name: str) -> dict[str, datetime]:
    """When each row's thing was written, of those that say so. Only two columns are read: texts are long."""
    plain = table.select([name, "created_at"]).to_pydict()
    return {key: at for key, at in zip(plain[name], plain["created_at"], strict=True) if at is not None}
