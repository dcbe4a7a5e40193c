"""Rows to packs: what the training loop iterates over, and can return to."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from echoloop.records import Problem
from echoloop.train.data.mixture import Draw, Mixture, Position
from echoloop.train.data.packing import Packer
from echoloop.train.data.planning import Planning, plan
from echoloop.train.data.rows import Bad, Row
from echoloop.train.data.samples import Sample, sample_length
from echoloop.train.data.seeds import Seed, generator

_PATIENCE = 1_000


@dataclass(frozen=True)
class Pack:
    """Samples for one sequence, their seeds, and where the stream stands after them."""

    samples: tuple[Sample, ...]
    seeds: tuple[Seed, ...]
    tokens: int
    position: Position


@dataclass(frozen=True, kw_only=True)
class Packing:
    """Tokens of a sequence: aimed at, and at most; how many samples wait to be chosen from."""

    budget: int = 32_768
    most: int = 36_864
    buffer: int = 50


@dataclass(frozen=True)
class Stream:
    """The packs of one rank. `threads` decode pictures ahead; the packs are the same for any number of them.

    `bad` is told every row that is left out.
    """

    mixture: Mixture
    planning: Planning
    packing: Packing = Packing()
    threads: int = 0
    bad: Callable[[Bad], None] = lambda _: None

    def packs(self, position: Position | None = None) -> Iterator[Pack]:
        """From a position on: the very packs that would have come after it."""
        start = position or self.mixture.start()
        self.mixture.check(start)
        here = _Standing(start)
        packer = Packer[tuple[Draw, Sample]](self.packing.budget, self.packing.most, self.packing.buffer)
        for draw, made in self._made(start.pending):
            self._put(packer, here, draw, made)
        while packer.ready:
            yield self._pack(packer, here)
        own = (draw for draw in self.mixture.walk(start) if self.mixture.mine(draw))
        for draw, made in self._made(own):
            here.passed(draw)
            self._put(packer, here, draw, made)
            while packer.ready:
                yield self._pack(packer, here)
        while packer.waiting:
            yield self._pack(packer, here)

    def _put(
        self, packer: Packer[tuple[Draw, Sample]], here: "_Standing", draw: Draw, made: Sample | Bad
    ) -> None:
        if isinstance(made, Sample):
            length = sample_length(made.splits, self.planning.tiling)
            if packer.fits(length):
                here.in_a_row = 0
                packer.add((draw, made), length)
                return
            made = _too_large(made, length, packer.most)
        self.bad(made)
        here.skip(made)

    def _pack(self, packer: Packer[tuple[Draw, Sample]], here: "_Standing") -> Pack:
        taken = packer.take()
        waiting = tuple(draw for draw, _ in packer.waiting)
        return Pack(
            samples=tuple(sample for _, sample in taken),
            seeds=tuple(self.mixture.seed_of(draw) for draw, _ in taken),
            tokens=sum(sample_length(sample.splits, self.planning.tiling) for _, sample in taken),
            position=here.position(self.mixture, waiting),
        )

    def _made(self, draws: Iterable[Draw]) -> Iterator[tuple[Draw, Sample | Bad]]:
        """Each draw with its sample, in order. Rows are read one after the other; threads read and decode their pictures."""
        if not self.threads:
            yield from ((draw, self._planned(draw, self.mixture.read(draw))) for draw in draws)
            return
        ahead: deque[tuple[Draw, Future[Sample | Bad]]] = deque()
        pool = ThreadPoolExecutor(self.threads, thread_name_prefix="decode")
        try:
            for draw in draws:
                ahead.append((draw, pool.submit(self._planned, draw, self.mixture.read(draw))))
                if len(ahead) > 2 * self.threads:
                    done, future = ahead.popleft()
                    yield done, future.result()
            while ahead:
                done, future = ahead.popleft()
                yield done, future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _planned(self, draw: Draw, row: Row | Bad) -> Sample | Bad:
        if isinstance(row, Bad):
            return row
        return plan(row, self.planning, generator(self.mixture.seed_of(draw), "dropout"))


class _Standing:
    """How far the stream has been read."""

    def __init__(self, start: Position) -> None:
        self._start = start
        self._last: Draw | None = None
        self.skipped = Counter(start.skipped)
        self.in_a_row = 0
        self._turns = list(start.turns)
        self._at = start.at

    def passed(self, draw: Draw) -> None:
        self._last = draw

    def skip(self, bad: Bad) -> None:
        self.skipped[bad.reason] += 1
        self.in_a_row += 1
        if self.in_a_row >= _PATIENCE:
            reasons = ", ".join(f"{reason} {count:,}" for reason, count in self.skipped.most_common(5))
            raise Problem(
                f"{self.in_a_row:,} rows in a row cannot be learned from ({reasons}); the last: {bad.detail}",
                where=f"{bad.dataset} {bad.name}",
                remedy="Check the data set: its pictures may lie elsewhere, or the limits may be too small for it.",
            )

    def position(self, mixture: Mixture, pending: tuple[Draw, ...]) -> Position:
        if self._last is not None:
            self._count(mixture, self._last)
        return Position(
            at=self._at,
            turns=tuple(self._turns),
            rows=self._start.rows,
            pending=pending,
            skipped=dict(self.skipped),
        )

    def _count(self, mixture: Mixture, last: Draw) -> None:
        """Catch up with the places, of all ranks, up to the last one that was read."""
        for draw in mixture.walk(Position(at=self._at, turns=tuple(self._turns), rows=self._start.rows)):
            if draw.at > last.at:
                break
            self._turns[draw.dataset] += 1
            self._at = draw.at + 1


def _too_large(sample: Sample, length: int, most: int) -> Bad:
    return Bad(
        name=sample.name,
        dataset=sample.dataset,
        reason="too_large_for_pack",
        detail=f"{length:,} tokens, a pack holds {most:,} at most",
    )
