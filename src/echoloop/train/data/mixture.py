"""Several data sets as one endless stream, dealt to ranks, that can be entered at any place.

All ranks share one stream of places. Which data set a place draws from, and which of its rows, are functions of the run's
seed; rank r reads the places r, r + world, r + 2 world, ... So no row comes twice in an epoch of its data set, whatever
the number of ranks, and a place is all that must be remembered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from echoloop.records import Mistake
from echoloop.train.data.order import Order
from echoloop.train.data.rows import Bad, Dataset, Row
from echoloop.train.data.seeds import Seed, generator

_BLOCK = 4096


@dataclass(frozen=True)
class Share:
    """A data set, and how much of the stream is drawn from it, relative to the others."""

    dataset: Dataset
    weight: float = 1.0


class Draw(msgspec.Struct, frozen=True, array_like=True):
    """One place of the stream: the `turn`-th draw, from 0, of a data set."""

    at: int
    dataset: int
    turn: int


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where a rank stands: the next place of the stream to look at, how often each data set was drawn before it, and what
    was read but waits for its pack. `rows` of each data set then, so that other data are noticed; bad rows so far, by reason."""

    at: int
    turns: tuple[int, ...]
    rows: tuple[int, ...]
    pending: tuple[Draw, ...] = ()
    skipped: dict[str, int] = {}


class Mixture:
    """The stream of one rank. It ends after `places` places of all ranks, or never."""

    def __init__(
        self,
        shares: Sequence[Share],
        *,
        seed: int,
        rank: int = 0,
        world: int = 1,
        places: int | None = None,
    ) -> None:
        _check(shares, seed, rank, world)
        self.shares = tuple(shares)
        self.seed, self.rank, self.world = seed, rank, world
        self._places = places
        total = sum(share.weight for share in shares)
        self._parts = np.array([share.weight / total for share in shares])
        self.rows = tuple(sum(share.dataset.chunks) for share in shares)
        self._orders: dict[int, tuple[int, Order]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(share.dataset.name for share in self.shares)

    def start(self) -> Position:
        return Position(at=0, turns=(0,) * len(self.shares), rows=self.rows)

    def check(self, position: Position) -> None:
        """`Mistake` where a position was reached with other data: it would point at other rows."""
        if position.rows != self.rows or len(position.turns) != len(self.shares):
            raise Mistake(
                f"the run was reading data sets of {_listed(position.rows)} rows; here are {', '.join(self.names)} of "
                f"{_listed(self.rows)} rows",
                where="checkpoint",
                remedy="Resume with the run's own data sets in their order, or start a new run from its weights.",
            )

    def walk(self, position: Position) -> Iterator[Draw]:
        """Every place from a position on, of all ranks."""
        turns, at = list(position.turns), position.at
        while self._places is None or at < self._places:
            for dataset in self._choices(at // _BLOCK)[at % _BLOCK :]:
                if at == self._places:
                    return
                yield Draw(at, dataset, turns[dataset])
                turns[dataset] += 1
                at += 1

    def mine(self, draw: Draw) -> bool:
        return draw.at % self.world == self.rank

    def seed_of(self, draw: Draw) -> Seed:
        """What everything random about a sample hangs on."""
        return self.seed, draw.at

    def read(self, draw: Draw) -> Row | Bad:
        dataset = self.shares[draw.dataset].dataset
        epoch, place = divmod(draw.turn, self.rows[draw.dataset])
        index = self._order(draw.dataset, epoch).row(place)
        return dataset.row(index, generator(self.seed_of(draw), "reading"))

    def _choices(self, block: int) -> list[int]:
        """The data sets of a block of places."""
        if len(self.shares) == 1:
            return [0] * _BLOCK
        return (
            generator((self.seed, block), "choice").choice(len(self.shares), _BLOCK, p=self._parts).tolist()
        )

    def _order(self, dataset: int, epoch: int) -> Order:
        known = self._orders.get(dataset)
        if known is None or known[0] != epoch:
            key = (self.seed, dataset, epoch)
            known = (epoch, Order(self.shares[dataset].dataset.chunks, key))
            self._orders[dataset] = known
        return known[1]


def _listed(rows: Sequence[int]) -> str:
    return ", ".join(f"{count:,}" for count in rows) or "no"


def _check(shares: Sequence[Share], seed: int, rank: int, world: int) -> None:
    if not shares:
        raise Mistake("a mixture of no data sets", where="data", remedy="Name at least one.")
    for share in shares:
        if not (share.weight > 0 and np.isfinite(share.weight)):
            raise Mistake(
                f"the weight of {share.dataset.name} is {share.weight}",
                where="data",
                remedy="Choose a number above 0, or leave the data set out.",
            )
        if not sum(share.dataset.chunks):
            raise Mistake(f"{share.dataset.name} has no rows", where="data", remedy="Leave it out.")
    if seed < 0 or not 0 <= rank < world:
        raise Mistake(
            f"seed {seed}, rank {rank} of {world}",
            where="mixture",
            remedy="Choose a seed of 0 or more, and a rank from 0 to below the number of ranks.",
        )
