"""When people posted, where rows went, and what each stage cost."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from echoloop.curate.analyses.rows import Analysis
from echoloop.records import FunnelRow, Post

_NO_DATE = "no date"


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """What a stage cost so far; `cost` is None where no price is known, `unpriced` counts such calls."""

    stage: str
    calls: int
    cost: float | None
    unpriced: int = 0


def activity_rows(name: str, posts: Iterable[Post]) -> Iterator[Analysis]:
    """Posts a week (ISO), and how many have no date."""
    weeks = Counter(f"{post.created_at:%G-W%V}" if post.created_at else _NO_DATE for post in posts)
    for place, (week, count) in enumerate(sorted(weeks.items())):
        yield Analysis(dataset=name, analysis="activity", place=place, name=week, value=float(count))


def funnel_analysis(name: str, rows: Sequence[FunnelRow]) -> Iterator[Analysis]:
    """How many rows each stage kept, and how many left for which reason."""
    for place, row in enumerate(rows):
        yield Analysis(
            dataset=name,
            analysis="funnel",
            place=place,
            name=f"{row.stage}: {row.outcome}",
            value=float(row.rows),
        )


def cost_rows(name: str, spent: Iterable[Spent]) -> Iterator[Analysis]:
    """US dollars a stage. A call of unknown price is not free, so it is said beside the sum.

    Receipts do not say whether a question was asked for the benchmark or to try a reader out, so the sum is of both, and says so.
    """
    for place, one in enumerate(sorted(spent, key=lambda each: each.stage)):
        unknown = f", {one.unpriced:,} of unknown price" if one.unpriced else ""
        calls = "call" if one.calls == 1 else "calls"
        yield Analysis(
            dataset=name,
            analysis="cost",
            place=place,
            name=one.stage,
            value=one.cost,
            note=f"{one.calls:,} {calls}{unknown}, trials of readers (`curate score`) among them",
        )
