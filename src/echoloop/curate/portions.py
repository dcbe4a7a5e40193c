"""A conversation too large for one request, cut at the borders of its branches: every post is read once, none is left out."""

from collections.abc import Iterator, Sequence

import msgspec

from echoloop.curate.conversations import Conversation, size_of

_CONTEXT_SHARE = 0.5


def portions(conversation: Conversation, posts_at_once: int, characters_at_once: int) -> list[Conversation]:
    """The conversation in parts that fit, each below the posts that its own answer, which are marked as context.

    A branch that fits into a request stays whole. One that does not is opened: its first post goes with as many of its
    branches as there is room for, and the others follow below that post. What a single post would make too large is that
    post alone: its text is bounded already.
    """
    sizes = [size_of(post, conversation.text_limit) for post in conversation.posts]
    if len(sizes) <= posts_at_once and sum(sizes) <= characters_at_once:
        return [conversation]
    room = _Room(conversation.parents, sizes, posts_at_once, characters_at_once)
    parts = list(room.ranges())
    return [
        _part(conversation, room, start, end, number, len(parts))
        for number, (start, end) in enumerate(parts, start=1)
    ]


class _Room:
    """What fits. Posts stand in reading order, so that every branch is an unbroken stretch of them."""

    def __init__(
        self, parents: Sequence[int], sizes: Sequence[int], posts_at_once: int, characters_at_once: int
    ) -> None:
        self._parents = parents
        self._sizes = sizes
        self._most = max(1, posts_at_once), characters_at_once
        self._ends = _branch_ends(parents)
        self._sums = [0]
        for size in sizes:
            self._sums.append(self._sums[-1] + size)

    def ranges(self) -> Iterator[tuple[int, int]]:
        """Stretches of posts, in order; together they are all of them."""
        start = at = 0
        context: list[int] = []
        while at < len(self._sizes):
            if start == at:
                context = self.context(at)
            end = self._ends[at]
            if self._fits(context, start, end):
                at = end
            elif start < at and self._fits((), at, end) and self._fits(self.context(at), at, end):
                yield start, at
                start = at
            elif start == at or self._fits(context, start, at + 1):
                at += 1
            else:
                yield start, at
                start = at
        if start < at:
            yield start, at

    def context(self, start: int) -> list[int]:
        """The posts above one, from the first down, as many as half the room has place for: the nearest, and the first."""
        above: list[int] = []
        at = self._parents[start]
        while at >= 0:
            above.append(at)
            at = self._parents[at]
        posts, characters = (limit * _CONTEXT_SHARE for limit in self._most)
        kept: list[int] = []
        for at in dict.fromkeys([*above[-1:], *above]):
            posts, characters = posts - 1, characters - self._sizes[at]
            if posts < 0 or characters < 0:
                break
            kept.append(at)
        return sorted(kept)

    def depth(self, start: int) -> int:
        """How many posts stand above one."""
        depth, at = 0, self._parents[start]
        while at >= 0:
            depth, at = depth + 1, self._parents[at]
        return depth

    def _fits(self, context: Sequence[int], start: int, end: int) -> bool:
        posts, characters = self._most
        above = sum(self._sizes[at] for at in context)
        return (
            len(context) + end - start <= posts and above + self._sums[end] - self._sums[start] <= characters
        )


def _branch_ends(parents: Sequence[int]) -> list[int]:
    """Where the branch of each post ends: one past its last post."""
    ends = [at + 1 for at in range(len(parents))]
    for at in range(len(parents) - 1, -1, -1):
        if parents[at] >= 0:
            ends[parents[at]] = max(ends[parents[at]], ends[at])
    return ends


def _part(
    conversation: Conversation, room: _Room, start: int, end: int, number: int, parts: int
) -> Conversation:
    context = room.context(start)
    kept = [*context, *range(start, end)]
    place = {at: position for position, at in enumerate(kept)}
    parents: list[int] = []
    for at in kept:
        above = conversation.parents[at]
        while above >= 0 and above not in place:
            above = conversation.parents[above]
        parents.append(place[above] if above >= 0 else -1)
    return msgspec.structs.replace(
        conversation,
        posts=tuple(conversation.posts[at] for at in kept),
        parents=tuple(parents),
        part=number,
        parts=parts,
        context=len(context),
        context_left_out=room.depth(start) - len(context),
    )
