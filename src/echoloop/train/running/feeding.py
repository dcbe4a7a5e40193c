"""Data sets as the packs of a run: read, packed and collated a little ahead of the step that learns from them."""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import msgspec

from echoloop.train.bagel import BagelConfig
from echoloop.train.data import (
    Bad,
    Mixture,
    Packing,
    Planning,
    Position,
    Share,
    Stream,
    Unencoded,
    check_planning,
    collate,
    reshard,
)
from echoloop.train.running.settings import Settings


@dataclass(frozen=True)
class DataFeed:
    """Packs from data sets, for as many ranks as there are. `bad` is told of every row that is left out."""

    shares: Sequence[Share]
    planning: Planning
    config: BagelConfig
    settings: Settings
    threads: int = 2
    bad: Callable[[Bad], None] = lambda _: None

    def __call__(self, rank: int, ranks: int, positions: Sequence[str]) -> Iterator[tuple[Unencoded, str]]:
        check_planning(self.planning, self.config)
        data = self.settings.data
        mixture = Mixture(self.shares, seed=self.settings.seed, rank=rank, world=ranks)
        packing = Packing(budget=data.expected, most=data.most, buffer=data.buffer)
        limits = msgspec.structs.replace(self.planning.limits, tokens=data.sample)
        planning = replace(self.planning, limits=limits)
        stream = Stream(mixture, planning, packing, self.threads, self.bad)
        return _ahead(self._packs(stream, _own(positions, mixture, rank, ranks)))

    def _packs(self, stream: Stream, start: Position | None) -> Generator[tuple[Unencoded, str]]:
        for pack in stream.packs(start):
            position = msgspec.json.encode(pack.position).decode()
            yield collate(pack.samples, pack.seeds, self.config), position


def _own(positions: Sequence[str], mixture: Mixture, rank: int, ranks: int) -> Position | None:
    """Where this rank goes on, also where there were more or fewer of them."""
    known = [msgspec.json.decode(position, type=Position) for position in positions]
    if not known:
        return None
    return known[rank] if len(known) == ranks else reshard(known, mixture, ranks)[rank]


def _ahead(packs: Generator[tuple[Unencoded, str]]) -> Generator[tuple[Unencoded, str]]:
    """The same packs, the next one made while this one is learned from."""
    with ThreadPoolExecutor(1, thread_name_prefix="packs") as pool:
        coming = pool.submit(next, packs, None)
        while (pack := coming.result()) is not None:
            coming = pool.submit(next, packs, None)
            yield pack
