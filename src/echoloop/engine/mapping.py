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
    """An importable function of a row and the image store, with the handle it needs on a worker."""

    handle: DoorHandle
    function: Callable[[R, ImageStore], T]
    row_type: type[R]

    def __call__(self, rows: list[bytes]) -> list[bytes]:
        opened = open_door(self.handle)
        results: list[bytes] = []
        for row in rows:
            value = self.function(msgspec.msgpack.decode(row, type=self.row_type), opened.images)
            results.append(msgspec.msgpack.encode(value))
            opened.keeping.tally.add(Counts(done=1))
        return results
