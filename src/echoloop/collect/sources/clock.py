"""Time as the sources know it, so that a test can be its master."""

import asyncio
import threading
import time
from typing import Protocol

from echoloop.engine import Stopped

_LOOK_UP = 0.25


class Clock(Protocol):
    """`now` is what the wall shows, `steady` never jumps: one is for people, the other for waiting."""

    def now(self) -> float: ...

    def steady(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own."""

    def now(self) -> float:
        return time.time()

    def steady(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def pause(seconds: float, clock: Clock, stop: threading.Event) -> None:
    """Wait, but not for a person who wants to leave."""
    end = clock.steady() + seconds
    while not stop.is_set():
        left = end - clock.steady()
        if left <= 0:
            return
        await clock.sleep(min(left, _LOOK_UP))
    raise Stopped("stopped while waiting for a platform", remedy="The same command goes on from here.")
