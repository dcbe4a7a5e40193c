"""What people wrote, as it was found."""

from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

import msgspec

from echoloop.records.answers import AnswerState

FoundBy: TypeAlias = Literal["keyword", "expansion", "archive"]


class ImageRef(msgspec.Struct, frozen=True, kw_only=True):
    """A picture by content. `sha256` is None when the bytes are not here, and `absence` then says why."""

    sha256: str | None
    url: str = ""
    alt: str = ""
    media_type: str | None = None
    width: int | None = None
    height: int | None = None
    absence: str = ""


class Engagement(msgspec.Struct, frozen=True, kw_only=True):
    """Counts as the platform showed them; None where it showed none."""

    likes: int | None = None
    views: int | None = None
    reposts: int | None = None
    bookmarks: int | None = None


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """One post. Its canonical URL is its identity; edges are kept as found, trees are built later.

    `author` is a keyed pseudonym; whose it is stands apart, in `Author`, so that it can be dropped.
    """

    KEY: ClassVar[tuple[str, ...]] = ("url",)

    url: str
    platform: str
    text: str
    created_at: datetime | None
    edited_at: datetime | None = None
    author: str | None = None
    language: str | None = None
    keywords: tuple[str, ...] = ()
    found_by: FoundBy = "archive"
    replies_above: tuple[str, ...] = ()
    replies_below: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    images: tuple[ImageRef, ...] = ()
    engagement: Engagement = Engagement()
    source_posts: tuple[str, ...] = ()


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """Who stands behind a pseudonym. Nothing else in a workspace knows it; without this table nobody does."""

    KEY: ClassVar[tuple[str, ...]] = ("id", "handle")

    id: str
    platform: str
    handle: str = ""
    native: str = ""


class Tombstone(msgspec.Struct, frozen=True, kw_only=True):
    """A post that was there and is not: its place in a thread stays, its content does not."""

    KEY: ClassVar[tuple[str, ...]] = ("url",)

    url: str
    reason: str
    noticed_at: datetime | None = None
    source_posts: tuple[str, ...] = ()


class Relevance(msgspec.Struct, frozen=True, kw_only=True):
    """How surely a post is about making images with the target model: 1 (coincidence) to 5 (certain)."""

    KEY: ClassVar[tuple[str, ...]] = ("post",)

    post: str
    score: int | None
    note: str = ""
    state: AnswerState
    reason: str = ""
    receipt: str = ""
    cost: float | None = None
    source_posts: tuple[str, ...] = ()


class Thread(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation: posts in reading order, each with the index of its parent (-1 for a root)."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    posts: tuple[str, ...]
    parents: tuple[int, ...]
    missing: tuple[str, ...] = ()
    cut_edges: tuple[str, ...] = ()
    source_posts: tuple[str, ...] = ()
