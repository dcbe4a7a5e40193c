"""A release is built beside the others, checked, and only then put in its place. A killed one leaves a draft, no release."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from echoloop.curate.releasing.checksums import SUMS, differences, read_sums
from echoloop.curate.releasing.versions import PUBLIC, next_after, versions_in
from echoloop.records import Mistake

_DRAFT = ".draft"


@contextmanager
def drafting(releases: Path, version: str) -> Generator[tuple[Path, Path]]:
    """Folders to build the private and the public variant in. Whatever is not placed at the end is removed."""
    clear_drafts(releases)
    private, public = releases / _DRAFT / version, releases / _DRAFT / f"{version}{PUBLIC}"
    already = releases.is_dir()
    try:
        private.mkdir(parents=True)
        public.mkdir()
        yield private, public
    finally:
        clear_drafts(releases)
        if not already and releases.is_dir() and not any(releases.iterdir()):
            releases.rmdir()


def place(releases: Path, *drafts: Path) -> bool:
    """Put the drafts in their places, the last one last: with it the release is there. What is there already must be the same.

    Returns whether anything was put anywhere.
    """
    waiting = [draft for draft in drafts if not _is_there(releases / draft.name, draft)]
    for draft in waiting:
        _flush(draft)
    for draft in waiting:
        draft.rename(releases / draft.name)
        _flush_folder(releases)
    return bool(waiting)


def clear_drafts(releases: Path) -> None:
    """Remove what a killed run left, and a public variant whose private one that run did not come to place any more."""
    home = releases / _DRAFT
    if not home.is_dir():
        return
    for draft in home.iterdir():
        placed = releases / f"{draft.name}{PUBLIC}"
        unplaced = (draft / SUMS).exists() and not (releases / draft.name).exists()
        if unplaced and not (home / placed.name).exists() and placed.is_dir():
            shutil.rmtree(placed)
    shutil.rmtree(home)


def _is_there(folder: Path, draft: Path) -> bool:
    if not folder.exists():
        return False
    sums = read_sums(draft) or {}
    other = differences(folder, sums)
    if not other and read_sums(folder) == sums:
        return True
    newest = versions_in(folder.parent)[-1:]
    named = f" {next_after(newest[0])}" if newest else ""
    raise Mistake(
        f"release {folder.name} exists with other content ({', '.join(other[:3]) or SUMS})",
        where=folder,
        remedy=f"A version never changes. Call this one something else:{named} `echoloop release verify {folder}` says whether "
        "the old one is whole.",
    )


def _flush(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        _flush_folder(path)


def _flush_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
