"""What the searches that are still to be made will probably bring and cost, by what earlier ones did."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from echoloop.collect.gathering.platforms import Platform
from echoloop.collect.gathering.searching import search_errands
from echoloop.collect.intake import Intake
from echoloop.collect.plan import Plan


class SearchEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """One platform. `reads` and `cost` are None where nothing was searched before, or nobody said what a read costs."""

    platform: str
    searches: int
    reads: int | None
    cost: float | None


def estimate_searches(
    intake: Intake, platforms: Mapping[str, Platform], plan: Plan, now: datetime
) -> list[SearchEstimate]:
    """A row a platform. Reads are taken to go with the length of the windows."""
    open_days = dict.fromkeys(platforms, timedelta())
    searches = dict.fromkeys(platforms, 0)
    waiting = [row.errand for row in intake.errands.rows(("search",)) if row.state != "done"]
    for errand in [*waiting, *search_errands(intake, platforms, plan, now)]:
        if errand.platform in platforms:
            searches[errand.platform] += 1
            if errand.window is not None:
                open_days[errand.platform] += errand.window.end - errand.window.start
    return [
        _row(name, platform, searches[name], open_days[name], _reads_a_day(intake, name))
        for name, platform in platforms.items()
    ]


def _row(
    name: str, platform: Platform, searches: int, days: timedelta, reads_a_day: float | None
) -> SearchEstimate:
    reads = None if reads_a_day is None else round(reads_a_day * days / timedelta(days=1))
    price = platform.price_per_read
    cost = 0.0 if price == 0 or not searches else None if price is None or reads is None else price * reads
    return SearchEstimate(platform=name, searches=searches, reads=reads, cost=cost)


def _reads_a_day(intake: Intake, platform: str) -> float | None:
    days, reads = timedelta(), 0
    for row in intake.errands.rows(("search",)):
        errand = row.errand
        if errand.platform == platform and row.state == "done" and errand.window is not None:
            reads += row.reads
            if not errand.cursor:
                days += errand.window.end - errand.window.start
    return reads / (days / timedelta(days=1)) if days else None
