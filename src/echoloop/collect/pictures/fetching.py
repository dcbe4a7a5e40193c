"""Pictures from the web into the store: many at once, a few a host, each told of only when it is safe on the disk."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence

import aiohttp
from aiohttp.abc import AbstractResolver

from echoloop.collect.pictures.addresses import GuardedResolver, Reach
from echoloop.collect.pictures.asking import ask
from echoloop.collect.pictures.driving import Drive
from echoloop.collect.pictures.keeping import Arrived, examine
from echoloop.collect.pictures.limits import FetchLimits
from echoloop.collect.pictures.outcomes import PictureOutcome
from echoloop.collect.pictures.placing import Drafts, flush_disk
from echoloop.collect.pictures.turns import Turns
from echoloop.workspace import ImageStore

_HEADERS = {"User-Agent": "echoloop", "Accept": "image/*", "Accept-Encoding": "identity"}


class PictureFetcher:
    """Downloads under `limits`, within `reach`. `resolver` looks names up (the system's own by default) and is always guarded.

    `flush=False` leaves writing to the system's leisure: a power cut may then lose pictures that were told of already.
    """

    def __init__(
        self,
        limits: FetchLimits | None = None,
        reach: Reach | None = None,
        *,
        resolver: AbstractResolver | None = None,
        stop: threading.Event | None = None,
        flush: bool = True,
    ) -> None:
        self._limits = limits or FetchLimits()
        self._reach = reach or Reach()
        self._resolver = resolver
        self._stop = stop or threading.Event()
        self._flush = flush

    async def fetch_all(
        self, urls: Iterable[str], store: ImageStore, done: Callable[[Sequence[PictureOutcome]], None]
    ) -> None:
        """Every URL once. `done` is called in this thread with groups of outcomes, whose pictures are then on the disk.

        After `stop` nothing new is asked, what is under way is left, what came is kept and told; the rest is not told at all.
        """

        async with self._session() as session:
            turns = Turns(urls, self._limits)

            async def keep(group: Sequence[Arrived | PictureOutcome]) -> None:
                done(await self._keep(group, store))

            drive = Drive(lambda url: ask(session, url, self._reach, self._limits), turns, keep, self._limits)
            await drive.run(self._stop)

    async def _keep(
        self, group: Sequence[Arrived | PictureOutcome], store: ImageStore
    ) -> list[PictureOutcome]:
        """Hashing and writing are done here and not in threads: so close together they would wait for each other's turns."""
        arrived = [one for one in group if isinstance(one, Arrived)]
        absent = [one for one in group if isinstance(one, PictureOutcome)]
        kept, new = examine(arrived, store, self._limits.picture)
        if new:
            drafts = Drafts(new)
            await self._flushed(store)
            drafts.name()
            await self._flushed(store)
        return kept + absent

    async def _flushed(self, store: ImageStore) -> None:
        if self._flush:
            await asyncio.to_thread(flush_disk, store.folder)

    def _session(self) -> aiohttp.ClientSession:
        resolver = None if self._reach.proxy else GuardedResolver(self._reach, self._resolver)
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, resolver=resolver),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._limits.connect_seconds),
            headers=_HEADERS,
            auto_decompress=False,
            trust_env=False,
        )
