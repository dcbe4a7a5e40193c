"""Pictures that lie beside an archive: plain files inside its folder, checked and stored like any other."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

import msgspec

from echoloop.collect.pictures.keeping import Arrived, keep_group
from echoloop.collect.pictures.outcomes import PictureOutcome
from echoloop.images import Limits
from echoloop.workspace import ImageStore

_ABSENT = "no such file: it is not beside the archive"
_OUTSIDE = "outside: the path leads out of the archive's folder"
_REMOTE = "not fetched: it lies behind a URL"
_GROUP = 16


class PictureFile(msgspec.Struct, frozen=True, kw_only=True):
    """A picture as an archive names it: `url` is a path below the archive's folder."""

    folder: str
    url: str


class NotHere(msgspec.Struct, frozen=True):
    """Why a picture that an archive names cannot be read. `again`: it may lie there another time."""

    reason: str
    again: bool = False


def picture_file(picture: PictureFile) -> Path | NotHere:
    """Where the picture lies: a plain file inside the archive's folder, wherever links lead, or nowhere."""
    if "://" in picture.url:
        return NotHere(_REMOTE, again=True)
    try:
        folder = Path(picture.folder).resolve()
        file = (folder / picture.url).resolve()
        if not file.is_relative_to(folder):
            return NotHere(_OUTSIDE)
        return file if file.is_file() else NotHere(_ABSENT, again=True)
    except (OSError, ValueError, RuntimeError):
        return NotHere(_ABSENT, again=True)


def keep_files(
    pictures: Sequence[PictureFile], store: ImageStore, limits: Limits | None = None
) -> list[PictureOutcome]:
    """One outcome a picture, in order; the pictures they name are on the disk."""
    chosen = limits or Limits()
    outcomes: list[PictureOutcome] = []
    for at in range(0, len(pictures), _GROUP):
        read = [_read(picture, chosen) for picture in pictures[at : at + _GROUP]]
        kept = iter(keep_group([one for one in read if isinstance(one, Arrived)], store, chosen))
        outcomes += [next(kept) if isinstance(one, Arrived) else one for one in read]
    return outcomes


def _read(picture: PictureFile, limits: Limits) -> Arrived | PictureOutcome:
    file = picture_file(picture)
    data = file if isinstance(file, NotHere) else _bytes_of(file, limits)
    if isinstance(data, NotHere):
        return PictureOutcome(url=picture.url, absence=data.reason, again=data.again)
    return Arrived(picture.url, data)


def _bytes_of(file: Path, limits: Limits) -> bytes | NotHere:
    """Opened without following a link and without waiting for a pipe: the file may have changed since it was looked at."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as opened:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return NotHere(_ABSENT, again=True)
            data = opened.read(limits.file_bytes + 1)
    except OSError:
        return NotHere(_ABSENT, again=True)
    if len(data) > limits.file_bytes:
        return NotHere(f"too_many_bytes: more than {limits.file_bytes:,}")
    return data
