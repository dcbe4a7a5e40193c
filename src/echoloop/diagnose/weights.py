"""Weights that a metric needs: declared here, fetched on request only, and checked whenever they are loaded.

What was fetched lies with a note of every file's SHA-256, so that a damaged or exchanged file is noticed; a person's own folder
is taken as it is, and its contents name the features made with it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import msgspec

from echoloop.records import Mistake, Problem

NOTE = "weights.json"


@dataclass(frozen=True, kw_only=True)
class Weights:
    """A model on the hub. A checksum that is not given here is pinned by the first fetch, from what the hub itself declares."""

    name: str
    hub: str
    revision: str
    files: tuple[str, ...]
    licence: str
    sha256: Mapping[str, str] = field(default_factory=dict[str, str])


class WeightsNote(msgspec.Struct, frozen=True, kw_only=True):
    """What was fetched: from where, and the SHA-256 of each file."""

    hub: str
    revision: str
    files: dict[str, str]


class WeightsDamaged(Problem):
    """A file of weights is not the one that was fetched."""


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where fetched weights lie: `ECHOLOOP_WEIGHTS`, or the user's cache."""
    if chosen := environment.get("ECHOLOOP_WEIGHTS"):
        return Path(chosen)
    return Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "echoloop" / "weights"


def find_weights(weights: Weights, places: Mapping[str, str]) -> Path | None:
    """The folder of a model: the one settings name, else the cache's; None where it was never fetched."""
    if weights.name in places:
        folder = Path(places[weights.name])
        missing = [name for name in weights.files if not (folder / name).is_file()]
        if missing:
            raise Mistake(
                f"the folder of the weights {weights.name!r} lacks {', '.join(missing)}",
                where=folder,
                remedy="Correct the path under [diagnose.weights], or take it out and fetch them.",
            )
        return folder
    folder = cache_folder() / weights.name
    note = read_note(folder)
    if note is None or any(not (folder / name).is_file() for name in weights.files):
        return None
    return folder


def missing_words(weights: Weights) -> str:
    """Why there is no number."""
    return f"not measured: model not downloaded, run `echoloop diagnose fetch {weights.name}`"


def verified_digest(weights: Weights, folder: Path) -> str:
    """One hash of all files, after comparing each that was fetched with what it must be."""
    note = read_note(folder)
    pinned = {**note.files, **weights.sha256} if note else {}
    total = sha256()
    for name in weights.files:
        found = file_digest(folder / name)
        wanted = pinned.get(name, found)
        if found != wanted:
            raise WeightsDamaged(
                f"{name} of the weights {weights.name!r} is not the file that it should be",
                where=folder / name,
                remedy=f"Delete the folder and run `echoloop diagnose fetch {weights.name}` again.",
            )
        total.update(f"{name}\0{found}\0".encode())
    return total.hexdigest()


def seen_as(weights: Weights, places: Mapping[str, str]) -> str:
    """What a table depends on, without reading gigabytes: that the files are there, their sizes and their notes."""
    folder = find_weights(weights, places)
    if folder is None:
        return ""
    note = read_note(folder)
    sizes = [f"{name}:{(folder / name).stat().st_size}" for name in weights.files]
    known = [note.files.get(name, "") for name in weights.files] if note else []
    return sha256("\0".join([*sizes, *known]).encode()).hexdigest()[:16]


def read_note(folder: Path) -> WeightsNote | None:
    """The note beside fetched weights."""
    try:
        return msgspec.json.decode((folder / NOTE).read_bytes(), type=WeightsNote)
    except (OSError, msgspec.MsgspecError):
        return None


def file_digest(path: Path) -> str:
    """SHA-256 of a file of any size."""
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
