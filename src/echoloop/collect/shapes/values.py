"""Small things every platform gives: times, counts, texts, pictures."""

import re
from datetime import UTC, datetime

from echoloop.collect.shapes.decoding import Mended
from echoloop.records import ImageRef

_MOST = 2**63
_ESCAPED = re.compile(r"&(amp|lt|gt);")
_MEANS = {"amp": "&", "lt": "<", "gt": ">"}
NOT_FETCHED = "not fetched"


def in_utc(value: datetime | None, mended: Mended) -> datetime | None:
    """The time in UTC; one without a zone is taken as UTC, one that UTC has no year for is none."""
    if value is None or value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        mended.zoneless += 1
        return value.replace(tzinfo=UTC)
    try:
        return value.astimezone(UTC)
    except OverflowError:
        return None


def read_time(text: str | None, mended: Mended) -> datetime | None:
    """A time as text, in whatever form of ISO 8601 a client wrote it."""
    if not text:
        return None
    try:
        return in_utc(datetime.fromisoformat(text.strip()), mended)
    except ValueError:
        return None


def from_epoch(seconds: float | str | None) -> datetime | None:
    """Seconds since 1970, as a number or as text."""
    try:
        return None if seconds is None or seconds == "" else datetime.fromtimestamp(float(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def possible_count(value: int | None, mended: Mended) -> int | None:
    """A count as a table can hold it; what nothing can have is left out."""
    if value is None or 0 <= value < _MOST:
        return value
    mended.counts += 1
    return None


def unescaped(text: str) -> str:
    """Text of a platform that writes & < > as entities. Text in which one of them stands bare was not written so."""
    if "&" not in text or "<" in text or ">" in text or text.count("&") != len(_ESCAPED.findall(text)):
        return text
    return _ESCAPED.sub(lambda found: _MEANS[found.group(1)], text)


def picture(url: str, alt: str | None = "", width: int | None = None, height: int | None = None) -> ImageRef:
    """A picture that was named and not fetched yet."""
    return ImageRef(
        sha256=None,
        url=url,
        alt=alt or "",
        width=_size(width),
        height=_size(height),
        absence=NOT_FETCHED,
    )


def _size(pixels: int | None) -> int | None:
    return pixels if pixels is not None and 0 < pixels < 1_000_000 else None
