"""A plain function over rows, run wherever the engine puts it: image work, measurements."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from echoloop.engine.doors import DoorHandle, open_door
from echoloop.engine.tally import Counts
from echoloop.workspace import ImageStore

R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True)
class MapBatch(Generic[R, T]):
    """An importable function of a row and the image store, with the handle it needs on a worker.

    It never raises for a row: what would end the run is kept for whoever runs the stage, and the rows after it are left.
    """

    handle: DoorHandle
    function: Callable[[R, ImageStore], T]
    row_type: type[R]

    def __call__(self, rows: list[bytes]) -> list[bytes]:
        opened = open_door(self.handle)
        results: list[bytes] = []
        for row in rows:
            if opened.stop.is_set():
                break
            try:
                value = self.function(msgspec.msgpack.decode(row, type=self.row_type), opened.images)
            except Exception as error:  # noqa: BLE001 - Daft would lose its kind and its words
                opened.keeping.give_up(error)
                break
            results.append(msgspec.msgpack.encode(value))
        opened.keeping.tally.add(Counts(done=len(results)))
        return results + [b""] * (len(rows) - len(results))
