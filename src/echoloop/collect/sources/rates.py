"""What a platform says of its limits. Each has its own headers, and its own idea of a time."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from echoloop.calls.waiting import retry_after

_EPOCH_FROM = 1_000_000_000.0
_FAMILIES = (
    ("x-rate-limit-remaining", "x-rate-limit-reset"),
    ("x-app-limit-24hour-remaining", "x-app-limit-24hour-reset"),
    ("x-user-limit-24hour-remaining", "x-user-limit-24hour-reset"),
    ("x-ratelimit-remaining", "x-ratelimit-reset"),
    ("ratelimit-remaining", "ratelimit-reset"),
)
_SLACK = 1.0
_OLDEST_ANSWER = 86_400.0


def server_time(headers: Mapping[str, str]) -> float | None:
    """When the server says it answered, also out of a cache: the only clock that its own limits go by."""
    try:
        age = min(max(_number(headers.get("age")) or 0.0, 0.0), _OLDEST_ANSWER)
        return parsedate_to_datetime(headers["date"]).timestamp() + age
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def exhausted_for(headers: Mapping[str, str], server_now: float) -> float | None:
    """Seconds until a limit that is used up is filled again; None while something is left."""
    waits = [
        wait
        for remaining, reset in _FAMILIES
        if (left := _number(headers.get(remaining))) is not None and left < 1
        if (wait := _seconds_until(headers.get(reset), server_now)) is not None
    ]
    return max(waits) + _SLACK if waits else None


def demanded_wait(headers: Mapping[str, str], server_now: float) -> float | None:
    """How long a server that turned us away wants to be left alone; None when it does not say."""
    said = retry_after(headers.get("retry-after"), datetime.fromtimestamp(server_now, UTC))
    exhausted = exhausted_for(headers, server_now)
    waits = [wait for wait in (said, exhausted) if wait is not None]
    if waits:
        return max(waits)
    resets = [
        _seconds_until(headers.get(reset), server_now) for left, reset in _FAMILIES if left not in headers
    ]
    named = [wait for wait in resets if wait is not None]
    return min(named) + _SLACK if named else None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if abs(number) < 1e15 else None


def _seconds_until(text: str | None, server_now: float) -> float | None:
    """From an epoch (X, Bluesky), from seconds to go (Reddit) or from a date (Mastodon)."""
    number = _number(text)
    if number is not None:
        return max(0.0, number - server_now if number >= _EPOCH_FROM else number)
    try:
        moment = datetime.fromisoformat(text or "")
        return max(0.0, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - server_now)
    except (ValueError, OverflowError):
        return None
