"""Where a platform said wait: everyone who asks it waits together, and a person sees until when."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from echoloop.collect.sources.clock import Clock, pause
from echoloop.collect.sources.source import QuotaEnded

_WORTH_SAYING = 3.0


class Gate:
    """Opens again when the platform said so. A wait that is longer than a person would accept ends the quota instead."""

    def __init__(
        self,
        platform: str,
        longest_wait: float,
        *,
        stop: threading.Event,
        announce: Callable[[str], None],
        clock: Clock,
    ) -> None:
        self._platform = platform
        self._longest_wait = longest_wait
        self._stop = stop
        self._announce = announce
        self._clock = clock
        self._opens: dict[str, tuple[float, str]] = {}
        self._said: dict[str, float] = {}

    def close(self, bucket: str, seconds: float, why: str) -> None:
        """Nobody passes for so long. A gate that is closed for longer stays so."""
        opens = self._clock.steady() + seconds
        if opens > self._opens.get(bucket, (0.0, ""))[0]:
            self._opens[bucket] = (opens, why)

    async def pass_through(self, bucket: str) -> None:
        await pause(0.0, self._clock, self._stop)
        while bucket in self._opens:
            opens, why = self._opens[bucket]
            left = opens - self._clock.steady()
            if left <= 0:
                return
            if left > self._longest_wait:
                raise self.ended(left, why)
            self._say(bucket, opens, left, why)
            await pause(left, self._clock, self._stop)

    def ended(self, seconds: float, why: str) -> QuotaEnded:
        """What came is kept; here is when to come back."""
        until = self._until(seconds)
        return QuotaEnded(
            f"{self._platform}: {why}, until {self._worded(until)} ({_duration(seconds)})",
            remedy="What came is kept. Run the same command again after that.",
            until=until,
        )

    def _say(self, bucket: str, opens: float, left: float, why: str) -> None:
        if left < _WORTH_SAYING or abs(opens - self._said.get(bucket, float("-inf"))) < _WORTH_SAYING:
            return
        self._said[bucket] = opens
        self._announce(
            f"{self._platform}: {why}, waiting until {self._worded(self._until(left))} ({_duration(left)})"
        )

    def _until(self, seconds: float) -> datetime:
        return datetime.fromtimestamp(self._clock.now(), UTC) + timedelta(seconds=min(seconds, 1e8))

    def _worded(self, moment: datetime) -> str:
        local = moment.astimezone()
        today = datetime.fromtimestamp(self._clock.now(), UTC).astimezone().date()
        return f"{local:%H:%M:%S}" if local.date() == today else f"{local:%Y-%m-%d %H:%M:%S}"


def _duration(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
