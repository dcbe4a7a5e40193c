"""A driver in small: errands in a dict, each done once, what they bring counted or kept."""

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
from platforms import FakeClock, Platform

from echoloop.collect.errands import Errand, Page
from echoloop.collect.sightings import Gone, Seen, Sighting, Skipped
from echoloop.collect.sources import ErrandFailed, PlatformSettings, Source, open_source
from echoloop.collect.sources.web import Conduct

R = TypeVar("R")


@dataclass
class Run:
    """What a run brought, until it had nothing left to do."""

    seen: list[Seen] = field(default_factory=list)
    done: list[Errand] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    reads: int = 0

    @property
    def posts(self) -> dict[str, Sighting]:
        return {one.post.url: one for one in self.seen if isinstance(one, Sighting)}

    @property
    def gone(self) -> dict[str, Gone]:
        return {one.url: one for one in self.seen if isinstance(one, Gone)}

    @property
    def skipped(self) -> list[Skipped]:
        return [one for one in self.seen if isinstance(one, Skipped)]

    @property
    def texts(self) -> set[str]:
        return {sighting.post.text for sighting in self.posts.values()}


def name_author(platform: str, handle: str, native: str = "") -> str | None:
    return f"{platform}/{native or handle}" if native or handle else None


async def run_errands(
    source: Source,
    errands: Iterable[Errand],
    *,
    most: int = 500,
    each: Callable[[Page], None] | None = None,
) -> Run:
    """Until none is left. More than `most` errands is a loop without end."""
    run = Run()
    known: set[Errand] = set()
    waiting: deque[Errand] = deque()

    def add(new: Iterable[Errand]) -> None:
        for errand in new:
            key = msgspec.structs.replace(errand, thread="", depth=0)
            if key not in known:
                known.add(key)
                waiting.append(errand)

    add(errands)
    while waiting:
        errand = waiting.popleft()
        run.done.append(errand)
        assert len(run.done) <= most, "the errands do not end"
        try:
            page = await source.run(errand, name_author)
        except ErrandFailed as error:
            run.failed.append(str(error))
            continue
        run.reads += page.reads
        run.limits += page.limits
        add(page.then)
        if each is None:
            run.seen += page.seen
        else:
            each(page)
    return run


def ask(
    server: Platform,
    work: Callable[[Source], Awaitable[R]],
    environ: Mapping[str, str],
    *,
    watched: "Watched | None" = None,
    port: int = 0,
    **settings: object,
) -> R:
    """Do some work with the source of a platform that is served for as long as it lasts."""
    watched = watched or Watched(server.clock)

    async def whole() -> R:
        async with server.serving(port):
            source = open_source(
                PlatformSettings(**({"base_url": server.base_url, "timeout": 60.0} | settings)),
                stop=watched.stop,
                announce=watched.said.append,
                environ=environ,
                clock=watched.clock,
            )
            try:
                return await work(source)
            finally:
                await source.aclose()

    return asyncio.run(whole())


@dataclass
class Watched:
    """A conduct that a test can look at: its clock, its stop, and everything that was said."""

    clock: FakeClock
    said: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def conduct(self, **changes: object) -> Conduct:
        plain = {"user_agent": "echoloop-tests", "timeout": 20.0, "clock": self.clock}
        return Conduct(stop=self.stop, announce=self.said.append, **(plain | changes))
