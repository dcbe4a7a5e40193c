"""A release as it lies on disk, read back without its pictures' bytes: what the next version and a reader compare with."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from echoloop.curate.releasing.rows import hash_of
from echoloop.curate.releasing.shards import shards_of
from echoloop.records import Problem

NOTE = "release.json"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A published row. `rest` is every other column."""

    id: str
    sample: str
    split: str
    prompt: str | None
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    posts: tuple[str, ...]
    held_out: bool
    rest: Mapping[str, Any]

    @property
    def pictures(self) -> tuple[str, ...]:
        """Every picture by hash."""
        return (*self.inputs, *self.outputs)


class ReleaseNote(msgspec.Struct, frozen=True, kw_only=True):
    """How a version was made: what the next one goes on with."""

    version: str
    subject: str
    hold_out: float = 0.0
    public_prompts: bool = False


def read_note(folder: Path) -> ReleaseNote | None:
    """None for a release that has none."""
    try:
        return msgspec.json.decode((folder / NOTE).read_bytes(), type=ReleaseNote)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise Problem(
            f"a release does not say how it was made: {error}",
            where=folder / NOTE,
            remedy=f"Restore the folder from a copy; `echoloop release verify {folder}` says what is damaged.",
        ) from error


def read_told(folder: Path) -> list[Told]:
    """Every row of a release."""
    try:
        return [told for split, paths in shards_of(folder).items() for told in _rows(split, paths)]
    except (OSError, pa.ArrowException, KeyError, TypeError) as error:
        raise Problem(
            f"a release cannot be read: {error}",
            where=folder,
            remedy=f"Restore the folder from a copy; `echoloop release verify {folder}` says what is damaged.",
        ) from error


def _rows(split: str, paths: list[Path]) -> Iterator[Told]:
    for path in paths:
        with pq.ParquetFile(path) as file:
            leaves = [file.schema.column(place).path for place in range(len(file.schema))]
            light = [leaf for leaf in leaves if not leaf.endswith(".bytes")]
            for group in range(file.num_row_groups):
                for row in file.read_row_group(group, columns=light, use_threads=False).to_pylist():
                    yield _told(split, row)


def _told(split: str, row: dict[str, Any]) -> Told:
    name = row.pop("id")
    return Told(
        id=name,
        sample=row.pop("sample", name),
        split=split,
        prompt=row.pop("prompt", None),
        inputs=_hashes(row.pop("input_images")),
        outputs=_hashes(row.pop("output_images")),
        posts=tuple(row.pop("source_posts")),
        held_out=bool(row.pop("held_out", False)),
        rest=row,
    )


def _hashes(pictures: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(picture.get("sha256") or hash_of(picture.get("path") or "") for picture in pictures)
