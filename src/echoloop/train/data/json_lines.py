"""The rows of a JSON Lines file by number: one pass finds where they begin, and no row is kept in memory."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Generic, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from echoloop.records import Mistake
from echoloop.train.data.rows import Unusable

T = TypeVar("T")
MOST_BYTES = 4 * 1024 * 1024
_STEP = 16 * 1024 * 1024


class JsonLines(Generic[T]):
    """Rows of one kind. A line that does not fit the kind is `Unusable`, the others are not touched by it."""

    def __init__(self, path: Path, kind: type[T]) -> None:
        self.path = path
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(kind)
        self._starts, self._ends, self._lines = _find_lines(path)

    def __len__(self) -> int:
        return len(self._starts)

    def line_number(self, index: int) -> int:
        """As an editor counts, from 1."""
        return int(self._lines[index]) + 1

    def row(self, index: int) -> T:
        start, end = int(self._starts[index]), int(self._ends[index])
        try:
            with self.path.open("rb") as file:
                return self._read(file, start, end)
        except OSError as fault:
            raise Unusable("malformed_row", f"the line cannot be read: {fault.strerror or fault}") from fault

    def readable(self) -> Iterator[T]:
        """Every row that fits its kind, in one pass."""
        with self.path.open("rb") as file:
            for start, end in zip(self._starts.tolist(), self._ends.tolist(), strict=True):
                with suppress(Unusable):
                    yield self._read(file, start, end)

    def _read(self, file: IO[bytes], start: int, end: int) -> T:
        if end - start > MOST_BYTES:
            raise Unusable(
                "line_too_long", f"the line has {end - start:,} bytes, the limit is {MOST_BYTES:,}"
            )
        file.seek(start)
        try:
            return self._decoder.decode(file.read(end - start))
        except (msgspec.DecodeError, RecursionError, UnicodeError) as fault:
            raise Unusable("malformed_row", f"{fault}") from fault


def _find_lines(path: Path) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """First and behind-last byte of each line that is not blank, and its number."""
    breaks: list[NDArray[np.int64]] = []
    size = 0
    try:
        with path.open("rb") as file:
            while block := file.read(_STEP):
                found = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == ord("\n"))
                breaks.append(found.astype(np.int64) + size)
                size += len(block)
    except OSError as fault:
        raise Mistake(
            f"the file cannot be read: {fault.strerror or fault}", where=path, remedy="Check the path."
        ) from fault
    ends = np.concatenate([*breaks, np.array([size], dtype=np.int64)])
    starts = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1] + 1])
    kept = np.flatnonzero(ends - starts > 1)
    return starts[kept], ends[kept], kept
