"""What a platform must be able to do. Four do; another is one more file."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Protocol

from echoloop.collect.errands import Errand, KnownPost, Page, Window
from echoloop.collect.sightings import NameAuthor
from echoloop.records import Problem


class Source(Protocol):
    """Plans errands without any network, and runs one at a time: the caller keeps the place between them."""

    platform: ClassVar[str]
    by_time: ClassVar[bool]
    """Whether a search can be bounded by time; if not, one window over a whole phase is asked for and filtered here."""

    def search(self, keyword: str, language: str, window: Window) -> Errand:
        """The first errand of a search."""
        ...

    def look_up(self, posts: Sequence[KnownPost]) -> list[Errand]:
        """Errands that fetch these posts themselves, as many to an errand as the platform allows."""
        ...

    def conversation(self, post: KnownPost) -> list[Errand]:
        """The first errands of a post's whole conversation: up to the root, the root itself, and everything below it."""
        ...

    async def run(self, errand: Errand, name_author: NameAuthor) -> Page:
        """Ask the platform once (waiting and asking again as it demands). Raises only the problems of this file."""
        ...

    async def aclose(self) -> None: ...


class SourceProblem(Problem):
    """Something a platform said or did that ends an errand, but not the run."""


class ErrandFailed(SourceProblem):
    """This errand brought nothing that can be read; the next run tries it again."""


class QuotaEnded(SourceProblem):
    """The platform gives no more for now. What came is kept; the rest waits for the next run."""

    def __init__(
        self, what: str, *, where: object = "", remedy: str = "", until: datetime | None = None
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.until = until


class KeyRefused(SourceProblem):
    """The platform does not accept the key; no errand there can be done."""
