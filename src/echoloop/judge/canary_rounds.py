"""Which round of canaries a run belongs to. Nothing but the tables that are there decides it."""

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from echoloop.judge.canaries import canary_table
from echoloop.judge.settings import CanarySettings, Judge
from echoloop.records import Canary
from echoloop.records.arrow import from_table
from echoloop.workspace import Workspace


def canary_round(
    workspace: Workspace, judges: Sequence[Judge], *, pictures: int, seed: int = 0
) -> CanarySettings:
    """The last round, where it was taken for the pictures there are; the next one, where there are others now.

    A last round without a row (nothing to show, or all of it was forgotten) is taken again, and chooses anew.
    """
    made_for, sizes = _pictures(workspace), _sizes(workspace)
    fresh = CanarySettings(
        judges=tuple(judges),
        round=len(sizes),
        first=next((number for number, rows in enumerate(sizes) if rows), len(sizes)),
        pictures=pictures,
        made_for=made_for,
        release=_newest_release(workspace),
        seed=seed,
    )
    if not sizes:
        return fresh
    last = len(sizes) - 1
    if not sizes[last]:
        return msgspec.structs.replace(fresh, round=last, first=last)
    said = from_table(workspace.tables.read(canary_table(last)), Canary)[0]
    if made_for and said.made_for != made_for:
        return fresh
    return msgspec.structs.replace(fresh, round=last, made_for=said.made_for, release=said.release)


def _sizes(workspace: Workspace) -> list[int]:
    """How many rows each round has that was taken so far."""
    sizes: list[int] = []
    while (known := workspace.tables.manifest(canary_table(len(sizes)))) is not None:
        sizes.append(known.rows)
    return sizes


def _pictures(workspace: Workspace) -> str:
    """The pictures that are there to be judged, as one hash: an output that failed again is no reason for a new round."""
    if workspace.tables.manifest("outputs") is None:
        return ""
    images = workspace.tables.read("outputs").column("image").drop_null().unique().to_pylist()
    return sha256("\n".join(sorted(images)).encode()).hexdigest()


def _newest_release(workspace: Workspace) -> str:
    folders = [folder.name for folder in workspace.releases.glob("[0-9]*.*.*") if folder.is_dir()]
    return max(folders, key=_version, default="")


def _version(name: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else -1 for part in name.split("."))
