"""How long to wait before asking again: as long as the server says, else a random while that grows."""

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_RETRY_AFTER = 600.0
_LONGEST_BACKOFF = 30.0


def retry_after(header: str | None, now: datetime | None = None) -> float | None:
    """Seconds from a Retry-After header, in either of its forms (seconds, or an HTTP date); None when it says nothing."""
    if header is None or not (text := header.strip()):
        return None
    if text.replace(".", "", 1).isdigit() and text.isascii():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def backoff(attempt: int, first_wait: float, draw: random.Random) -> float:
    """Full jitter: anything between nothing and a bound that doubles, so that callers do not come back together."""
    return draw.uniform(0.0, min(_LONGEST_BACKOFF, first_wait * 2 ** (attempt - 1)))
