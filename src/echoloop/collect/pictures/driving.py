"""The loop of a download: asks what may be asked, keeps what came, waits for whatever comes first."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress

from echoloop.collect.pictures.asking import Asked, Came, NotFetched
from echoloop.collect.pictures.keeping import Arrived
from echoloop.collect.pictures.limits import FetchLimits
from echoloop.collect.pictures.outcomes import PictureOutcome
from echoloop.collect.pictures.turns import Job, Turns

_GROUPS_AT_ONCE = 2
_STOP_SEEN_AFTER = 0.1
_UNKEPT, _UNKEPT_BYTES = 1_024, 64 * 1024 * 1024


class Drive:
    """One run over many URLs. `keep` stores a group and tells of it; one group is kept while the next comes in."""

    def __init__(
        self,
        ask_for: Callable[[str], Awaitable[Asked]],
        turns: Turns,
        keep: Callable[[Sequence[Arrived | PictureOutcome]], Coroutine[None, None, None]],
        limits: FetchLimits,
    ) -> None:
        self._ask_for = ask_for
        self._turns = turns
        self._keep = keep
        self._limits = limits
        self._asking: set[asyncio.Task[None]] = set()
        self._keeping: set[asyncio.Task[None]] = set()
        self._came: list[Arrived | PictureOutcome] = []
        self._bytes = 0
        self._wake = asyncio.Event()
        self._fault: BaseException | None = None

    async def run(self, stop: threading.Event) -> None:
        """Until every URL has its outcome, or until `stop`."""
        try:
            while not stop.is_set() and self._fault is None:
                self._keep_what_came()
                self._ask_what_may()
                if not (self._asking or self._keeping or self._came) and self._turns.empty:
                    return
                await self._something()
        finally:
            await self._leave_what_is_under_way()
        if self._fault is not None:
            raise self._fault
        if self._came:
            await self._keep(self._came)

    def _keep_what_came(self) -> None:
        if self._came and len(self._keeping) < _GROUPS_AT_ONCE:
            group, self._came, self._bytes = self._came, [], 0
            task = asyncio.create_task(self._keep(group))
            self._keeping.add(task)
            task.add_done_callback(self._ended)

    def _ask_what_may(self) -> None:
        now = time.monotonic()
        while len(self._asking) < self._limits.at_once and self._has_room():
            job = self._turns.take(now)
            if job is None:
                return
            task = asyncio.create_task(self._do(job))
            self._asking.add(task)
            task.add_done_callback(self._ended)

    def _has_room(self) -> bool:
        """The disk may be slower than the network; then the network waits."""
        return self._bytes < _UNKEPT_BYTES and len(self._came) < _UNKEPT

    async def _something(self) -> None:
        """Until a picture came, a group is kept, a pause ends, or it is time to look whether to stop."""
        now = time.monotonic()
        free = self._turns.next_time(now)
        with suppress(TimeoutError):
            async with asyncio.timeout(
                min(_STOP_SEEN_AFTER, _STOP_SEEN_AFTER if free is None else free - now)
            ):
                await self._wake.wait()
        self._wake.clear()

    async def _do(self, job: Job) -> None:
        try:
            closed = self._turns.closed(job)
            if closed:
                self._came.append(
                    PictureOutcome(url=job.url, absence=f"host left alone: {closed}", again=True)
                )
            else:
                self._settle(job, await self._ask_for(job.url))
        finally:
            self._turns.give_back(job)

    def _settle(self, job: Job, asked: Asked) -> None:
        if isinstance(asked, Came):
            self._turns.note_answer(job)
            self._bytes += len(asked.data)
            self._came.append(Arrived(job.url, asked.data))
        elif not self._goes_on(job, asked):
            self._came.append(PictureOutcome(url=job.url, absence=asked.absence, again=asked.again))

    def _goes_on(self, job: Job, asked: NotFetched) -> bool:
        """Whether a job that brought nothing is tried once more in this run.

        A host that wants a pause gets it, and the job keeps its attempts: it was not the picture's fault. What happened
        elsewhere, after a redirect, says nothing about the host.
        """
        now, limits = time.monotonic(), self._limits
        paused = asked.busy and not asked.elsewhere
        if paused:
            self._turns.pause(job, now, asked.pause)
        elif not asked.elsewhere:
            self._turns.note_silence(job) if asked.silent else self._turns.note_answer(job)
        wait = max(asked.pause or 0.0, limits.first_pause * 2 ** (job.attempt - 1))
        if not asked.again or self._turns.closed(job) or wait > limits.longest_pause:
            return False
        if paused:
            self._turns.again(job, now)
        elif job.attempt < limits.attempts:
            self._turns.again(job, now + wait, spent=True)
        return paused or job.attempt < limits.attempts

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._asking.discard(task)
        self._keeping.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._fault = self._fault or task.exception()
        self._wake.set()

    async def _leave_what_is_under_way(self) -> None:
        """Requests are broken off; a group that is being kept is kept."""
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, *self._keeping, return_exceptions=True)
