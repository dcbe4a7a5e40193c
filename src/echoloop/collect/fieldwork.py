"""One run of collecting: what comes from archives and platforms into the intake, between the stages that read it."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from echoloop.calls import Spending
from echoloop.collect.aliases import Aliases
from echoloop.collect.archives import Archive
from echoloop.collect.compliance import DehydratedPost, hydration_errands
from echoloop.collect.gathering.bounds import Bounds
from echoloop.collect.gathering.conversations import connected, conversation_errands
from echoloop.collect.gathering.downloading import Pictures
from echoloop.collect.gathering.driving import CONVERSATIONS, LOOK_UPS, SEARCHES, Driver, Gathered
from echoloop.collect.gathering.platforms import Platform
from echoloop.collect.gathering.searching import search_errands
from echoloop.collect.importing import ImportResult, import_archive, withdraw_undeclared
from echoloop.collect.intake import Intake
from echoloop.collect.pictures import FetchLimits, Reach
from echoloop.collect.plan import Plan
from echoloop.collect.sightings import Seen
from echoloop.collect.welcome import Welcome
from echoloop.engine import Progress
from echoloop.workspace import ImageStore

Expand: TypeAlias = Literal["relevant", "all", "none"]


class FieldSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run goes: whose conversations are followed, how far, and where pictures may come from."""

    expand: Expand = "relevant"
    bounds: Bounds = Bounds()
    limits: FetchLimits = FetchLimits()
    reach: Reach = Reach()


class Fieldwork:
    """Everything that is done in one run; each method can be interrupted and goes on in the next run."""

    def __init__(
        self,
        intake: Intake,
        settings: FieldSettings,
        platforms: Mapping[str, Platform],
        *,
        budget: Spending,
        progress: Progress,
        stop: threading.Event,
        forgotten: frozenset[str],
        relabel: Callable[[Seen], Seen] | None = None,
    ) -> None:
        self.progress = progress
        self.stop = stop
        self._intake = intake
        self._settings = settings
        self._platforms = dict(platforms)
        self._welcome = Welcome(
            forgotten=forgotten,
            silenced=intake.authors.silenced(),
            aliases=Aliases(forgotten, intake.authors),
        )
        self._driver = Driver(
            intake,
            platforms,
            bounds=settings.bounds,
            budget=budget,
            progress=progress,
            stop=stop,
            welcome=self._welcome,
            relabel=relabel,
        )

    def begin(self, *, refresh: bool) -> None:
        """What failed before is tried again; with `refresh`, conversations that are known already are asked for anew."""
        with self._intake.writing():
            self._intake.errands.reopen()
            if refresh:
                self._intake.errands.begin_round()

    def read_archives(
        self, archives: Sequence[Archive], *, declared: bool, strict: bool = False
    ) -> list[ImportResult]:
        """Archives into the intake. The declared ones are all there are: what was declared before and is no more goes."""
        results = [
            import_archive(self._intake, archive, self._welcome, self, declared=declared, strict=strict)
            for archive in archives
        ]
        if declared:
            withdraw_undeclared(self._intake, [known for one in archives if (known := one.identity)])
        return results

    def search(self, plan: Plan, now: datetime) -> Gathered | None:
        """What the plan has not asked for yet."""
        if not self._platforms:
            return None
        self._intake.send(search_errands(self._intake, self._platforms, plan, now))
        return self._driver.run("search", SEARCHES)

    def follow(self, posts: Iterable[str]) -> Gathered | None:
        """The whole conversations of these posts."""
        if not self._platforms:
            return None
        self._intake.send(conversation_errands(self._intake, self._platforms, set(posts)))
        return self._driver.run("conversations", CONVERSATIONS)

    def fetch_again(self, posts: Iterable[DehydratedPost]) -> Gathered | None:
        """Posts of which only the numbers are known."""
        if not self._platforms:
            return None
        errands = hydration_errands(posts, self._platforms)
        with self._intake.writing():
            self._intake.errands.renew(errands)
            self._intake.errands.add(errands)
        return self._driver.run("hydrate", LOOK_UPS)

    def bring_pictures(self, store: ImageStore, posts: Iterable[str], *, offline: bool) -> None:
        """The pictures of the conversations that these posts belong to."""
        pictures = Pictures(
            self._intake,
            store,
            limits=self._settings.limits,
            reach=self._settings.reach,
            progress=self.progress,
            stop=self.stop,
            offline=offline,
        )
        pictures.bring(connected(self._intake, posts))
