"""Dates in whatever form a file has them. One that says nothing of its zone is taken as UTC, and that is counted."""

from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from echoloop.collect.shapes.decoding import Mended
from echoloop.collect.shapes.values import in_utc

_MILLISECONDS_FROM = 100_000_000_000
_FORMS = ("%a %b %d %H:%M:%S %z %Y", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d")


class NotADate(ValueError):
    """The value is no date."""


def read_date(value: object, mended: Mended) -> datetime | None:
    """A date as text, as seconds or milliseconds since 1970, or as a date already. Raises `NotADate`."""
    if value is None or value == "" or value != value:
        return None
    try:
        found = _read(value)
        moment = in_utc(found, mended)
    except (ValueError, OverflowError, OSError, TypeError):
        moment = None
    if moment is None:
        raise NotADate(f"{str(value)[:80]!r} is no date: expected for example 2025-04-01T10:00:00Z")
    return moment


def _read(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str):
        text = value.strip()
        return _from_number(float(text)) if _is_number(text) else _from_text(text)
    return _from_number(value)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).lstrip("-").isdecimal() and len(text.partition(".")[0].lstrip("-")) >= 9


def _from_number(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds / 1_000 if abs(seconds) >= _MILLISECONDS_FROM else seconds, UTC)


def _from_text(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.removesuffix(" UTC") + ("Z" if text.endswith(" UTC") else ""))
    except ValueError:
        pass
    for form in _FORMS:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return parsedate_to_datetime(text)
