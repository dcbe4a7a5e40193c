"""Paths, globs and `-` -> archives, each file once."""

import glob
from collections.abc import Mapping, Sequence
from pathlib import Path

from echoloop.collect.archives.archive import Archive
from echoloop.collect.archives.formats import Format
from echoloop.collect.archives.streams import Stream
from echoloop.records import Mistake

_STANDARD_INPUT = "-"


def open_archives(
    patterns: Sequence[str],
    format: Format | None = None,  # noqa: A002
    mapping: Mapping[str, str] | None = None,
) -> list[Archive]:
    """Every archive that the patterns name, in the order of their paths; standard input comes last."""
    files: dict[Path, Path] = {}
    for pattern in patterns:
        if pattern != _STANDARD_INPUT:
            for path in _paths(pattern):
                files.setdefault(path.resolve(), path)
    archives = [
        Archive(_stream(path, label), label, _folder(path), format, mapping)
        for path, label in _labelled(sorted(files.values()))
    ]
    if _STANDARD_INPUT in patterns:
        label = "standard input"
        archives.append(Archive(Stream(None, label), label, None, format, mapping))
    return archives


def _paths(pattern: str) -> list[Path]:
    path = Path(pattern).expanduser()
    if path.is_dir():
        raise Mistake(
            "this is a folder, not an archive", where=pattern, remedy=f"Name its files: '{path / '*.jsonl'}'"
        )
    if path.exists():
        if not (path.is_file() or path.is_fifo()):
            raise Mistake("this is no file", where=pattern, remedy="Name a file, or - for standard input.")
        return [path]
    found = [Path(name) for name in glob.glob(str(path), recursive=True)]  # noqa: PTH207
    files = [one for one in found if one.is_file()]
    if not files:
        folders = " (only folders)" if found else ""
        raise Mistake(
            f"there is no such archive{folders}",
            where=pattern,
            remedy="Check the path; a glob must match files.",
        )
    return files


def _labelled(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """A file is called by its name, or by its path where two have the same name."""
    names = [path.name for path in paths]
    return [(path, path.name if names.count(path.name) == 1 else str(path)) for path in paths]


def _stream(path: Path, label: str) -> Stream:
    return Stream(path, label, once=not path.is_file())


def _folder(path: Path) -> Path | None:
    return path.parent if path.is_file() else None
