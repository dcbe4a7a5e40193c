"""A path becomes a data set, by what lies there."""

from pathlib import Path
from typing import Literal, TypeAlias, get_args

from echoloop.records import Mistake
from echoloop.train.data.echo4o import TRACKS, Echo4o, track_folders
from echoloop.train.data.omnigen2 import OmniGen2
from echoloop.train.data.parquet_rows import ParquetRows
from echoloop.train.data.rows import Dataset
from echoloop.train.data.synthesized import CARD, Synthesized

Layout: TypeAlias = Literal["echo4o", "parquet", "omnigen2", "synthesized"]


def open_dataset(
    path: Path, kind: str | None = None, *, name: str | None = None, cache: Path | None = None
) -> Dataset:
    """The data set at a path. `kind` where its layout should not be guessed; `cache`: where archives are unpacked."""
    layout = _named(kind) if kind is not None else recognise(path)
    called = name or f"{layout}:{path.name}"
    if layout == "echo4o":
        return Echo4o(path, name=called, cache=cache)
    if layout == "parquet":
        return ParquetRows(_files(path, "parquet"), name=called)
    if layout == "synthesized":
        return Synthesized(path, name=called)
    return OmniGen2(_only(path, _files(path, "jsonl")), name=called)


def recognise(path: Path) -> Layout:
    """Which layout lies at a path."""
    if path.is_file() and path.suffix in (".parquet", ".jsonl"):
        return "parquet" if path.suffix == ".parquet" else "omnigen2"
    if path.is_dir():
        if (path / CARD).is_file():
            return "synthesized"
        if track_folders(path):
            return "echo4o"
        if next(path.rglob("*.parquet"), None):
            return "parquet"
        if next(path.glob("*.jsonl"), None):
            return "omnigen2"
    raise Mistake(
        "no data set that can be recognised" if path.exists() else "there is nothing at this path",
        where=path,
        remedy=f"Looked for {CARD} (ours), folders {', '.join(TRACKS)} (Echo-4o-Image), *.parquet (BAGEL), "
        "*.jsonl (OmniGen2).",
    )


def _named(kind: str) -> Layout:
    for layout in get_args(Layout):
        if kind == layout:
            return layout
    raise Mistake(
        f"no layout is called {kind!r}", where="kind", remedy=f"Choose one of {', '.join(get_args(Layout))}."
    )


def _files(path: Path, ending: str) -> list[Path]:
    found = [path] if path.is_file() else sorted(path.rglob(f"*.{ending}"))
    if not found:
        raise Mistake(f"no *.{ending} here", where=path, remedy="Check the path, or name another kind.")
    return found


def _only(path: Path, found: list[Path]) -> Path:
    if len(found) > 1:
        raise Mistake(
            f"{len(found)} *.jsonl files here",
            where=path,
            remedy="Name one file, or open each as a data set.",
        )
    return found[0]
