"""What a running stage has done so far, counted where the work happens."""

import threading
from collections.abc import Sequence

import msgspec


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """A reading of a tally. `cost` is what is known; `unpriced` counts the calls whose price is unknown."""

    done: int = 0
    answered: int = 0
    refused: int = 0
    unparsed: int = 0
    failed: int = 0
    paid_calls: int = 0
    cost: float = 0.0
    unpriced: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Both together."""
        sums = {name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__}
        return Counts(**sums)


def together(counts: Sequence[Counts]) -> Counts:
    """All of them in one: a tally may lie with an actor far away, and is told once a batch."""
    sums = {name: sum(getattr(one, name) for one in counts) for name in Counts.__struct_fields__}
    return Counts(**sums)


class Tally:
    """Counts that several threads add to and one reads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = Counts()

    def add(self, counts: Counts) -> None:
        """Count something that happened."""
        with self._lock:
            self._counts = self._counts.plus(counts)

    def read(self) -> Counts:
        """The counts now."""
        return self._counts
