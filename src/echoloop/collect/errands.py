"""Work at a platform, one request each. An errand is plain data, so that it can wait on the disk."""

from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from echoloop.collect.sightings import Seen

ErrandKind: TypeAlias = Literal["search", "post", "above", "below"]


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """From `start` (inclusive) to `end` (exclusive), in UTC. `phase` names the part of the plan it belongs to."""

    start: datetime
    end: datetime
    phase: str = ""


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """One request to one platform. Equal errands are the same errand: it is done once, however often it comes up.

    `argument` is what the source needs (a native id, several, an address); `cursor` is the platform's own paging token.
    `thread` is the URL of the relevant post whose conversation this belongs to, `depth` how many steps it lies from there.
    """

    platform: str
    kind: ErrandKind
    argument: str = ""
    cursor: str = ""
    keyword: str = ""
    language: str = ""
    window: Window | None = None
    thread: str = ""
    depth: int = 0


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What one errand brought: posts, and the errands that follow from it (the next page, a cut branch, a parent).

    `reads` is how many reads the platform bills for it. `limits` say in words where the platform itself shows no more.
    `answered` says that a page with nothing but limits is an answer all the same: there is nothing to ask again.
    """

    seen: tuple[Seen, ...] = ()
    then: tuple[Errand, ...] = ()
    reads: int = 0
    limits: tuple[str, ...] = ()
    answered: bool = False


class KnownPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post that a source is asked about: its canonical URL, and what a sighting noted of it."""

    url: str
    native: str = ""
    conversation: str = ""
