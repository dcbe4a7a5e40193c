"""A folder from outside: which files lie in it, which content that is, and reading one without trusting it."""

import os
import stat
from hashlib import sha256
from pathlib import Path

import msgspec

from echoloop.images import Limits
from echoloop.records import Mistake
from echoloop.suites.layouts import Place

_LIMITS = Limits()
_DEEPEST = 3


class Shelf(msgspec.Struct, frozen=True):
    """A file inside a folder."""

    folder: str
    place: Place


def folder_content(folder: Path) -> str:
    """One hash over names, sizes and times of all files that a layout could speak of."""
    digest = sha256()
    for place in places_in(folder):
        digest.update(os.fsencode("/".join(place)) + b"\0")
        try:
            about = folder.joinpath(*place).stat()
        except OSError as error:
            digest.update(f"{type(error).__name__}\n".encode())
        else:
            digest.update(f"{about.st_mode} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def places_in(folder: Path) -> list[Place]:
    """Every file down to three names, in order of name; links to folders are not followed."""
    found: list[Place] = []
    try:
        os.scandir(folder).close()
    except OSError as error:
        raise Mistake(
            f"the folder of pictures cannot be read: {error.strerror}",
            where=folder,
            remedy="Name a folder that exists with --outputs.",
        ) from error
    for path, inner, files in os.walk(folder):
        above = Path(path).relative_to(folder).parts
        inner[:] = sorted(name for name in inner if len(above) + 1 < _DEEPEST)
        found += [(*above, name) for name in files]
    return sorted(found, key=lambda place: [os.fsencode(name) for name in place])


def read_shelf(shelf: Shelf) -> bytes:
    """The bytes of a plain file that lies inside the folder."""
    folder = Path(shelf.folder)
    path = folder.joinpath(*shelf.place)
    if not path.resolve(strict=True).is_relative_to(folder.resolve()):
        raise ValueError("a link to a place outside of the folder")
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise ValueError("not a plain file")
        if about.st_size > _LIMITS.file_bytes:
            raise ValueError(f"{about.st_size:,} bytes are more than {_LIMITS.file_bytes:,}")
        return file.read(_LIMITS.file_bytes + 1)


def shown_path(place: Place) -> str:
    """A path as tables show it: names that are not UTF-8 are written out."""
    return os.fsencode("/".join(place)).decode("utf-8", "backslashreplace")
