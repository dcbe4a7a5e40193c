"""Rows of a published Parquet file, or of a folder of its shards, a few at a time; pictures lie in them as bytes."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from echoloop.records import ImageRef, Mistake
from echoloop.suites.intake import Intake

_ROWS_AT_ONCE = 32


def parquet_rows(
    path: Path, needed: Sequence[str], also: Sequence[str] = ()
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each row with its number from 1, counted through all shards. `also` are columns that are read where there are any."""
    number = 0
    for shard in shards_of(path):
        try:
            with pq.ParquetFile(shard) as file:
                columns = set(file.schema_arrow.names)
                missing = [name for name in needed if name not in columns]
                if missing:
                    raise Mistake(
                        f"the file has no column {', '.join(missing)}",
                        where=shard,
                        remedy=f"It needs {', '.join(needed)}; it holds {', '.join(sorted(columns)[:20])}.",
                    )
                wanted = [*needed, *(name for name in also if name in columns)]
                for batch in file.iter_batches(_ROWS_AT_ONCE, columns=wanted):
                    for row in batch.to_pylist():
                        number += 1
                        yield number, row
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(shard, error) from error


def columns_of(path: Path) -> list[str]:
    """The names of the columns."""
    shard = shards_of(path)[0]
    try:
        return list(pq.read_schema(shard).names)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(shard, error) from error


def shards_of(path: Path) -> list[Path]:
    """The file itself, or the Parquet files of a folder in the order of their names."""
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.parquet")) or sorted(path.glob("*/*.parquet"))
    if not found:
        raise Mistake("there is no Parquet file in this folder", where=path, remedy="Name the file itself.")
    return found


def picture_in(cell: Any, intake: Intake, folder: Path, name: str) -> ImageRef:
    """The picture of a cell: bytes, {bytes, path} as the hub stores them, or the name of a file in a folder."""
    if isinstance(cell, dict):
        data: Any = cell.get("bytes")
        cell = data if isinstance(data, bytes) else cell.get("path")
    if isinstance(cell, bytes):
        return intake.put(cell, name)
    if isinstance(cell, str) and cell:
        return file_picture(folder, cell, intake)
    return ImageRef(sha256=None, url=name, absence="no picture in its row")


def file_picture(folder: Path, place: str, intake: Intake) -> ImageRef:
    """The picture of a file inside a folder; where it is not here, the reason names it."""
    found = intake.put_file(folder / place, folder)
    if found.sha256 is not None:
        return found
    return msgspec.structs.replace(found, absence=f"{place}: {found.absence}")


def _unreadable(shard: Path, error: Exception) -> Mistake:
    return Mistake(
        f"the file cannot be read as Parquet: {str(error)[:160]}",
        where=shard,
        remedy="Fetch it again; a file that git shows instead of the data is a pointer of a few lines.",
    )
