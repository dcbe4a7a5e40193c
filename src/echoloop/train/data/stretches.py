"""Bytes of a file, by place: what lines, archive members and plain pictures have in common."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from echoloop.train.data.rows import Picture, Unusable

MOST_BYTES = 64 * 1024 * 1024
"""No picture for training is larger; a claim of more is not believed, and nothing is allocated for it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """`length` bytes of a file from `start` on. `name`: what people call them, a member of an archive for instance."""

    path: Path
    start: int
    length: int
    name: str = ""

    @property
    def where(self) -> str:
        return f"{self.path} [{self.name}]" if self.name else str(self.path)

    def read(self) -> bytes:
        if self.length > MOST_BYTES:
            raise Unusable(
                "picture_unreadable", f"{self.where}: {self.length:,} bytes, the limit is {MOST_BYTES:,}"
            )
        try:
            with self.path.open("rb") as file:
                file.seek(self.start)
                data = file.read(self.length)
        except OSError as fault:
            raise Unusable("picture_unreadable", f"{self.where}: {fault.strerror or fault}") from fault
        if len(data) < self.length:
            raise Unusable(
                "picture_unreadable",
                f"{self.where}: the file ends {self.length - len(data):,} bytes early; fetch it again",
            )
        return data

    def picture(self) -> Picture:
        return Picture(self.where, self.read)


def whole_file(path: Path) -> Stretch:
    """A regular file from its first to its last byte; pipes, devices and folders are refused before they are opened."""
    try:
        found = path.stat()
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else fault
        raise Unusable("picture_missing", f"{path}: {reason}") from fault
    if not stat.S_ISREG(found.st_mode):
        raise Unusable("path_refused", f"{path} is no regular file")
    return Stretch(path, 0, found.st_size)


def inside(root: Path, told: str) -> Path:
    """Where a path of a row leads, if that is inside the data set's folder, links followed."""
    if not told or "\0" in told:
        raise Unusable("path_refused", f"{told!r} is no path")
    path = root / told
    try:
        resolved = path.resolve()
    except (OSError, ValueError, RuntimeError) as fault:
        raise Unusable("path_refused", f"{told!r}: {fault}") from fault
    if not any(resolved.is_relative_to(allowed) for allowed in _allowed(root)):
        raise Unusable("path_refused", f"{told!r} leads out of {root}; only files inside it are read")
    return Path(os.path.normpath(path))


def _allowed(root: Path) -> tuple[Path, ...]:
    """The folder itself, and where it is a snapshot in a hub's cache, the files its links stand for."""
    here = root.resolve()
    for above in here.parents:
        if above.name == "snapshots" and (above.parent / "blobs").is_dir():
            return here, above.parent / "blobs"
    return (here,)
