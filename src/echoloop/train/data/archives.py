"""Tar archives as places of bytes. Nothing is extracted by name, so no name can lead anywhere."""

import fcntl
import gzip
import hashlib
import os
import struct
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from echoloop.records import Problem
from echoloop.train.data.stretches import MOST_BYTES, Stretch
from echoloop.workspace import CouldNotWrite, place_file

FAULTS = (
    tarfile.TarError,
    OSError,
    EOFError,
    ValueError,
    RecursionError,
    struct.error,
    zlib.error,
    OverflowError,
)
_ROOM = 256 * 1024 * 1024


class Shard(msgspec.Struct, frozen=True):
    """What an archive holds that can be read: (name, start, length), in `path`. `fault`: why the rest cannot."""

    path: str
    members: tuple[tuple[str, int, int], ...]
    fault: str = ""

    def stretches(self) -> Iterator[Stretch]:
        for name, start, length in self.members:
            yield Stretch(Path(self.path), start, length, name)


def open_tar(path: Path) -> Shard:
    """Where the regular files of an uncompressed archive lie; of a damaged one, those before the damage."""
    members: list[tuple[str, int, int]] = []
    try:
        size = path.stat().st_size
        with tarfile.open(path, "r:") as archive:
            while (info := archive.next()) is not None:
                _forget(archive)
                if info.isreg() and not info.issparse() and info.offset_data + info.size <= size:
                    members.append((info.name, info.offset_data, info.size))
    except FAULTS as fault:
        return Shard(str(path), tuple(members), f"the archive is damaged: {fault}")
    return Shard(str(path), tuple(members))


def open_compressed_tar(path: Path, cache: Path, *, ratio: int = 30) -> Shard:
    """Decompress an archive into one file of the cache, once for all processes, and say where its files lie there.

    An archive that grows more than `ratio` times (and beyond 256 MiB) is refused: pictures do not compress.
    """
    found = path.stat()
    identity = f"{path.resolve()}\0{found.st_size}\0{found.st_mtime_ns}"
    stem = f"{path.name.split('.')[0]}-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"
    index = cache / f"{stem}.json"
    with _locked(cache, stem):
        target = cache / f"{stem}.bin"
        known = _known(index, target)
        if known is not None:
            return known
        shard = _unpack(path, target, max(_ROOM, found.st_size * ratio))
        place_file(index, msgspec.json.encode(shard))
        return shard


def _known(index: Path, target: Path) -> Shard | None:
    """What an earlier run unpacked, wherever the cache lay then."""
    try:
        shard = msgspec.json.decode(index.read_bytes(), type=Shard)
        whole = target.stat().st_size == sum(length for _, _, length in shard.members)
    except (OSError, msgspec.DecodeError):
        return None
    return Shard(str(target), shard.members, shard.fault) if whole else None


def _forget(archive: tarfile.TarFile) -> None:
    """Or the library keeps a record of each member it has passed."""
    archive.members = []  # pyright: ignore[reportAttributeAccessIssue]


class _Locked:
    """One process unpacks, the others wait for it; the system lets go when a process dies."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __enter__(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _locked(cache: Path, stem: str) -> _Locked:
    try:
        cache.mkdir(parents=True, exist_ok=True)
        return _Locked((cache / f".{stem}.lock").open("ab"))
    except OSError as fault:
        raise Problem(
            f"no compressed archive can be unpacked here: {fault.strerror or fault}",
            where=cache,
            remedy="Name a folder that can be written to as the cache, or unpack the archives yourself.",
        ) from fault


class TooLarge(Exception):
    """An archive that grows beyond belief."""


class _Bounded:
    """A stream that stops giving after so many bytes."""

    def __init__(self, source: IO[bytes], most: int) -> None:
        self._source = source
        self._left = most
        self._most = most

    def read(self, count: int = -1) -> bytes:
        data = self._source.read(min(count, 1 << 20) if count >= 0 else 1 << 20)
        self._left -= len(data)
        if self._left < 0:
            raise TooLarge(f"the archive grows beyond {self._most:,} bytes: refused")
        return data


def _unpack(path: Path, target: Path, most: int) -> Shard:
    """Every regular file of the archive, one behind the other, in `target`."""
    members: list[tuple[str, int, int]] = []
    draft = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(4).hex()}")
    fault = ""
    try:
        with draft.open("wb") as out:
            try:
                _copy_members(path, out, most, members)
            except TooLarge as refused:
                members, fault = [], str(refused)
            except FAULTS as damage:
                fault = f"the archive is damaged: {damage}"
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)
    except OSError as full:
        raise CouldNotWrite(
            f"an archive was not unpacked: {full.strerror or full}",
            where=target,
            remedy="Free some space, or name another folder as the cache.",
        ) from full
    finally:
        draft.unlink(missing_ok=True)
    return Shard(str(target), tuple(members), fault)


def _copy_members(path: Path, out: IO[bytes], most: int, members: list[tuple[str, int, int]]) -> None:
    with gzip.open(path) as plain, tarfile.open(fileobj=_Bounded(plain, most), mode="r|") as archive:  # pyright: ignore[reportArgumentType, reportCallIssue]
        while (info := archive.next()) is not None:
            _forget(archive)
            source = archive.extractfile(info) if info.isreg() and info.size <= MOST_BYTES else None
            if source is None:
                continue
            data = source.read()
            if len(data) == info.size:
                start = out.tell()
                _write(out, data)
                members.append((info.name, start, info.size))


def _write(out: IO[bytes], data: bytes) -> None:
    try:
        out.write(data)
    except OSError as full:
        raise CouldNotWrite(
            f"an archive was not unpacked: {full.strerror or full}",
            where=out.name,
            remedy="Free some space, or name another folder as the cache.",
        ) from full
