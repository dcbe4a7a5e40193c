"""What is being forgotten, on disk until it is done: a crash in the middle leaves it for the next `forget`."""

from pathlib import Path

import msgspec

from echoloop.workspace.directory import Workspace
from echoloop.workspace.manifests import DamagedTable
from echoloop.workspace.placing import place_file, sync_folder


class Unfinished(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The posts with the reasons for forgetting them, and every picture that may have to go with them."""

    reasons: dict[str, str] = {}
    pictures: tuple[str, ...] = ()


def unfinished(workspace: Workspace) -> Unfinished:
    """What an interrupted `forget` left to do; empty when there is nothing."""
    path = _journal(workspace)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Unfinished)
    except FileNotFoundError:
        return Unfinished()
    except msgspec.MsgspecError as error:
        raise DamagedTable(
            f"the journal of an interrupted `forget` does not read: {error}",
            where=path,
            remedy="Delete it and forget the same posts again.",
        ) from error


def begin(workspace: Workspace, work: Unfinished) -> None:
    """Write down what is to be done, before any of it is."""
    place_file(_journal(workspace), msgspec.json.encode(work))
    sync_folder(workspace.path)


def finish(workspace: Workspace) -> None:
    """All of it is done."""
    _journal(workspace).unlink(missing_ok=True)


def _journal(workspace: Workspace) -> Path:
    return workspace.path / "forgetting.json"
