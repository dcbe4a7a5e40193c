"""The same post, seen several times, is one post: sightings are united, whatever order they came in."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from echoloop.collect.sightings import Gone, Sighting
from echoloop.records import Engagement, FoundBy, ImageRef, Post

_NEVER = datetime.min.replace(tzinfo=UTC)
_TAKEN_BACK = frozenset({"deleted", "removed"})
_CLOCK = timedelta(seconds=2)
"""Platforms tell the time to the second."""
_NO_LONGER_PUBLIC = frozenset({"not found", "withheld", "protected"})
_NEAREST: tuple[FoundBy, ...] = ("keyword", "archive", "expansion")


def unite(sightings: Sequence[Sighting], gone: Sequence[Gone] = ()) -> Post | Gone:
    """One post of all sightings of a URL, or that it is gone.

    The newest edit's content wins; engagement is that of the newest sight; keywords and edges are united. A post that its
    author or a moderator took back stays gone, unless somebody saw it after that; so does one that a platform was known to
    show and later did not. One that is only blocked from view stays.
    """
    seen = max((one.seen_at or _NEVER for one in sightings), default=None)
    last = max(gone, key=_noticed, default=None)
    if seen is None:
        if last is None:
            raise ValueError("nothing to unite")
        return last
    taken_back = [one for one in gone if _outweighs(one, seen)]
    if taken_back:
        return max(taken_back, key=_noticed)
    return _united(sightings)


def _outweighs(gone: Gone, seen: datetime) -> bool:
    noticed = gone.noticed_at or _NEVER
    return (gone.reason in _TAKEN_BACK and noticed >= seen) or (
        gone.reason in _NO_LONGER_PUBLIC and seen > _NEVER and noticed > seen + _CLOCK
    )


def _united(sightings: Sequence[Sighting]) -> Post:
    if len(sightings) == 1:
        return sightings[0].post
    ordered = [sighting.post for sighting in sorted(sightings, key=_newest_first, reverse=True)]
    return msgspec.structs.replace(
        ordered[0],
        created_at=min((post.created_at for post in ordered if post.created_at), default=None),
        edited_at=max((post.edited_at for post in ordered if post.edited_at), default=None),
        author=next((post.author for post in ordered if post.author), None),
        language=next((post.language for post in ordered if post.language), None),
        keywords=tuple(sorted({keyword for post in ordered for keyword in post.keywords})),
        found_by=min((post.found_by for post in ordered), key=_NEAREST.index),
        replies_above=_longest(post.replies_above for post in ordered),
        replies_below=tuple(sorted({url for post in ordered for url in post.replies_below})),
        quotes=tuple(sorted({url for post in ordered for url in post.quotes})),
        images=_unite_images(ordered),
        engagement=_newest_engagement(sightings),
    )


def _newest_first(sighting: Sighting) -> tuple[datetime, datetime, int, bytes]:
    """Without any date the longer text is the less cut one; the rest only makes the choice the same every time."""
    post = sighting.post
    return (
        post.edited_at or _NEVER,
        sighting.seen_at or _NEVER,
        len(post.text),
        msgspec.json.encode(post),
    )


def _noticed(gone: Gone) -> tuple[datetime, str]:
    return gone.noticed_at or _NEVER, gone.reason


def _longest(chains: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return max(chains, key=lambda chain: (len(chain), chain))


def _unite_images(posts: Sequence[Post]) -> tuple[ImageRef, ...]:
    """The pictures of the fullest sighting first; one that came before one that did not."""
    images: dict[str, ImageRef] = {}
    for post in sorted(posts, key=lambda post: -len(post.images)):
        for image in post.images:
            known = images.get(image.url)
            if known is None or (known.sha256 is None and image.sha256 is not None):
                images[image.url] = image
    return tuple(images.values())


def _newest_engagement(sightings: Iterable[Sighting]) -> Engagement:
    """Each count as it was shown last. Of several at the same time (or at no known time) the highest."""
    counts: dict[str, tuple[datetime, int]] = {}
    for sighting in sightings:
        for name in Engagement.__struct_fields__:
            value = getattr(sighting.post.engagement, name)
            if value is not None:
                counts[name] = max(counts.get(name, (_NEVER, value)), (sighting.seen_at or _NEVER, value))
    return Engagement(**{name: value for name, (_, value) in counts.items()})
