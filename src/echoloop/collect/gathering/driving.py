"""Doing errands: several at a time, each committed with what follows from it, until none waits or something says stop."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec

from echoloop.calls import Estimate, OverBudget, Spending
from echoloop.collect.errands import ErrandKind, Page
from echoloop.collect.gathering.bounds import Bounds, ThreadBounds
from echoloop.collect.gathering.platforms import Platform
from echoloop.collect.intake import ErrandState, Intake, Waiting
from echoloop.collect.sightings import Seen, Sighting
from echoloop.collect.sources import ErrandFailed, KeyRefused, QuotaEnded, SourceProblem
from echoloop.collect.welcome import Welcome
from echoloop.engine import Counts, Progress, Stopped

SEARCHES: tuple[ErrandKind, ...] = ("search",)
CONVERSATIONS: tuple[ErrandKind, ...] = ("above", "below")
LOOK_UPS: tuple[ErrandKind, ...] = ("post",)


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """What a round of errands came to. `ended` says which platforms stopped before their errands were done, and why."""

    errands: int
    posts: int
    failed: int
    limited: int
    ended: tuple[tuple[str, SourceProblem], ...] = ()


class Driver:
    """One run's errands. What is forgotten, or silenced, does not come in."""

    def __init__(
        self,
        intake: Intake,
        platforms: Mapping[str, Platform],
        *,
        bounds: Bounds,
        budget: Spending,
        progress: Progress,
        stop: threading.Event,
        welcome: Welcome,
        relabel: Callable[[Seen], Seen] | None = None,
    ) -> None:
        self._intake = intake
        self._platforms = platforms
        self._budget = budget
        self._progress = progress
        self._stop = stop
        self._welcome = welcome
        self._relabel = relabel or _as_it_is
        self._bounds = bounds
        self._threads = ThreadBounds(bounds, {})
        self._calls_left = bounds.calls
        self._ended: dict[str, SourceProblem] = {}
        self._silences: Counter[str] = Counter()
        self._counts = Counts()
        self._in_flight: dict[str, set[int]] = {name: set() for name in platforms}
        self._posts = self._failed = self._limited = 0

    def run(self, stage: str, kinds: Sequence[ErrandKind]) -> Gathered:
        """Every errand of these kinds. Raises `Stopped` when the run was stopped or the money is spent."""
        begun = time.monotonic()
        self._counts, self._posts, self._failed, self._limited = Counts(), 0, 0, 0
        self._threads = ThreadBounds(self._bounds, self._intake.errands.posts_by_thread())
        self._progress.start("collect", stage, None, self._read)
        try:
            asyncio.run(self._run_all(kinds))
        except ExceptionGroup as several:
            raise several.exceptions[0] from None
        finally:
            self._progress.pause()
        lost = self._failed + self._limited
        self._progress.end("collect", stage, self._posts, lost, self._counts, time.monotonic() - begun)
        if self._stop.is_set():
            raise Stopped(
                f"stopped in stage {stage!r}: {self._counts.done:,} requests are done and kept",
                remedy="Run the same command again: it goes on at the page where this one stopped.",
            )
        if self._budget.exhausted:
            raise Stopped(
                f"the cost bound was reached in stage {stage!r}: {self._counts.done:,} requests are done and kept",
                remedy="Raise --max-cost to go on at the page where this run stopped. "
                f"One request may be billed up to ${self._dearest():.2f}.",
            )
        return Gathered(
            errands=self._counts.done,
            posts=self._posts,
            failed=self._failed,
            limited=self._limited,
            ended=tuple(self._ended.items()),
        )

    def _dearest(self) -> float:
        """What one request may cost at most."""
        return max(
            (one.reads_at_most * (one.price_per_read or 0.0) for one in self._platforms.values()), default=0.0
        )

    def _read(self) -> tuple[Counts, int]:
        return self._counts, sum(map(len, self._in_flight.values()))

    async def _run_all(self, kinds: Sequence[ErrandKind]) -> None:
        finished = asyncio.Condition()
        try:
            async with asyncio.TaskGroup() as group:
                for name, platform in self._platforms.items():
                    for _ in range(platform.concurrency):
                        group.create_task(self._work(name, platform, kinds, finished))
        finally:
            for platform in self._platforms.values():
                await platform.source.aclose()

    async def _work(
        self, name: str, platform: Platform, kinds: Sequence[ErrandKind], finished: asyncio.Condition
    ) -> None:
        """One errand after the other. With none left, another's may still bring some."""
        busy = self._in_flight[name]
        while not self._stop.is_set() and not self._budget.exhausted and name not in self._ended:
            waiting = self._next(name, kinds, busy)
            if waiting is None:
                if not busy:
                    return
                async with finished:
                    await finished.wait()
                continue
            busy.add(waiting.number)
            try:
                await self._do(name, platform, waiting)
            finally:
                busy.discard(waiting.number)
                async with finished:
                    finished.notify_all()

    def _next(self, name: str, kinds: Sequence[ErrandKind], busy: set[int]) -> Waiting | None:
        found = self._intake.errands.waiting(name, kinds, len(busy) + 1)
        return next((one for one in found if one.number not in busy), None)

    async def _do(self, name: str, platform: Platform, waiting: Waiting) -> None:
        held_back = self._held_back(waiting)
        if held_back:
            self._limited += 1
            self._settle(waiting, "limited", held_back)
            return
        self._take_calls(1)
        try:
            page, cost = await self._ask(platform, waiting)
        except OverBudget as error:
            self._take_calls(-1)
            if not self._budget.exhausted:
                self._end(name, QuotaEnded(str(error), where=name, remedy=_PRICE))
            return
        except (QuotaEnded, KeyRefused) as problem:
            self._end(name, problem)
            return
        except Stopped:
            return
        except ErrandFailed as problem:
            self._fail(waiting, problem.what)
            self._silences[name] += 1
            if self._silences[name] >= _SILENCES:
                self._end(name, _gives_nothing(name, problem))
            return
        except Exception as error:  # noqa: BLE001 - whatever one answer of a platform does to us must not end the run
            self._fail(waiting, f"the answer could not be dealt with: {type(error).__name__}")
            return
        self._silences[name] = 0
        self._keep(waiting, page, cost)

    async def _ask(self, platform: Platform, waiting: Waiting) -> tuple[Page, float | None]:
        price = platform.price_per_read
        upper = None if price is None else price * platform.reads_at_most
        reservation = await self._budget.reserve(Estimate(input_tokens=0, output_tokens=0, cost=upper))
        cost: float | None = 0.0
        try:
            page = await platform.source.run(waiting.errand, self._intake.authors)
            cost = None if price is None else price * page.reads
            return page, cost
        finally:
            self._budget.settle(reservation, cost)

    def _keep(self, waiting: Waiting, page: Page, cost: float | None) -> None:
        if page.limits and not (page.seen or page.then or page.reads or page.answered):
            self._limited += 1
            self._settle(waiting, "limited", "; ".join(page.limits))
            return
        welcome = [self._relabel(seen) for seen in page.seen if self._welcome(seen)]
        self._intake.keep_page(waiting, page, welcome, cost)
        posts = sum(isinstance(seen, Sighting) for seen in welcome)
        self._posts += posts
        self._threads.count(waiting.errand.thread, posts)
        self._counts = self._counts.plus(
            Counts(
                done=1, paid_calls=page.reads > 0, cost=cost or 0.0, unpriced=cost is None and page.reads > 0
            )
        )

    def _take_calls(self, count: int) -> None:
        if self._calls_left is not None:
            self._calls_left -= count

    def _held_back(self, waiting: Waiting) -> str:
        if waiting.errand.thread in self._welcome.forgotten:
            return "its post was forgotten"
        if self._calls_left is not None and self._calls_left <= 0:
            return "the bound on calls of one run was reached"
        return self._threads.held_back(waiting.errand)

    def _fail(self, waiting: Waiting, reason: str) -> None:
        self._failed += 1
        self._settle(waiting, "failed", reason)

    def _settle(self, waiting: Waiting, state: ErrandState, reason: str) -> None:
        with self._intake.writing():
            self._intake.errands.settle(waiting.number, state, reason=reason)

    def _end(self, name: str, problem: SourceProblem) -> None:
        """The platform gives no more in this run; its errands wait on the disk."""
        if name not in self._ended:
            self._ended[name] = problem
            self._progress.note(f"    {name}: {problem}")


_SILENCES = 4
_PRICE = "Say what a read costs: price_per_read under the platform's table (0 if it is free)."


def _gives_nothing(name: str, last: ErrandFailed) -> QuotaEnded:
    return QuotaEnded(
        f"{_SILENCES} requests in a row brought nothing; the last: {last.what}",
        where=name,
        remedy="What came is kept; the rest waits for the next run.",
    )


def _as_it_is(seen: Seen) -> Seen:
    return seen
