"""Samples of unequal lengths into packs of one budget, out of a small buffer of waiting samples.

A pack always takes the sample that waits longest, so nothing waits for ever. Then it takes the next ones in order while
there is plenty of room, and at the end the subset of those behind them whose sum comes closest to what is left. All sums
that can be reached are kept as the bits of one integer, so adding a sample is one shift; a search stops as soon as the
pack is within 1.2 % of full.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
_BITS = 10
_SLACK = 12
_CANDIDATES = 24
_PLENTY = 6


@dataclass
class Packer(Generic[T]):
    """A stream of packs. A sample above `budget` travels alone, if `most` (the device's bound) allows it at all."""

    budget: int = 32_768
    most: int = 36_864
    buffer: int = 50
    _items: list[T] = field(default_factory=list[T])
    _lengths: list[int] = field(default_factory=list[int])
    _total: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.budget <= self.most or self.buffer < 1:
            raise ValueError(
                f"budget {self.budget}, most {self.most}, buffer {self.buffer}: choose 0 < budget <= most, buffer >= 1"
            )

    @property
    def waiting(self) -> tuple[T, ...]:
        """What `take` has not taken yet, the oldest first: all there is to remember."""
        return tuple(self._items)

    @property
    def ready(self) -> bool:
        """Enough is waiting to choose from."""
        return len(self._items) >= self.buffer and self._total >= _enough(self.budget)

    def fits(self, length: int) -> bool:
        return 0 < length <= self.most

    def add(self, item: T, length: int) -> None:
        if not self.fits(length):
            raise ValueError(f"a sample of {length} tokens; a pack holds 1 to {self.most}")
        self._items.append(item)
        self._lengths.append(length)
        self._total += length

    def take(self) -> list[T]:
        """The next pack, in the order of arrival; empty only where nothing waits."""
        if not self._items:
            return []
        chosen = choose(self._lengths, self.budget, self._total)
        pack = [self._items[place] for place in chosen]
        for place in reversed(chosen):
            self._total -= self._lengths[place]
            del self._items[place], self._lengths[place]
        return pack


def pack_lengths(
    lengths: Sequence[int] | NDArray[np.int64], budget: int = 32_768, buffer: int = 50
) -> NDArray[np.int64]:
    """For each sample the number of the pack that a `Packer` puts it into, counted from 0."""
    sizes = np.asarray(lengths, dtype=np.int64)
    if len(sizes) and not (sizes.min() > 0 and sizes.max() <= budget):
        wrong = int(np.flatnonzero((sizes < 1) | (sizes > budget))[0])
        raise ValueError(f"length {sizes[wrong]} at {wrong}: choose 1 to the budget of {budget}")
    whole: list[int] = sizes.tolist()
    packs = [0] * len(whole)
    enough, count = _enough(budget), len(whole)
    waiting: list[int] = []
    waiting_sizes: list[int] = []
    total = at = pack = 0
    while at < count or waiting:
        upto = min(count, max(at, at + buffer - len(waiting)))
        more = whole[at:upto]
        total += sum(more)
        while total < enough and upto < count:
            more.append(whole[upto])
            total += whole[upto]
            upto += 1
        waiting += range(at, upto)
        waiting_sizes += more
        at = upto
        for place in choose(waiting_sizes, budget, total)[::-1]:
            packs[waiting.pop(place)] = pack
            total -= waiting_sizes.pop(place)
        pack += 1
    return np.array(packs, dtype=np.int64)


def choose(sizes: list[int], room: int, total: int) -> list[int]:
    """Places of a good pack, ascending: the first, those after it while there is plenty of room, the best of the rest.

    `total` is the sum of the sizes. For the rest, a bit of `left` says that so much room can be left over by the candidates
    so far; there sizes are rounded up to units that keep the integer short.
    """
    plenty = sizes[0] + _PLENTY * total // len(sizes)
    good = room * _SLACK // 1000
    room -= sizes[0]
    at, count = 1, len(sizes)
    while room > plenty and at < count and sizes[at] <= room:
        room -= sizes[at]
        at += 1
    chosen = list(range(at))
    if room <= good or at == count:
        return chosen
    shift = max(0, room.bit_length() - _BITS)
    up = (1 << shift) - 1
    top, few = room >> shift, (1 << (good >> shift) + 1) - 1
    left = 1 << top
    seen: list[int] = []
    for size in sizes[at : at + _CANDIDATES]:
        seen.append(left)
        left |= left >> (size + up >> shift)
        if left & few:
            break
    bit, full, place = left & -left, 1 << top, at + len(seen)
    while bit != full:
        place -= 1
        if not seen.pop() & bit:
            chosen.append(place)
            room -= sizes[place]
            bit <<= sizes[place] + up >> shift
    if room > good:
        _top_up(chosen, sizes, room)
    chosen.sort()
    return chosen


def _top_up(chosen: list[int], sizes: list[int], room: int) -> None:
    """Whatever still fits once sizes are not rounded."""
    taken = set(chosen)
    for place, size in enumerate(sizes):
        if size <= room and place not in taken:
            chosen.append(place)
            room -= size


def _enough(budget: int) -> int:
    """With so many tokens waiting, the end of a pack can still be chosen."""
    return budget + budget // 4
