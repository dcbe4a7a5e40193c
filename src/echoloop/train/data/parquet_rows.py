"""BAGEL's Parquet rows: `image_list` (the last is the target, the others are references) and `instruction_list`."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from echoloop.records import Mistake
from echoloop.train.data.order import WINDOW
from echoloop.train.data.rows import Bad, Picture, Row, Unusable

COLUMNS = ("image_list", "instruction_list")
_FAULTS = (pa.ArrowException, OSError, ValueError, UnicodeError)


class ParquetRows:
    """Rows of all files, a row group being a chunk: it is read whole, and the last few stay in memory.

    Of a row's instructions one is drawn: from the last of the lists, which is the one that leads to the target.
    """

    def __init__(self, paths: Sequence[Path], *, name: str = "parquet") -> None:
        self.name = name
        self.faults: list[Bad] = []
        self._groups: list[tuple[Path, int]] = []
        sizes: list[int] = []
        for path in paths:
            for group, rows in enumerate(self._sizes(path)):
                self._groups.append((path, group))
                sizes.append(rows)
        if not sum(sizes):
            told = "; ".join(f"{bad.name}: {bad.detail}" for bad in self.faults[:3])
            raise Mistake(
                f"no rows in {len(paths)} Parquet files" + (f": {told}" if told else ""),
                where=paths[0].parent if paths else "",
                remedy="Fetch the files again.",
            )
        self.chunks: Sequence[int] = tuple(sizes)
        self._ends = np.cumsum(sizes)
        self._kept: OrderedDict[int, pa.Table] = OrderedDict()
        self._lock = threading.Lock()

    def row(self, index: int, rng: np.random.Generator) -> Row | Bad:
        chunk = int(np.searchsorted(self._ends, index, side="right"))
        path, group = self._groups[chunk]
        place = index - (int(self._ends[chunk - 1]) if chunk else 0)
        name = f"{path.name}:{group}:{place}"
        try:
            table = self._table(chunk)
            images, instructions = (table.column(column)[place].as_py() for column in COLUMNS)
            return self._row(name, images, instructions, rng)
        except Unusable as fault:
            return Bad(name=name, dataset=self.name, reason=fault.reason, detail=fault.detail)
        except _FAULTS as fault:
            return Bad(name=name, dataset=self.name, reason="malformed_row", detail=f"{path}: {fault}")

    def _row(self, name: str, images: Any, instructions: Any, rng: np.random.Generator) -> Row:
        if not images or any(not data for data in images):
            raise Unusable(
                "picture_missing", f"image_list holds {len(images or ())} pictures, or an empty one"
            )
        lists = [[text for text in texts if text and text.strip()] for texts in instructions or [] if texts]
        offered = next((texts for texts in reversed(lists) if texts), [])
        if not offered:
            raise Unusable("empty_instruction", "instruction_list holds no text")
        pictures = [
            Picture(f"{name} image_list[{place}]", partial(bytes, data)) for place, data in enumerate(images)
        ]
        return Row(
            name=name,
            dataset=self.name,
            instruction=offered[int(rng.integers(len(offered)))],
            inputs=tuple(pictures[:-1]),
            output=pictures[-1],
        )

    def _sizes(self, path: Path) -> list[int]:
        """Rows of each group; a file that cannot be read becomes a fault, one of another kind a mistake."""
        try:
            with pq.ParquetFile(path) as file:
                _check_columns(path, file.schema_arrow)
                return [
                    file.metadata.row_group(group).num_rows for group in range(file.metadata.num_row_groups)
                ]
        except _FAULTS as fault:
            self.faults.append(
                Bad(name=str(path), reason="malformed_row", detail=f"no Parquet file: {fault}")
            )
            return []

    def _table(self, chunk: int) -> pa.Table:
        with self._lock:
            if chunk not in self._kept:
                path, group = self._groups[chunk]
                with pq.ParquetFile(path) as file:
                    self._kept[chunk] = file.read_row_group(group, columns=list(COLUMNS))
                while len(self._kept) > WINDOW:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(chunk)
            return self._kept[chunk]


def _check_columns(path: Path, schema: pa.Schema) -> None:
    wanted = {"image_list": _is_pictures, "instruction_list": _is_texts}
    for column, fits in wanted.items():
        place = schema.get_field_index(column)
        if place < 0 or not fits(schema.field(place).type):
            found = schema.field(place).type if place >= 0 else "absent"
            raise Mistake(
                f"column {column} is {found}; wanted image_list: list<binary>, instruction_list: list<list<string>>",
                where=path,
                remedy="This is no Parquet file of BAGEL's layout; convert it or name its kind.",
            )


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


def _is_pictures(kind: Any) -> bool:
    inner = kind.value_type if _is_list(kind) else None
    return inner is not None and bool(pa.types.is_binary(inner) or pa.types.is_large_binary(inner))


def _is_texts(kind: Any) -> bool:
    inner = kind.value_type if _is_list(kind) else None
    text = inner.value_type if inner is not None and _is_list(inner) else None
    return text is not None and bool(pa.types.is_string(text) or pa.types.is_large_string(text))
