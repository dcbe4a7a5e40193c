"""Many files at once, each whole or not at all, and (with `flushers`) on the disk when the call returns.

One after the other a small file's flush is all waiting. Here a group is written beside its places, flushed together, and
only then given its names: a file that has its name is whole, whatever happened to the power.
"""

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from itertools import islice
from pathlib import Path

from echoloop.workspace import CouldNotWrite

_OPEN_AT_ONCE = 128


def place_group(files: Mapping[str, bytes], flushers: Executor | None) -> None:
    """Write files `folder/sub/name` by their whole paths. Drafts are named as `workspace` names and removes its own."""
    drafts = {place: _draft(place) for place in files}
    try:
        rest = iter(files.items())
        while group := dict(islice(rest, _OPEN_AT_ONCE)):
            _write({drafts[place]: data for place, data in group.items()}, flushers)
        for place, draft in drafts.items():
            os.replace(draft, place)  # noqa: PTH105
        if flushers is not None:
            below = {os.path.dirname(place) for place in files}  # noqa: PTH120
            _flush_folders(below | {os.path.dirname(folder) for folder in below}, flushers)  # noqa: PTH120
    except OSError as error:
        for draft in drafts.values():
            with suppress(OSError):
                Path(draft).unlink()
        raise CouldNotWrite(
            f"pictures were not written: {error.strerror or error}",
            where=Path(next(iter(files))).parent.parent,
            remedy="Free some space (or check permissions) and run the same command again: what was told is kept.",
        ) from error


def _draft(place: str) -> str:
    folder, _, name = place.rpartition(os.sep)
    return f"{folder}{os.sep}.{name}.{os.getpid()}.{os.urandom(4).hex()}"


def _write(drafts: Mapping[str, bytes], flushers: Executor | None) -> None:
    opened: list[int] = []
    try:
        for draft, data in drafts.items():
            opened.append(_create(draft))
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(opened[-1], rest) :]
        if flushers is not None:
            _flush(opened, flushers)
    finally:
        for descriptor in opened:
            os.close(descriptor)


def _create(draft: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return os.open(draft, flags, 0o666)
    except FileNotFoundError:
        Path(draft).parent.mkdir(parents=True, exist_ok=True)
        return os.open(draft, flags, 0o666)


def _flush_folders(folders: Iterable[str], flushers: Executor) -> None:
    opened: list[int] = []
    try:
        opened.extend(os.open(folder, os.O_RDONLY) for folder in folders)
        _flush(opened, flushers)
    finally:
        for descriptor in opened:
            os.close(descriptor)


def _flush(opened: Iterable[int], flushers: Executor) -> None:
    for _ in flushers.map(os.fsync, opened):
        pass
