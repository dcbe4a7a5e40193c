"""From the posts that are relevant to the conversations around them: what to ask for, and what belongs together already."""

from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

from echoloop.collect.errands import Errand, KnownPost
from echoloop.collect.gathering.platforms import Platform
from echoloop.collect.intake import Intake
from echoloop.collect.sightings import Gone, Seen, Sighting


def conversation_errands(
    intake: Intake, platforms: dict[str, Platform], posts: Collection[str]
) -> Iterator[Errand]:
    """The first errands of the whole conversation of each post that lies on a platform we can ask."""
    for platform, post in _known_posts(intake, frozenset(posts)):
        if platform in platforms:
            yield from platforms[platform].source.conversation(post)


def _known_posts(intake: Intake, wanted: frozenset[str]) -> Iterator[tuple[str, KnownPost]]:
    """Each wanted post with what any sighting noted of it, in the order of the URLs."""
    found: dict[str, tuple[str, KnownPost]] = {}
    for batch in intake.batches():
        for seen in batch.seen:
            if isinstance(seen, Sighting) and seen.post.url in wanted:
                url = seen.post.url
                before = found.get(url, (seen.post.platform, KnownPost(url=url)))[1]
                found[url] = (
                    seen.post.platform,
                    KnownPost(
                        url=url,
                        native=before.native or seen.native,
                        conversation=before.conversation or seen.conversation,
                    ),
                )
    return (found[url] for url in sorted(found))


def connected(intake: Intake, posts: Iterable[str]) -> frozenset[str]:
    """These posts and all that hang together with them by replies, however far. No trees: only who belongs."""
    heads: dict[str, str] = {}
    for batch in intake.batches():
        for seen in batch.seen:
            for one, other in _edges(seen):
                _join(heads, one, other)
    wanted = set(posts)
    kept = {_head(heads, url) for url in wanted}
    return frozenset(wanted.union(url for url in list(heads) if _head(heads, url) in kept))


def _edges(seen: Seen) -> Iterator[tuple[str, str]]:
    if isinstance(seen, Sighting):
        chain = [*seen.post.replies_above, seen.post.url]
        yield from ((seen.post.url, below) for below in seen.post.replies_below)
    elif isinstance(seen, Gone):
        chain = [*seen.replies_above, seen.url]
    else:
        return
    yield from pairwise(chain)


def _join(heads: dict[str, str], one: str, other: str) -> None:
    first, second = _head(heads, one), _head(heads, other)
    heads.setdefault(one, first)
    heads.setdefault(other, second)
    if first != second:
        heads[max(first, second)] = min(first, second)


def _head(heads: dict[str, str], url: str) -> str:
    """The representative of a post, with the path to it made shorter on the way."""
    while (above := heads.get(url, url)) != url:
        heads[url] = heads.get(above, above)
        url = above
    return url
