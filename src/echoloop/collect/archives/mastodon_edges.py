"""Who answers whom, in an archive where replies name their parent by a local id and may come before it."""

import msgspec

from echoloop.collect.shapes.mastodon import MastodonPage
from echoloop.collect.sightings import Seen, Sighting

_MOST = 200_000


class MastodonEdges:
    """Remembers the URLs of the latest ids, and the replies that still wait for their parent; not more than so many of each."""

    def __init__(self) -> None:
        self.urls: dict[str, str] = {}
        self.orphans = 0
        self._waiting: dict[str, list[str]] = {}

    def follow(self, page: MastodonPage) -> list[Seen]:
        """The page's posts; one that replies were waiting for gets them below it."""
        below: dict[str, list[str]] = {}
        for native, url in page.known.items():
            self.urls[native] = url
            if native in self._waiting:
                below[url] = self._waiting.pop(native)
                self.orphans -= len(below[url])
        for url, parent in page.parents.items():
            self._waiting.setdefault(parent, []).append(url)
            self.orphans += 1
        _forget_oldest(self.urls)
        _forget_oldest(self._waiting)
        return [_with_replies(one, below) for one in page.seen] if below else page.seen


def _with_replies(one: Seen, below: dict[str, list[str]]) -> Seen:
    replies = below.get(one.post.url) if isinstance(one, Sighting) else None
    if not isinstance(one, Sighting) or not replies:
        return one
    return msgspec.structs.replace(
        one, post=msgspec.structs.replace(one.post, replies_below=tuple(dict.fromkeys(replies)))
    )


def _forget_oldest(remembered: "dict[str, str] | dict[str, list[str]]") -> None:
    while len(remembered) > _MOST:
        remembered.pop(next(iter(remembered)))
