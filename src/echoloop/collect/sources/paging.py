"""Going from page to page without a memory: what the last page looked like travels with the next errand."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from echoloop.collect.errands import Errand, Window
from echoloop.collect.sightings import Gone, NameAuthor, Occasion, Seen, Sighting

_MOST_EMPTY = 10
_EMPTY = "empty"
REPEATS = "the platform shows the same page again: the search ends there"


def occasion_of(errand: Errand, name_author: NameAuthor, at: datetime) -> Occasion:
    """A search finds by its keyword; everything else comes along with a conversation."""
    if errand.kind == "search":
        return Occasion(name_author=name_author, at=at, keywords=(errand.keyword,), found_by="keyword")
    return Occasion(name_author=name_author, at=at, found_by="expansion")


def follow(trail: str, seen: Iterable[Seen]) -> str | None:
    """The trail after this page; None where the platform goes round, with the same page or with nothing at all."""
    known = [f"{type(one).__name__} {_name(one)}" for one in seen]
    if not known:
        empties = int(trail.removeprefix(_EMPTY)) + 1 if trail.startswith(_EMPTY) else 1
        return None if empties > _MOST_EMPTY else f"{_EMPTY}{empties}"
    mark = hashlib.sha256("\n".join(known).encode()).hexdigest()[:12]
    return None if mark == trail else mark


def _name(one: Seen) -> str:
    match one:
        case Sighting():
            return one.post.url
        case Gone():
            return one.url
        case _:
            return one.detail


def in_window(seen: Sequence[Seen], window: Window | None) -> tuple[Seen, ...]:
    """Found posts of another time are left out, and what came only with them, where the platform cannot be asked for a time."""
    if window is None:
        return tuple(seen)
    found = [one for one in seen if isinstance(one, Sighting) and one.post.found_by == "keyword"]
    outside = [one for one in found if not _within(one, window)]
    dropped = {one.post.url for one in outside}
    alone = {url for one in outside for url in one.post.quotes} - {
        url for one in found if one not in outside for url in one.post.quotes
    }
    return tuple(one for one in seen if _name(one) not in dropped | alone)


def _within(sighting: Sighting, window: Window) -> bool:
    written = sighting.post.created_at
    return written is None or window.start <= written < window.end


def oldest(seen: Iterable[Seen]) -> datetime | None:
    """When the oldest found post of a page was written."""
    found = [one.post for one in seen if isinstance(one, Sighting) and one.post.found_by == "keyword"]
    times = [post.created_at for post in found]
    return min((time for time in times if time is not None), default=None)


def in_groups(items: Iterable[str], size: int) -> Iterator[tuple[str, ...]]:
    """So many to an errand; each once."""
    group: list[str] = []
    for item in dict.fromkeys(items):
        group.append(item)
        if len(group) == size:
            yield tuple(group)
            group = []
    if group:
        yield tuple(group)
