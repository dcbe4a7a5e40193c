"""A folder of pictures from outside: what lies in it, which content that is, and reading one file without trusting it."""

import os
import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from echoloop.images import Limits
from echoloop.records import Mistake

LIMITS = Limits()


class Found(NamedTuple):
    """A file, or a folder that is not looked into, by its path inside the folder: one name or two."""

    place: tuple[str, ...]
    is_folder: bool = False

    @property
    def path(self) -> str:
        """The path as tables show it: names that are not UTF-8 are written out."""
        return os.fsencode("/".join(self.place)).decode("utf-8", "backslashreplace")


class UnreadableFile(ValueError):
    """A file that cannot be taken, and why."""


def folder_identity(folder: Path) -> str:
    """One hash over names, sizes and times: another file, or the same one written again, is another content."""
    _check(folder)
    digest = sha256()
    for one in listing(folder):
        digest.update(os.fsencode("/".join(one.place)) + b"\0")
        try:
            about = folder.joinpath(*one.place).stat()
        except OSError as error:
            digest.update(f"{type(error).__name__}\n".encode())
        else:
            digest.update(f"{about.st_mode} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def listing(folder: Path) -> Iterator[Found]:
    """Everything in it and in its folders, in order of name; what lies deeper is named and not looked into."""
    for entry in _entries(folder):
        if not entry.is_dir(follow_symlinks=False):
            yield Found((entry.name,))
            continue
        yield Found((entry.name,), is_folder=True)
        for inner in _entries(Path(entry.path)):
            deeper = inner.is_dir(follow_symlinks=False)
            yield Found((entry.name, inner.name), is_folder=deeper)


def read_file(folder: Path, place: tuple[str, ...]) -> bytes:
    """The bytes of a plain file that lies inside the folder. Raises UnreadableFile."""
    path = folder.joinpath(*place)
    try:
        if not path.resolve(strict=True).is_relative_to(folder.resolve()):
            raise UnreadableFile("a link to a place outside of the folder")
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except (OSError, RuntimeError) as error:
        raise UnreadableFile(_words(error)) from error
    try:
        _check_plain(os.fstat(descriptor))
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(LIMITS.file_bytes + 1)
    except OSError as error:
        raise UnreadableFile(_words(error)) from error
    finally:
        os.close(descriptor)


def _check_plain(about: os.stat_result) -> None:
    if not stat.S_ISREG(about.st_mode):
        raise UnreadableFile("not a plain file")
    if about.st_size > LIMITS.file_bytes:
        raise UnreadableFile(f"{about.st_size:,} bytes are more than {LIMITS.file_bytes:,}")


def _words(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or str(error)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: os.fsencode(entry.name))
    except OSError:
        return []


def _check(folder: Path) -> None:
    try:
        os.scandir(folder).close()
    except OSError as error:
        raise Mistake(
            f"the folder of pictures cannot be read: {error.strerror}",
            where=folder,
            remedy="Name a folder that exists as `folder` under [models.NAME].",
        ) from error
