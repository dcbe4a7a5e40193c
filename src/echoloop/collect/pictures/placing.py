"""Many files at once, each whole or not at all, and on the disk before anybody is told.

One after the other a small file's flush is all waiting. Here a group is written beside its places, the file system is
flushed once, and only then the files get their names: what has its name is whole, whatever happened to the power.
"""

import ctypes
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from echoloop.workspace import CouldNotWrite


class Drafts:
    """A group that is written and has no names yet. Drafts are named as `workspace` names and removes its own."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._drafts: dict[str, str] = {}
        mark = f"{os.getpid()}.{os.urandom(4).hex()}"
        try:
            for place, data in files.items():
                folder, _, name = place.rpartition(os.sep)
                self._drafts[place] = f"{folder}{os.sep}.{name}.{mark}"
                _write(self._drafts[place], data)
        except OSError as error:
            self._give_up(error)

    def name(self) -> None:
        """Give every file its name."""
        try:
            for place, draft in self._drafts.items():
                os.replace(draft, place)  # noqa: PTH105
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> NoReturn:
        for draft in self._drafts.values():
            with suppress(OSError):
                Path(draft).unlink()
        raise CouldNotWrite(
            f"pictures were not written: {error.strerror or error}",
            where=Path(next(iter(self._drafts))).parent.parent,
            remedy="Free some space (or check permissions) and run the same command again: what was told is kept.",
        ) from error


def flush_disk(folder: Path) -> None:
    """Return when everything that was written to the folder's file system is on the disk: its files and their names."""
    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if syncfs is None:
        os.sync()
        return
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise CouldNotWrite(f"the disk did not take the pictures: {os.strerror(number)}", where=folder)
    finally:
        os.close(descriptor)


def _write(draft: str, data: bytes) -> None:
    descriptor = _create(draft)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    finally:
        os.close(descriptor)


def _create(draft: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return os.open(draft, flags, 0o666)
    except FileNotFoundError:
        Path(draft).parent.mkdir(parents=True, exist_ok=True)
        return os.open(draft, flags, 0o666)
