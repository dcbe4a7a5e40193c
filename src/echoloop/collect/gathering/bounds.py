"""How far a conversation is followed, and how many requests a run may make."""

import msgspec

from echoloop.collect.errands import Errand


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """`depth` counts steps from the post that was found; `calls` bounds the requests of one run (None: no bound)."""

    depth: int = 1_000
    posts_per_thread: int = 100_000
    calls: int | None = None


_HIGHEST = 1_000


class ThreadBounds:
    """Keeps count of what every conversation has brought."""

    def __init__(self, bounds: Bounds, posts: dict[str, int]) -> None:
        self._bounds = bounds
        self._posts = posts

    def count(self, thread: str, posts: int) -> None:
        """So many more posts of a conversation came."""
        if thread:
            self._posts[thread] = self._posts.get(thread, 0) + posts

    def held_back(self, errand: Errand) -> str:
        """Why an errand is not done, in words; empty when it may be. The way up to the root is never cut short."""
        if not errand.thread or (errand.kind == "above" and errand.depth <= _HIGHEST):
            return ""
        if errand.depth > self._bounds.depth:
            return f"deeper than {self._bounds.depth:,} steps from the post that was found"
        if self._posts.get(errand.thread, 0) >= self._bounds.posts_per_thread:
            return f"the conversation has brought {self._bounds.posts_per_thread:,} posts already"
        return ""
