"""The one way a file comes to be: whole or not at all."""

import os
import re
from pathlib import Path

from echoloop.records import Problem

_DRAFT = re.compile(r"\..+\.\d+\.[0-9a-f]{8}")


class CouldNotWrite(Problem):
    """The disk would not take it. What was there before is untouched."""


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: after a rename, the file's own flush says nothing of where it lies."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def place_file(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write beside, flush to disk, then rename: a reader sees the old file or the new one.

    What can be made again from what is on the disk need not be `durable`: after a power cut it is simply made again.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        with beside.open("wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise CouldNotWrite(
            f"a file was not written: {error.strerror or error}",
            where=path,
            remedy="Free some space (or check permissions) and run the same command again: nothing paid is lost.",
        ) from error
    finally:
        beside.unlink(missing_ok=True)


def remove_drafts(folder: Path) -> None:
    """Remove what writers that were killed before their rename left, however deep. Nobody may be writing meanwhile."""
    for path in folder.rglob(".*"):
        if _DRAFT.fullmatch(path.name) and path.is_file():
            path.unlink(missing_ok=True)
