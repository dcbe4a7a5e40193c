"""Versions of a release: three numbers that only rise, and a folder each that never changes."""

import re
from pathlib import Path
from typing import NamedTuple

from echoloop.records import Mistake

_NUMBERS = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})", re.ASCII)
PUBLIC = "-public"
"""What the folder of the dehydrated variant has behind the version."""


class Version(NamedTuple):
    """Compares as numbers do."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def read_version(text: str) -> Version:
    """Three numbers, or a mistake."""
    version = _read(text)
    if version is None:
        raise Mistake(f"{text!r} is not a version", remedy="Use three numbers with dots, such as 0.1.0.")
    return version


def versions_in(releases: Path) -> list[Version]:
    """What was released, the oldest first."""
    folders = releases.iterdir() if releases.is_dir() else ()
    return sorted(found for folder in folders if folder.is_dir() and (found := _read(folder.name)))


def predecessor(releases: Path, version: Version) -> Version | None:
    """The release that this one follows. A new one may not come before the newest."""
    known = versions_in(releases)
    if version not in known and known and version < known[-1]:
        raise Mistake(
            f"version {version} comes before {known[-1]}, which is released",
            where=releases,
            remedy=f"Versions only rise: {next_after(known[-1])}",
        )
    return max((one for one in known if one < version), default=None)


def refuse_silent_loss(version: Version, before: Version | None, lost: int) -> None:
    """Whoever scored the old items must see from the number that some of them are not there any more."""
    if before is None or not lost or version[:2] != before[:2]:
        return
    items = "1 item" if lost == 1 else f"{lost:,} items"
    raise Mistake(
        f"version {version} takes away, moves or rewrites {items} of {before}: the third number alone cannot say that",
        remedy=f"Name it {before.major}.{before.minor + 1}.0 or {before.major + 1}.0.0; the third number is for additions and labels.",
    )


def next_after(newest: Version) -> str:
    """How the version after this one is called, in words for a remedy."""
    return (
        f"{newest.major}.{newest.minor}.{newest.patch + 1} if nothing is taken away, "
        f"else {newest.major}.{newest.minor + 1}.0."
    )


def _read(text: str) -> Version | None:
    match = _NUMBERS.fullmatch(text)
    return Version(*map(int, match.groups())) if match else None
