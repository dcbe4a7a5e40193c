"""Archives into the intake: each file once, a stretch at a time, going on where it was interrupted."""

import os
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from echoloop.collect.archives import Archive
from echoloop.collect.intake import Import, Intake
from echoloop.collect.sightings import Seen, Sighting, Skipped
from echoloop.collect.welcome import Welcome
from echoloop.engine import Counts, Progress, Stopped
from echoloop.records import Mistake

_STREAM = "stream:"
_NO_FAULT = frozenset({"a repost", "not public"})
"""What is left out although it can be read."""


class ImportResult(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive brought in this run. `already` means that the same content was in before: then what it had brought."""

    label: str
    form: str
    why: str
    posts: int
    skipped: int
    unwelcome: int
    already: bool
    notes: tuple[str, ...] = ()
    reasons: tuple[tuple[str, str, int], ...] = ()
    """Why lines were skipped: the reason, where it was met first, how often."""


class Importing(Protocol):
    """What an import needs of a run."""

    @property
    def progress(self) -> Progress: ...

    @property
    def stop(self) -> threading.Event: ...


def import_archive(
    intake: Intake,
    archive: Archive,
    welcome: Welcome,
    run: Importing,
    *,
    declared: bool = False,
    strict: bool = False,
) -> ImportResult:
    """Bring an archive in. With `strict`, the first line that cannot be read ends it."""
    place = _place_of(intake, archive, declared)
    if place.whole and strict and place.skipped:
        raise Mistake(
            f"it was read before, and {place.skipped:,} of its lines could not be",
            where=archive.label,
            remedy="Without --strict that is all right: what could be read is in.",
        )
    if place.whole:
        return _result(archive, place, already=True)
    tally = _Tally()
    begun = time.monotonic()
    run.progress.start("collect", "file", None, lambda: (Counts(done=tally.posts), 0))
    try:
        for batch in archive.batches(intake.authors, place.position):
            if run.stop.is_set():
                raise Stopped(
                    f"stopped in {archive.label} after {place.posts + tally.posts:,} posts",
                    remedy="Run the same command again: it goes on there.",
                )
            if strict:
                _refuse_skipped(batch.seen)
            kept = [seen for seen in batch.seen if welcome(seen)]
            tally.count(kept)
            tally.unwelcome += len(batch.seen) - len(kept)
            intake.keep_lines(place.number, kept, batch.position)
    except Mistake:
        with intake.writing():
            intake.imports.withdraw([place.number])
        raise
    finally:
        run.progress.pause()
    with intake.writing():
        intake.imports.finish(place.number)
    run.progress.end("collect", "file", tally.posts, tally.skipped, Counts(), time.monotonic() - begun)
    return _result(archive, place, already=False, tally=tally)


def withdraw_undeclared(intake: Intake, digests: Iterable[str]) -> None:
    """The intake mirrors the archives that the settings name: what they name no more, or not so any more, goes."""
    wanted = set(digests)
    old = [known.number for known in intake.imports.all() if known.declared and known.digest not in wanted]
    if old:
        with intake.writing():
            intake.imports.withdraw(old)


def _place_of(intake: Intake, archive: Archive, declared: bool) -> Import:
    digest = archive.identity
    folder = str(archive.folder.resolve()) if archive.folder else ""
    known = intake.imports.find(digest) if digest else None
    if known is not None:
        with intake.writing():
            if known.folder != folder and not Path(known.folder).is_dir():
                intake.imports.move(known.number, folder)
            if known.declared and not declared:
                intake.imports.keep(known.number)
        return known
    with intake.writing():
        if digest is None:
            broken = [one for one in intake.imports.all() if one.digest.startswith(_STREAM) and not one.whole]
            intake.imports.withdraw(one.number for one in broken)
        return intake.imports.begin(
            digest or _STREAM + os.urandom(8).hex(),
            archive.label,
            archive.format,
            folder,
            declared,
        )


def _refuse_skipped(seen: Sequence[Seen]) -> None:
    first = next((one for one in seen if isinstance(one, Skipped) and one.reason not in _NO_FAULT), None)
    if first is not None:
        raise Mistake(
            f"{first.reason}{f' ({first.detail})' if first.detail else ''}",
            where=first.where,
            remedy="Without --strict, such lines are counted and skipped. Nothing of this file was kept.",
        )


class _Tally:
    def __init__(self) -> None:
        self.posts = 0
        self.skipped = 0
        self.unwelcome = 0
        self.reasons: dict[str, tuple[str, int]] = {}

    def count(self, seen: Sequence[Seen]) -> None:
        for one in seen:
            if isinstance(one, Sighting):
                self.posts += 1
            elif isinstance(one, Skipped):
                self.skipped += 1
                where, times = self.reasons.get(one.reason, (one.where, 0))
                self.reasons[one.reason] = (where, times + 1)


def _result(archive: Archive, place: Import, *, already: bool, tally: _Tally | None = None) -> ImportResult:
    return ImportResult(
        label=archive.label,
        form=archive.format,
        why=archive.why,
        posts=tally.posts if tally else place.posts,
        skipped=tally.skipped if tally else place.skipped,
        unwelcome=tally.unwelcome if tally else 0,
        already=already,
        notes=tuple(archive.notes()) if tally else (),
        reasons=tuple((reason, *met) for reason, met in tally.reasons.items()) if tally else (),
    )
