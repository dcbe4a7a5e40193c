"""What people complain about and what is measured, as one page: taxonomy, metrics, and whether the one shows in the other."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from echoloop.records import Applicability, ComplaintPart, Finding
from echoloop.report.beside import Beside, beside
from echoloop.report.complaints import Complaints, parts_of
from echoloop.report.evidence import Evidence
from echoloop.report.judge import FindingGroup, grouped
from echoloop.report.measured import EffectGroup, effect_groups
from echoloop.report.pairs import MetricPairs, metric_pairs
from echoloop.report.pictures import PictureShelf

_RATIONALES = 3
_MOST_PARTS = 12


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Complaints by one kind of part: a line a complaint, a cell a part; parts with few samples are left out and counted."""

    parts: tuple[str, ...]
    samples: tuple[int, ...]
    lines: tuple[tuple[str, tuple[ComplaintPart | None, ...]], ...]
    left_out: int


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """To how many items a metric applies, and a few reasons as they were given."""

    metric: str
    applies: int
    not_applicable: int
    unknown: tuple[tuple[str, int], ...]
    because: tuple[tuple[bool, str], ...]


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page shows. What is None was not made."""

    complaints: Complaints | None
    months: Spread | None
    tasks: Spread | None
    coverage: tuple[Coverage, ...] | None
    groups: tuple[EffectGroup, ...] | None
    beside: Beside
    shown: tuple[Finding, ...]
    pairs: tuple[MetricPairs, ...]
    readers: tuple[FindingGroup, ...]

    @property
    def anything(self) -> bool:
        """Whether there is anything to make a page of."""
        return self.complaints is not None or self.groups is not None


def diagnosis(evidence: Evidence, complaints: Complaints | None, shelf: PictureShelf) -> Diagnosis:
    """From the tables of diagnose to what a page shows."""
    rows = complaints.rows if complaints else None
    effects = evidence.effects or ()
    return Diagnosis(
        complaints=complaints,
        months=_spread([(row.complaint.cluster, parts_of(row.complaint, "month")) for row in rows or ()]),
        tasks=_spread([(row.complaint.cluster, parts_of(row.complaint, "task")) for row in rows or ()]),
        coverage=None if evidence.applicability is None else _coverage(evidence.applicability),
        groups=None if evidence.effects is None else tuple(effect_groups(effects)),
        beside=beside([row.complaint for row in rows or ()], effects),
        shown=tuple(evidence.complaints_shown or ()),
        pairs=tuple(
            metric_pairs(
                effects, evidence.measurements or (), evidence.outputs or (), evidence.items or (), shelf
            )
        ),
        readers=grouped(evidence.readers_agree or ()),
    )


def _spread(lines: Sequence[tuple[str, Sequence[ComplaintPart]]]) -> Spread | None:
    sizes = {part.name: part.samples for _, parts in lines for part in parts}
    if not sizes:
        return None
    largest = sorted(sizes, key=lambda name: (-sizes[name], name))[:_MOST_PARTS]
    names = sorted(largest)
    by_name = [(cluster, {part.name: part for part in parts}) for cluster, parts in lines]
    return Spread(
        parts=tuple(names),
        samples=tuple(sizes[name] for name in names),
        lines=tuple((cluster, tuple(parts.get(name) for name in names)) for cluster, parts in by_name),
        left_out=len(sizes) - len(names),
    )


def _coverage(rows: Iterable[Applicability]) -> tuple[Coverage, ...]:
    by_metric: defaultdict[str, list[Applicability]] = defaultdict(list)
    for row in rows:
        by_metric[row.metric].append(row)
    return tuple(_covered(metric, by_metric[metric]) for metric in sorted(by_metric))


def _covered(metric: str, rows: Sequence[Applicability]) -> Coverage:
    reasons = Counter(
        (row.applies, row.rationale) for row in rows if row.applies is not None and row.rationale
    )
    unknown = Counter(row.state for row in rows if row.applies is None)
    return Coverage(
        metric=metric,
        applies=sum(row.applies is True for row in rows),
        not_applicable=sum(row.applies is False for row in rows),
        unknown=tuple(sorted(unknown.items())),
        because=tuple(
            (bool(applies), rationale)
            for (applies, rationale), _ in sorted(reasons.items(), key=lambda one: (-one[1], one[0][1]))[
                :_RATIONALES
            ]
        ),
    )
