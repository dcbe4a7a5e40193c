"""The order of an epoch as a function from places to rows: nothing is stored, so any place can be returned to."""

from collections.abc import Sequence

import numpy as np

_MASK = (1 << 64) - 1
WINDOW = 4
"""Chunks that are read together: a reader of chunks keeps so many in memory."""


class Permutation:
    """A shuffle of 0..size-1 without a list: a Feistel network over the next power of four, walked until it lands inside."""

    def __init__(self, size: int, key: Sequence[int]) -> None:
        self._size = size
        self._half = max(1, ((size - 1).bit_length() + 1) // 2)
        self._low = (1 << self._half) - 1
        self._keys: list[int] = np.random.SeedSequence(list(key)).generate_state(6, np.uint64).tolist()

    def __call__(self, place: int) -> int:
        if not 0 <= place < self._size:
            raise IndexError(f"place {place} of {self._size}")
        place = self._through(place)
        while place >= self._size:
            place = self._through(place)
        return place

    def _through(self, place: int) -> int:
        left, right = place >> self._half, place & self._low
        for key in self._keys:
            left, right = right, left ^ (_mixed(right ^ key) & self._low)
        return left << self._half | right


def _mixed(value: int) -> int:
    """Every bit of the answer hangs on every bit of the question."""
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK
    return value ^ value >> 31


class Order:
    """Which row stands at a place of an epoch.

    Chunks are shuffled, and rows are shuffled within each `window` of chunks that are then read together: with one chunk
    that is a full shuffle; with many, memory and reading stay within a window.
    """

    def __init__(self, chunks: Sequence[int], key: Sequence[int], window: int = WINDOW) -> None:
        self._key = tuple(key)
        shuffle = Permutation(len(chunks), self._key)
        order = [shuffle(place) for place in range(len(chunks))]
        starts = np.concatenate([[0], np.cumsum(chunks)]).tolist()
        self._groups = [
            [(starts[chunk], chunks[chunk]) for chunk in order[first : first + window]]
            for first in range(0, len(order), window)
        ]
        self._ends = np.cumsum([sum(rows for _, rows in group) for group in self._groups])
        self._here: tuple[int, Permutation] | None = None

    def __len__(self) -> int:
        return int(self._ends[-1])

    def row(self, place: int) -> int:
        group = int(np.searchsorted(self._ends, place, side="right"))
        before = int(self._ends[group - 1]) if group else 0
        here = self._here
        if here is None or here[0] != group:
            size = int(self._ends[group]) - before
            self._here = here = (group, Permutation(size, (*self._key, group + 1)))
        within = here[1](place - before)
        for start, rows in self._groups[group]:
            if within < rows:
                return start + within
            within -= rows
        raise IndexError(f"place {place} of {len(self)}")
