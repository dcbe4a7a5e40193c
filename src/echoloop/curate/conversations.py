"""A conversation as a reader sees it: posts in order, people by number, nothing that identifies anybody."""

from collections.abc import Iterable
from typing import Any

import msgspec

from echoloop.records import Post, Thread


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """A thread with its posts, ready to be asked about."""

    id: str
    subject: str
    posts: tuple[Post, ...]
    parents: tuple[int, ...]
    missing: int
    text_limit: int

    @property
    def source_posts(self) -> tuple[str, ...]:
        """The posts that a receipt about this conversation was made from."""
        return tuple(sorted(post.url for post in self.posts))


def gather(
    threads: Iterable[Thread], posts: dict[str, Post], subject: str, text_limit: int
) -> list[Conversation]:
    """Threads joined with their posts."""
    return [
        Conversation(
            id=thread.id,
            subject=subject,
            posts=tuple(posts[url] for url in thread.posts),
            parents=thread.parents,
            missing=len(thread.missing),
            text_limit=text_limit,
        )
        for thread in threads
    ]


def as_data(conversation: Conversation) -> dict[str, Any]:
    """The fields of a request. A text over the limit is cut and says so: nothing is cut silently."""
    people: dict[str, str] = {}
    posts: list[dict[str, Any]] = []
    for post, above in zip(conversation.posts, conversation.parents, strict=True):
        author = people.setdefault(post.author or post.url, f"person {len(people) + 1}")
        shown = post.text[: conversation.text_limit]
        posts.append(
            {
                "url": post.url,
                "by": author,
                "answers": conversation.posts[above].url if above >= 0 else None,
                "date": post.created_at.date().isoformat() if post.created_at else None,
                "text": shown,
                "characters_left_out": len(post.text) - len(shown),
                "pictures": [image.alt for image in post.images],
            }
        )
    return {"subject": conversation.subject, "posts": posts, "missing_posts": conversation.missing}
