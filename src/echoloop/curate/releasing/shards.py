"""A split as Parquet files of bounded size, written and read a few rows at a time: a release may be larger than memory."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from echoloop.curate.releasing.columns import Column, schema_of
from echoloop.curate.releasing.rows import Row

SHARD_BYTES = 500_000_000
_GROUP_BYTES = 32_000_000
_GROUP_ROWS = 1_000


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a split: its files, its rows, their bytes in memory and on disk."""

    files: tuple[str, ...]
    items: int
    bytes: int
    file_bytes: int


def write_split(
    folder: Path,
    split: str,
    rows: Sequence[Row],
    columns: tuple[Column, ...],
    fill: Callable[[Row], dict[str, Any]],
    weigh: Callable[[Row], int],
    *,
    shard_bytes: int = SHARD_BYTES,
) -> Written:
    """`data/<split>/test-00000-of-0000N.parquet`. The same rows are the same bytes."""
    shards = list(_portions(rows, weigh, shard_bytes, len(rows)))
    schema = schema_of(columns)
    names = [f"data/{split}/test-{at:05d}-of-{len(shards):05d}.parquet" for at in range(len(shards))]
    size = 0
    for name, shard in zip(names, shards, strict=True):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with pq.ParquetWriter(folder / name, schema, compression="zstd", use_dictionary=False) as writer:
            for group in _portions(shard, weigh, _GROUP_BYTES, _GROUP_ROWS):
                table = pa.Table.from_pylist([fill(row) for row in group], schema=schema)
                size += table.nbytes
                writer.write_table(table, row_group_size=len(group))
    return Written(
        files=tuple(names),
        items=len(rows),
        bytes=size,
        file_bytes=sum((folder / name).stat().st_size for name in names),
    )


def shards_of(folder: Path) -> dict[str, list[Path]]:
    """The Parquet files of a release by split, in order."""
    found: dict[str, list[Path]] = {}
    for path in sorted((folder / "data").glob("*/*.parquet")):
        found.setdefault(path.parent.name, []).append(path)
    return found


def read_groups(path: Path, columns: Sequence[str] | None = None) -> Iterator[list[dict[str, Any]]]:
    """The rows of a file, a row group at a time."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            wanted = None if columns is None else list(columns)
            yield file.read_row_group(group, columns=wanted, use_threads=False).to_pylist()


def _portions(
    rows: Sequence[Row], weigh: Callable[[Row], int], most_bytes: int, most_rows: int
) -> Iterator[list[Row]]:
    portion: list[Row] = []
    size = 0
    for row in rows:
        own = weigh(row)
        if portion and (size + own > most_bytes or len(portion) >= most_rows):
            yield portion
            portion, size = [], 0
        portion.append(row)
        size += own
    if portion:
        yield portion
