"""What comes in from outside, before anything is united: posts as they were seen, posts that are gone, lines that are none."""

from datetime import datetime
from typing import Literal, Protocol, TypeAlias

import msgspec

from echoloop.records import FoundBy, Post

GoneReason: TypeAlias = Literal["deleted", "removed", "blocked", "withheld", "protected", "not found"]


class Sighting(msgspec.Struct, frozen=True, kw_only=True, tag="post"):
    """A post as it was seen once. `native` is what the platform's own interface calls it, where its URL does not say.

    `seen_at` is None when nobody noted it. `conversation` is the native id of the thread's first post, where it is known.
    """

    post: Post
    seen_at: datetime | None = None
    native: str = ""
    conversation: str = ""


class Gone(msgspec.Struct, frozen=True, kw_only=True, tag="gone"):
    """A post that somebody points to and that cannot be read (any more)."""

    url: str
    reason: GoneReason
    noticed_at: datetime | None = None
    replies_above: tuple[str, ...] = ()


class Skipped(msgspec.Struct, frozen=True, kw_only=True, tag="skipped"):
    """A line or an entry that is no post we can read. `reason` is a short fixed phrase, `where` is file:line or an address."""

    where: str
    reason: str
    detail: str = ""


Seen: TypeAlias = Sighting | Gone | Skipped


class NameAuthor(Protocol):
    """Gives the keyed pseudonym of an author and notes the handle apart. An unknown author (no handle, no id) has none."""

    def __call__(self, platform: str, handle: str, native: str = "") -> str | None: ...


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """When, and by which keyword, posts were seen. `at` is None when nobody noted it."""

    name_author: NameAuthor
    at: datetime | None = None
    keywords: tuple[str, ...] = ()
    found_by: FoundBy = "archive"
