"""The pictures of the conversations that matter: fetched or read, looked at, and what became of each written down."""

import asyncio
import threading
import time
from collections.abc import Collection, Sequence

import msgspec

from echoloop.collect.intake import REMOTE, Intake
from echoloop.collect.pictures import (
    FetchLimits,
    Look,
    PictureFetcher,
    PictureFile,
    PictureOutcome,
    Reach,
    keep_files,
    look_at,
)
from echoloop.collect.sightings import Sighting
from echoloop.engine import Counts, Progress, Stopped
from echoloop.workspace import ImageStore

_GROUP = 64


class Pictures:
    """One run's pictures. What a later run may do better at is tried again then."""

    def __init__(
        self,
        intake: Intake,
        store: ImageStore,
        *,
        limits: FetchLimits,
        reach: Reach,
        progress: Progress,
        stop: threading.Event,
        offline: bool = False,
    ) -> None:
        self._intake = intake
        self._store = store
        self._limits = limits
        self._reach = reach
        self._progress = progress
        self._stop = stop
        self._offline = offline
        self._done = 0

    def bring(self, posts: Collection[str]) -> None:
        """The pictures of these posts. Raises `Stopped`; what came until then is kept."""
        addresses = self._addresses(frozenset(posts))
        begun = time.monotonic()
        self._progress.start(
            "collect", "pictures", sum(map(len, addresses.values())), lambda: (Counts(done=self._done), 0)
        )
        try:
            for place in sorted(addresses.keys() - {REMOTE}):
                self._read_beside(place, sorted(addresses[place]))
            if not self._offline:
                self._fetch(addresses.get(REMOTE, set()))
            self._look()
        finally:
            self._progress.pause()
        if self._stop.is_set():
            raise Stopped(
                f"stopped after {self._done:,} pictures", remedy="Run the same command again to go on."
            )
        kept, lost = self._outcome(addresses)
        self._progress.end("collect", "pictures", kept, lost, Counts(), time.monotonic() - begun)

    def _outcome(self, addresses: dict[int, set[str]]) -> tuple[int, int]:
        """How many pictures are here, and how many are not."""
        here = total = 0
        for place, urls in addresses.items():
            known = self._intake.pictures.of(place)
            here += sum(url in known and known[url].sha256 is not None for url in urls)
            total += len(urls)
        return here, total - here

    def _addresses(self, posts: frozenset[str]) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        for batch in self._intake.batches():
            for seen in batch.seen:
                if isinstance(seen, Sighting) and seen.post.url in posts:
                    for image in seen.post.images:
                        found.setdefault(REMOTE if "://" in image.url else batch.place, set()).add(image.url)
        return found

    def _read_beside(self, place: int, urls: Sequence[str]) -> None:
        """Files may have changed since the last run, so they are read each time; one that is gone stays as it was stored."""
        known = self._intake.pictures.of(place)
        folder = next((one.folder for one in self._intake.imports.all() if one.number == place), "")
        for start in range(0, len(urls), _GROUP):
            if self._stop.is_set():
                return
            files = [PictureFile(folder=folder, url=url) for url in urls[start : start + _GROUP]]
            outcomes = keep_files(files, self._store) if folder else [_no_folder(file.url) for file in files]
            changed = [one for one in outcomes if _is_news(one, known.get(one.url))]
            self._note(place, changed)
            self._done += len(outcomes) - len(changed)

    def _fetch(self, urls: set[str]) -> None:
        wanted = sorted(urls - self._intake.pictures.settled(REMOTE))
        self._done += len(urls) - len(wanted)
        if wanted:
            fetcher = PictureFetcher(self._limits, self._reach, stop=self._stop)
            asyncio.run(fetcher.fetch_all(wanted, self._store, lambda came: self._note(REMOTE, came)))

    def _look(self) -> None:
        """Each picture is decoded once before it leaves this room."""
        unlooked = self._intake.pictures.unlooked()
        by_content: dict[str, list[tuple[int, PictureOutcome]]] = {}
        for place, outcome in unlooked:
            by_content.setdefault(outcome.sha256 or "", []).append((place, outcome))
        group: list[tuple[int, PictureOutcome]] = []
        for look in look_at(by_content, self._store):
            if self._stop.is_set():
                break
            group += [(place, _looked_at(outcome, look)) for place, outcome in by_content[look.sha256]]
            if len(group) >= _GROUP:
                self._note_looked(group)
                group = []
        self._note_looked(group)

    def _note_looked(self, group: Sequence[tuple[int, PictureOutcome]]) -> None:
        with self._intake.writing():
            for place, outcome in group:
                self._intake.pictures.note(place, [outcome], looked=True)

    def _note(self, place: int, outcomes: Sequence[PictureOutcome]) -> None:
        with self._intake.writing():
            self._intake.pictures.note(place, outcomes)
        self._done += len(outcomes)


def _is_news(outcome: PictureOutcome, known: PictureOutcome | None) -> bool:
    if known is None:
        return True
    return outcome.sha256 != known.sha256 if outcome.sha256 else known.sha256 is None and outcome != known


def _looked_at(outcome: PictureOutcome, look: Look) -> PictureOutcome:
    return msgspec.structs.replace(
        outcome,
        sha256=None if look.absence else look.sha256,
        width=look.width,
        height=look.height,
        absence=look.absence,
        again=look.again,
    )


def _no_folder(url: str) -> PictureOutcome:
    return PictureOutcome(url=url, absence="no folder: an archive from standard input has no files beside it")
