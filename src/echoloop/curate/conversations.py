"""A conversation as a reader sees it: posts in order, people by number, nothing that identifies anybody."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from echoloop.records import Post, Thread, Tombstone

_UNKNOWN = "not known"
_LONGEST_REASON = 80
_LONGEST_DESCRIPTION = 2_000


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """A thread with its posts, or a part of one, ready to be asked about.

    The first `context` posts belong to other parts and stand here so that the rest can be understood; `context_left_out` counts
    further ones for which there was no room. `missing` counts, by reason, the posts of the whole thread that are not here.
    """

    id: str
    subject: str
    posts: tuple[Post, ...]
    parents: tuple[int, ...]
    missing: dict[str, int]
    text_limit: int
    part: int = 1
    parts: int = 1
    context: int = 0
    context_left_out: int = 0

    @property
    def source_posts(self) -> tuple[str, ...]:
        """The posts that a receipt about this conversation was made from."""
        return tuple(sorted(post.url for post in self.posts))

    @property
    def key(self) -> str:
        """What a loss of this part is filed under: a conversation in one part is its own name."""
        return self.id if self.parts == 1 else f"{self.id}#part{self.part}"

    @property
    def own(self) -> frozenset[str]:
        """The posts that this part, and no other, is asked about."""
        return frozenset(post.url for post in self.posts[self.context :])


def gather(
    threads: Iterable[Thread],
    posts: Mapping[str, Post],
    gone: Iterable[Tombstone],
    subject: str,
    text_limit: int,
) -> list[Conversation]:
    """Threads joined with their posts, and with what is known of those that are gone."""
    reasons = {tombstone.url: tombstone.reason for tombstone in gone}
    return [
        Conversation(
            id=thread.id,
            subject=subject,
            posts=tuple(posts[url] for url in thread.posts),
            parents=thread.parents,
            missing=_counted(thread.missing, reasons),
            text_limit=text_limit,
        )
        for thread in threads
    ]


def cut(text: str, limit: int) -> tuple[str, int]:
    """As much of a text as fits, and how many characters were left out."""
    return text[:limit], max(0, len(text) - limit)


def size_of(post: Post, text_limit: int) -> int:
    """About how many characters a post takes in a request: its texts, and the fields around them."""
    shown = [min(len(image.alt), _LONGEST_DESCRIPTION) + 4 for image in post.images]
    return min(len(post.text), text_limit) + sum(shown) + 2 * len(post.url) + 120


def as_data(conversation: Conversation) -> dict[str, Any]:
    """The fields of a request. A text over the limit is cut and says so: nothing is cut silently."""
    people: dict[str, str] = {}
    data: dict[str, Any] = {
        "subject": conversation.subject,
        "posts": [
            _shown(conversation, at, people.setdefault(post.author or post.url, f"person {len(people) + 1}"))
            for at, post in enumerate(conversation.posts)
        ],
        "missing_posts": sum(conversation.missing.values()),
    }
    if conversation.missing:
        data["missing_because"] = conversation.missing
    if conversation.parts > 1:
        data |= {"part": conversation.part, "parts": conversation.parts}
    if conversation.context_left_out:
        data["context_left_out"] = conversation.context_left_out
    return data


def _shown(conversation: Conversation, at: int, author: str) -> dict[str, Any]:
    post, above = conversation.posts[at], conversation.parents[at]
    text, left_out = cut(post.text, conversation.text_limit)
    descriptions = [cut(image.alt, _LONGEST_DESCRIPTION) for image in post.images]
    shown = {
        "url": post.url,
        "by": author,
        "answers": conversation.posts[above].url if above >= 0 else None,
        "date": post.created_at.date().isoformat() if post.created_at else None,
        "text": text,
        "characters_left_out": left_out + sum(more for _, more in descriptions),
        "pictures": [description for description, _ in descriptions],
    }
    return shown | {"context": True} if at < conversation.context else shown


def _counted(missing: Sequence[str], reasons: Mapping[str, str]) -> dict[str, int]:
    """How many posts are missing for which reason, the most frequent first."""
    counts = Counter(reasons.get(url, "")[:_LONGEST_REASON] or _UNKNOWN for url in missing)
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
