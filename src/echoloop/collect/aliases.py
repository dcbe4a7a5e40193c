"""A post's other addresses: people name it as a platform shows it, and here it is kept by what never changes."""

import re
from collections.abc import Collection

from echoloop.collect.intake import Authors
from echoloop.collect.shapes.x import post_url
from echoloop.collect.sightings import Sighting

_BY_HANDLE = re.compile(r"https://bsky\.app/profile/(?!did:)([^/]+)/post/([^/]+)")
_KEY_OF_TIME = re.compile(r"[2-7a-z]{13}")
"""What Bluesky draws for a post: a time in microseconds and a random part, so that no two posts share one."""


class Aliases:
    """Which sightings are meant by these addresses, though they are kept under another.

    Bluesky shows a handle where a post is kept by its author's number; on X every version of an edited post has an address.
    """

    def __init__(self, posts: Collection[str], authors: Authors) -> None:
        self._posts = frozenset(posts)
        self._writers: dict[str, set[str]] = {}
        for url in self._posts:
            if found := _BY_HANDLE.fullmatch(url):
                self._writers.setdefault(found[2], set()).update(authors.called("bluesky", found[1]))

    def mean(self, seen: Sighting) -> bool:
        """Whether this post is one of those that were named."""
        post = seen.post
        if post.platform == "x":
            return bool(self._posts) and post_url(seen.native) in self._posts
        if post.platform != "bluesky" or not self._writers:
            return False
        key = post.url.rpartition("/")[2]
        writers = self._writers.get(key)
        return writers is not None and (_KEY_OF_TIME.fullmatch(key) is not None or post.author in writers)
