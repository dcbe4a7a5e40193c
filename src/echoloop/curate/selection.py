"""Which of many tasks stand in a benchmark split: a seeded draw in which every stratum has its share.

Everything is ordered by hashes of the seed and of ids, so more samples never shuffle those that were there. How many places a
stratum has is counted before people have rejected anything: whoever leaves is replaced by the next of the same stratum.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from hashlib import sha256

import msgspec


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A sample that could stand in the split. `late` ones stand in for another and come after all others of their stratum."""

    id: str
    stratum: str
    rejected: bool = False
    late: bool = False


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """Who is in, and who waits in which order. `places` is what each stratum was given."""

    chosen: tuple[str, ...]
    reserve: tuple[str, ...]
    places: Mapping[str, int]


def draw(candidates: Sequence[Candidate], places: int, seed: int) -> Drawn:
    """Fill each stratum's places in the order of the draw; places that a stratum cannot fill go to the head of the reserve."""
    sizes: dict[str, int] = defaultdict(int)
    lines: dict[str, list[Candidate]] = defaultdict(list)
    for one in candidates:
        sizes[one.stratum] += not one.late
        if not one.rejected:
            lines[one.stratum].append(one)
    given = allocate(sizes, places, seed)
    chosen: list[str] = []
    waiting: list[tuple[int, str, str]] = []
    for stratum, line in lines.items():
        line.sort(key=lambda one: (one.late, ticket(seed, one.id)))
        own = given.get(stratum, 0)
        chosen += [one.id for one in line[:own]]
        waiting += [(turn, ticket(seed, one.id), one.id) for turn, one in enumerate(line[own:])]
    reserve = [name for _, _, name in sorted(waiting)]
    free = min(places, sum(not one.late for one in candidates)) - len(chosen)
    return Drawn(chosen=(*chosen, *reserve[:free]), reserve=tuple(reserve[free:]), places=given)


def allocate(sizes: Mapping[str, int], places: int, seed: int) -> dict[str, int]:
    """Places in proportion to sizes, one at least while places last, none beyond a size. Remainders go to the largest."""
    wanted = {stratum: size for stratum, size in sizes.items() if size > 0}
    if sum(wanted.values()) <= places:
        return wanted
    if len(wanted) >= places:
        order = sorted(wanted, key=lambda stratum: (-wanted[stratum], ticket(seed, stratum)))
        return dict.fromkeys(order[:places], 1)
    small = _below_one_place(wanted, places)
    rest = {stratum: size for stratum, size in wanted.items() if stratum not in small}
    return {**dict.fromkeys(small, 1), **_by_largest_remainder(rest, places - len(small), seed)}


def ticket(seed: int, name: str) -> str:
    """A number drawn once for a name."""
    return sha256(f"{seed}:{name}".encode()).hexdigest()


def _below_one_place(sizes: Mapping[str, int], places: int) -> set[str]:
    """Strata whose share is less than one place; giving them one leaves less for the others, of which more may fall below."""
    small: set[str] = set()
    while True:
        left = places - len(small)
        total = sum(size for stratum, size in sizes.items() if stratum not in small)
        more = {stratum for stratum, size in sizes.items() if stratum not in small and size * left < total}
        if not more:
            return small
        small |= more


def _by_largest_remainder(sizes: Mapping[str, int], places: int, seed: int) -> dict[str, int]:
    total = sum(sizes.values())
    given = {stratum: size * places // total for stratum, size in sizes.items()}
    remainders = sorted(
        sizes, key=lambda stratum: (-(sizes[stratum] * places % total), ticket(seed, stratum))
    )
    for stratum in remainders[: places - sum(given.values())]:
        given[stratum] += 1
    return given
