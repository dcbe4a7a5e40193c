"""Tables on disk: parts first, manifest last, the same rows always the same bytes."""

import hashlib
import os
import shutil
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from echoloop.records import Mistake
from echoloop.records.arrow import cast_to, sort_by_key
from echoloop.workspace.manifests import (
    DamagedTable,
    Manifest,
    Origin,
    PartFile,
    read_manifest,
    write_manifest,
)
from echoloop.workspace.placing import CouldNotWrite, sync_folder

ROWS_PER_PART = 65_536


class _PartGone(DamagedTable):
    """A part that is not there: lost, or replaced together with the manifest that was just read."""


class Tables:
    """The tables of one workspace, by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """Every complete table, in the order of the loop."""
        manifests = [
            manifest
            for path in sorted(self.folder.glob("*/manifest.json"))
            if (manifest := read_manifest(path))
        ]
        return [manifest.table for manifest in sorted(manifests, key=lambda m: (m.origin.position, m.table))]

    def manifest(self, name: str) -> Manifest | None:
        """What is known of a table, or None when it is not complete."""
        return read_manifest(self.folder / name / "manifest.json")

    def read(self, name: str) -> pa.Table:
        """The whole table. A missing or damaged one says what to run."""
        manifest = self._known(name)
        try:
            return self._read_parts(name, manifest)
        except _PartGone:
            replaced = self._known(name)
            if replaced.generation == manifest.generation:
                raise
            return self._read_parts(name, replaced)

    def write(
        self,
        name: str,
        table: pa.Table,
        record: type[msgspec.Struct],
        origin: Origin = Origin(),  # noqa: B008 - frozen
    ) -> Manifest:
        """Replace a table: its new parts, then its manifest, then the old parts go.

        Parts that a manifest may name are never touched before the manifest that replaces it is on the disk.
        """
        ordered = sort_by_key(cast_to(table, record), record).combine_chunks()
        home = self.folder / name
        draft = home / f".draft-{os.getpid()}"
        try:
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(parents=True)
            parts = _write_parts(draft, ordered)
            manifest = Manifest(
                table=name,
                record=record.__name__,
                rows=ordered.num_rows,
                generation=_settle(draft, home, parts),
                parts=parts,
                origin=origin,
            )
            write_manifest(home / "manifest.json", manifest)
        except OSError as error:
            raise CouldNotWrite(
                f"table {name!r} was not written: {error.strerror or error}",
                where=home,
                remedy="Free some space (or check permissions) and run the same command again: nothing paid is lost.",
            ) from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        self._remove_old(home, manifest.generation)
        return manifest

    def remove(self, name: str) -> None:
        """Take a table away, manifest first."""
        (self.folder / name / "manifest.json").unlink(missing_ok=True)
        shutil.rmtree(self.folder / name, ignore_errors=True)

    def _known(self, name: str) -> Manifest:
        manifest = self.manifest(name)
        if manifest is None:
            raise Mistake(
                f"there is no table {name!r} yet",
                where=self.folder / name,
                remedy="Run the act that makes it first; `echoloop status` lists what is there.",
            )
        return manifest

    def _read_parts(self, name: str, manifest: Manifest) -> pa.Table:
        return pa.concat_tables([self._read_part(name, manifest, part) for part in manifest.parts])

    def _read_part(self, name: str, manifest: Manifest, part: PartFile) -> pa.Table:
        path = self.folder / name / manifest.generation / part.file
        remedy = f"Delete {self.folder / name} and run the act again; its receipts make that free."
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise _PartGone(f"a part of table {name!r} is gone", where=path, remedy=remedy) from error
        if len(data) != part.bytes or hashlib.sha256(data).hexdigest() != part.sha256:
            raise DamagedTable(
                f"a part of table {name!r} has {len(data)} bytes that are not the {part.bytes} its manifest names",
                where=path,
                remedy=remedy,
            )
        # One thread: a worker thread that lets go of these bytes while the interpreter ends aborts the process.
        return pq.ParquetFile(pa.BufferReader(data)).read(use_threads=False)

    def sweep(self) -> None:
        """Remove what killed writers left: drafts, parts that no manifest names. Needs the writer's lock."""
        for home in filter(Path.is_dir, self.folder.glob("*")):
            manifest = self.manifest(home.name)
            self._remove_old(home, manifest.generation if manifest else "")

    @staticmethod
    def _remove_old(home: Path, keep: str) -> None:
        for entry in home.iterdir():
            if entry.is_dir() and entry.name != keep:
                shutil.rmtree(entry, ignore_errors=True)


def _settle(draft: Path, home: Path, parts: tuple[PartFile, ...]) -> str:
    """The folder under `home` that now holds these parts: one that is there and whole, else the draft under a free name."""
    content = hashlib.sha256("".join(part.sha256 for part in parts).encode()).hexdigest()[:16]
    name, tries = content, 1
    while (home / name).exists():
        if all(_is_whole(home / name / part.file, part) for part in parts):
            return name
        tries += 1
        name = f"{content}-{tries}"
    sync_folder(draft)
    draft.rename(home / name)
    sync_folder(home)
    return name


def _is_whole(path: Path, part: PartFile) -> bool:
    try:
        data = path.read_bytes()
    except OSError:
        return False
    return len(data) == part.bytes and hashlib.sha256(data).hexdigest() == part.sha256


def _write_parts(folder: Path, table: pa.Table) -> tuple[PartFile, ...]:
    starts = range(0, max(table.num_rows, 1), ROWS_PER_PART)
    return tuple(
        _write_part(folder / f"part-{number:05d}.parquet", table.slice(start, ROWS_PER_PART))
        for number, start in enumerate(starts)
    )


def _write_part(path: Path, rows: pa.Table) -> PartFile:
    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink, compression="zstd", store_schema=True)
    data = sink.getvalue().to_pybytes()
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return PartFile(
        file=path.name, rows=rows.num_rows, bytes=len(data), sha256=hashlib.sha256(data).hexdigest()
    )
