"""How many calls may be under way at one endpoint: grows while answers come, halves when the server is crowded."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

_START = 16


class Gate:
    """Additive increase, multiplicative decrease, with a doubling start. The floor is one call, the ceiling the user's.

    The limit halves at most once per round trip: a call sent before the last cut says nothing about the world after it.
    """

    def __init__(self, ceiling: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._ceiling = ceiling
        self._clock = clock
        self._limit = float(min(ceiling, _START))
        self._steep_until = float(ceiling)
        self._cut_at = float("-inf")
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._pause_until = float("-inf")
        self.under_way = 0

    @property
    def limit(self) -> int:
        return int(self._limit)

    async def enter(self) -> None:
        if self.under_way < self.limit and not self._waiting:
            self.under_way += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        self.under_way -= 1
        self._admit()

    def answered(self) -> None:
        """An answer came: allow more, if more is wanted."""
        if self.under_way < self.limit and not self._waiting:
            return
        step = 1.0 if self._limit < self._steep_until else 1.0 / self._limit
        self._limit = min(float(self._ceiling), self._limit + step)

    def crowded(self, sent_at: float) -> None:
        """The server could not keep up with a call that was sent at `sent_at`: allow half as many."""
        if sent_at < self._cut_at:
            return
        self._limit = max(1.0, self._limit / 2)
        self._steep_until = self._limit
        self._cut_at = self._clock()

    def pause(self, seconds: float) -> None:
        """The server asked to be left alone: that holds for every call."""
        self._pause_until = max(self._pause_until, self._clock() + seconds)

    def pause_left(self) -> float:
        return max(0.0, self._pause_until - self._clock())

    def _admit(self) -> None:
        while self._waiting and self.under_way < self.limit:
            turn = self._waiting.popleft()
            if not turn.done():
                self.under_way += 1
                turn.set_result(None)
