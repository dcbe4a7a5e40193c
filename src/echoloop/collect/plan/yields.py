"""What each keyword brought in each window of the plan, and what it cost."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

import msgspec

from echoloop.collect.errands import Window
from echoloop.collect.plan.windows import Plan, windows

OUTSIDE = "outside"
"""The window of what fits none of the plan's: an undated post, a keyword that the plan no longer has."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A post that a keyword found. `at` is when it was written, None where nobody knows."""

    platform: str
    keyword: str
    post: str
    at: datetime | None


class Searched(msgspec.Struct, frozen=True, kw_only=True):
    """One request of a search. `cost` is None where the price of a read is unknown."""

    platform: str
    keyword: str
    window: Window
    reads: int
    cost: float | None


class YieldRow(msgspec.Struct, frozen=True, kw_only=True):
    """`found` posts, of them `kept`, `dropped`, and `unscored` ones; `new` were found here before anywhere else in the plan.

    `alone` are kept posts that no other keyword found. `cost` is None where the price of some read is unknown.
    """

    KEY: ClassVar[tuple[str, ...]] = ("platform", "phase", "window", "keyword")

    platform: str
    phase: str
    window: str
    keyword: str
    start: datetime | None
    end: datetime | None
    found: int
    new: int
    kept: int
    dropped: int
    unscored: int
    alone: int
    reads: int
    cost: float | None


def keyword_yield(
    plan: Plan,
    now: datetime,
    findings: Iterable[Finding],
    searches: Iterable[Searched],
    scores: Mapping[str, int | None],
    *,
    keep_from: int = 4,
) -> list[YieldRow]:
    """One row for each keyword and window that found or cost anything, in the plan's order.

    `scores` holds what was asked so far; a post that is not in it, or has None there, is not scored yet.
    """
    calendar = Calendar(plan, now)
    found: dict[Cell, dict[str, None]] = defaultdict(dict)
    finders: dict[str, set[str]] = defaultdict(set)
    for one in findings:
        found[calendar.cell(one.platform, one.keyword, one.at)][one.post] = None
        finders[one.post].add(one.keyword)
    spent: dict[Cell, list[Searched]] = defaultdict(list)
    for search in searches:
        spent[calendar.cell_of_search(search)].append(search)
    rows: list[YieldRow] = []
    seen: set[str] = set()
    for cell in sorted({*found, *spent}, key=calendar.place):
        posts = list(found.get(cell, {}))
        states = Counter(_state(scores.get(post), keep_from) for post in posts)
        rows.append(
            YieldRow(
                platform=cell.platform,
                keyword=cell.keyword,
                phase=cell.window.phase if cell.window else "",
                window=cell.window.start.date().isoformat() if cell.window else OUTSIDE,
                start=cell.window.start if cell.window else None,
                end=cell.window.end if cell.window else None,
                found=len(posts),
                new=sum(post not in seen for post in posts),
                kept=states["kept"],
                dropped=states["dropped"],
                unscored=states["unscored"],
                alone=sum(
                    len(finders[post]) == 1 and _state(scores.get(post), keep_from) == "kept"
                    for post in posts
                ),
                reads=sum(search.reads for search in spent.get(cell, ())),
                cost=_total(spent.get(cell, ())),
            )
        )
        seen.update(posts)
    return rows


class Cell(msgspec.Struct, frozen=True):
    """A keyword in a window; None for what lies outside of the plan."""

    platform: str
    keyword: str
    window: Window | None


class Calendar:
    """The plan's windows by keyword, and the order in which they come."""

    def __init__(self, plan: Plan, now: datetime) -> None:
        self._plan = plan
        self._cut = {phase.name: windows(plan, phase, now) for phase in plan.phases}
        self._order = {phase.name: number for number, phase in enumerate(plan.phases)}
        self._windows: dict[tuple[str, str], list[Window]] = {}

    def cell(self, platform: str, keyword: str, at: datetime | None) -> Cell:
        """Where a post belongs that a keyword found: the first window of that keyword that holds its time."""
        if at is not None:
            for window in self._of(platform, keyword):
                if window.start <= at < window.end:
                    return Cell(platform, keyword, window)
        return Cell(platform, keyword, None)

    def cell_of_search(self, search: Searched) -> Cell:
        """Where a search belongs: the window of its phase in which most of it lies (a search may begin a little early)."""
        own = [w for w in self._of(search.platform, search.keyword) if w.phase == search.window.phase]
        best = max(own, key=lambda window: _shared(window, search.window), default=None)
        if best is None or _shared(best, search.window) <= 0:
            return Cell(search.platform, search.keyword, None)
        return Cell(search.platform, search.keyword, best)

    def place(self, cell: Cell) -> tuple[bool, datetime | None, int, int, str, str]:
        """Time first, then the plan's order of phases and keywords; what lies outside comes last."""
        window = cell.window
        if window is None:
            return True, None, 0, 0, cell.keyword, cell.platform
        phase = self._plan.phases[self._order[window.phase]]
        keywords = phase.keywords_on(cell.platform)
        return (
            False,
            window.start,
            self._order[window.phase],
            keywords.index(cell.keyword),
            cell.keyword,
            cell.platform,
        )

    def _of(self, platform: str, keyword: str) -> list[Window]:
        key = (platform, keyword)
        if key not in self._windows:
            self._windows[key] = sorted(
                (
                    window
                    for phase in self._plan.phases
                    if keyword in phase.keywords_on(platform)
                    for window in self._cut[phase.name]
                ),
                key=lambda window: window.start,
            )
        return self._windows[key]


def _shared(one: Window, other: Window) -> float:
    return (min(one.end, other.end) - max(one.start, other.start)).total_seconds()


def _state(score: int | None, keep_from: int) -> str:
    if score is None:
        return "unscored"
    return "kept" if score >= keep_from else "dropped"


def _total(searches: Sequence[Searched]) -> float | None:
    costs = [search.cost for search in searches if search.reads or search.cost]
    return None if None in costs else float(sum(cost for cost in costs if cost is not None))
