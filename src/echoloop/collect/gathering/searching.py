"""From the keyword plan to searches that were not made yet."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from echoloop.collect.errands import Errand, Window
from echoloop.collect.gathering.platforms import Platform
from echoloop.collect.intake import Intake
from echoloop.collect.plan import OVERLAP, Phase, Plan, unasked, windows

_SETTLING = timedelta(minutes=2)
"""Platforms show a post a little after it was written: a window that ends just now would be taken for asked too early."""


def search_errands(
    intake: Intake, platforms: Mapping[str, Platform], plan: Plan, now: datetime
) -> Iterator[Errand]:
    """For every platform, keyword and language: the stretches of time that no search has covered."""
    asked = _asked(intake)
    for name, platform in platforms.items():
        for phase in plan.phases:
            wanted = _windows(platform, plan, phase, now - _SETTLING)
            for keyword in phase.keywords_on(name):
                for language in plan.languages or ("",):
                    for window in unasked(wanted, asked.get((name, keyword, language), ())):
                        if window.end == now and window.end - window.start <= 2 * OVERLAP:
                            continue  # was asked just now; the next run asks for it with what comes after
                        yield platform.source.search(keyword, language, window)


def _windows(platform: Platform, plan: Plan, phase: Phase, now: datetime) -> list[Window]:
    """A platform that cannot search by time is asked once for the whole phase."""
    found = windows(plan, phase, now)
    if platform.source.by_time or not found:
        return found
    return [msgspec.structs.replace(found[0], end=found[-1].end)]


def _asked(intake: Intake) -> dict[tuple[str, str, str], list[Window]]:
    """The windows of every search that was ever begun: it stands in the queue until it is done."""
    asked: dict[tuple[str, str, str], list[Window]] = {}
    for row in intake.errands.rows(("search",)):
        errand = row.errand
        if errand.window is not None and not errand.cursor:
            asked.setdefault((errand.platform, errand.keyword, errand.language), []).append(errand.window)
    return asked
