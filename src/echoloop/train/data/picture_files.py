"""The pictures of one track, in archives and in folders, found by the ending of the path that a row states."""

import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from echoloop.train.data.archives import Shard, open_compressed_tar, open_tar
from echoloop.train.data.rows import Bad, Unusable
from echoloop.train.data.stretches import Stretch

_PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".gif"}


class PictureFiles:
    """Published rows state paths of the machine where they were made: only the ending can be trusted.

    Of several files with the last name, the one that shares the longest ending is meant; a tie is ambiguous. A last name
    that rows use for several pictures must agree in its folder too, or a missing picture would be replaced by its namesake.
    """

    def __init__(self, folder: Path, cache: Path, stated: Iterable[str]) -> None:
        self._files: dict[str, list[tuple[tuple[str, ...], Stretch]]] = {}
        self._shared = _shared_names(stated)
        self.faults: list[Bad] = []
        for stretch in self._all(folder, cache):
            path = _parts(stretch.name) if stretch.name else _parts(str(stretch.path.relative_to(folder)))
            if path:
                self._files.setdefault(path[-1], []).append((path, stretch))

    def find(self, told: str) -> Stretch:
        wanted = _parts(told)
        if not wanted or "\0" in told or wanted[-1] == "..":
            raise Unusable("path_refused", f"{told!r} is no path of a picture")
        ranked = [(_ending(wanted, path), stretch) for path, stretch in self._files.get(wanted[-1], [])]
        best = max((length for length, _ in ranked), default=0)
        if best < (2 if wanted[-1] in self._shared else 1):
            raise Unusable("picture_missing", f"no file ends like {told!r}")
        found = [stretch for length, stretch in ranked if length == best]
        if len(found) > 1:
            places = " and ".join(stretch.where for stretch in found[:2])
            raise Unusable("picture_ambiguous", f"{len(found)} files end like {told!r}: {places}")
        return found[0]

    def _all(self, folder: Path, cache: Path) -> Iterator[Stretch]:
        for here, folders, names in os.walk(folder):
            folders[:] = sorted(name for name in folders if (Path(here) / name) != cache)
            for name in sorted(names):
                path = Path(here) / name
                if name.endswith(".tar"):
                    yield from self._of_archive(path, open_tar(path))
                elif name.endswith((".tar.gz", ".tgz")):
                    yield from self._of_archive(path, open_compressed_tar(path, cache))
                elif path.suffix.lower() in _PICTURES and path.is_file():
                    yield Stretch(path, 0, path.stat().st_size)

    def _of_archive(self, path: Path, shard: Shard) -> Iterator[Stretch]:
        if shard.fault:
            detail = f"{shard.fault}; {len(shard.members)} files of it can be read"
            self.faults.append(Bad(name=str(path), reason="picture_unreadable", detail=detail))
        for stretch in shard.stretches():
            if PurePosixPath(stretch.name).suffix.lower() in _PICTURES:
                yield stretch


def _parts(told: str) -> tuple[str, ...]:
    return tuple(part for part in told.replace("\\", "/").split("/") if part not in ("", "."))


def _ending(wanted: tuple[str, ...], path: tuple[str, ...]) -> int:
    """How many names, from the last on, are the same."""
    same = 0
    for mine, other in zip(reversed(wanted), reversed(path), strict=False):
        if mine != other:
            break
        same += 1
    return same


def _shared_names(stated: Iterable[str]) -> set[str]:
    """Last names that stand for several pictures in the rows. Whole paths are kept as short checksums only."""
    first: dict[str, int] = {}
    shared: set[str] = set()
    for told in stated:
        parts = _parts(told)
        if parts:
            mark = zlib.crc32("/".join(parts).encode(errors="replace"))
            if first.setdefault(parts[-1], mark) != mark:
                shared.add(parts[-1])
    return shared
