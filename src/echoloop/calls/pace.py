"""Limits per minute, kept by spacing rather than by bursts and stops."""

import time
from collections.abc import Callable


class Pace:
    """Gives each call the next free moment. Without a limit every moment is free."""

    def __init__(self, per_minute: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds_each = 60.0 / per_minute if per_minute else 0.0
        self._clock = clock
        self._free_at = float("-inf")

    def take(self, amount: int) -> float:
        """Book `amount` units and return the seconds to wait before using them."""
        if not self._seconds_each:
            return 0.0
        now = self._clock()
        start = max(now, self._free_at)
        self._free_at = start + amount * self._seconds_each
        return start - now
