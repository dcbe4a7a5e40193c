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
    """The last round, where it was taken for the outputs there are; the next one, where they have changed since."""
    made_for = _pictures(workspace)
    rounds = 0
    while workspace.tables.manifest(canary_table(rounds)) is not None:
        rounds += 1
    fresh = CanarySettings(
        judges=tuple(judges),
        round=rounds,
        pictures=pictures,
        made_for=made_for,
        release=_newest_release(workspace),
        seed=seed,
    )
    if not rounds:
        return fresh
    last = from_table(workspace.tables.read(canary_table(rounds - 1)), Canary)[:1]
    if last and made_for and last[0].made_for != made_for:
        return fresh
    said = last[0] if last else None
    return msgspec.structs.replace(
        fresh,
        round=rounds - 1,
        made_for=said.made_for if said else made_for,
        release=said.release if said else fresh.release,
    )


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
