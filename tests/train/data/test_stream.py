"""The stream of packs: who reads what, what is left out, and how a run goes on where it stopped."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from training_rows import Listed

from echoloop.records import Mistake, Problem
from echoloop.train.data import (
    Bad,
    Dropout,
    Mixture,
    Pack,
    Packing,
    Planning,
    Position,
    Share,
    Stream,
    reshard,
)

SIDES = (16, 32, 48, 64)
NARROW = Packing(budget=60, most=64, buffer=8)


def shares(bad: frozenset[int] = frozenset()) -> list[Share]:
    return [
        Share(Listed("one", 37, bad, lambda index: SIDES[index % 4]), 3.0),
        Share(Listed("two", 11, frozenset(), lambda index: SIDES[index % 3]), 1.0),
    ]


def stream(planning: Planning, mixture: Mixture, threads: int = 0) -> Stream:
    return Stream(mixture, replace(planning, dropout=Dropout()), NARROW, threads)


def names(packs: list[Pack]) -> list[list[str]]:
    return [[sample.name for sample in pack.samples] for pack in packs]


def fate(packs: list[Pack]) -> list[list[object]]:
    return [
        [(sample.name, seed, [split.dropped for split in sample.splits]) for sample, seed in zip(pack.samples, pack.seeds, strict=True)]
        for pack in packs
    ]  # fmt: skip


def test_a_run_goes_on_exactly_where_any_pack_left_it(small: Planning) -> None:
    mixture = Mixture(shares(frozenset({3, 8})), seed=5)
    whole = list(islice(stream(small, mixture).packs(), 60))
    for stop in (0, 1, 7, 23, 41):
        stored = msgspec.json.encode(whole[stop].position)
        again = Mixture(shares(frozenset({3, 8})), seed=5)
        rest = list(islice(stream(small, again).packs(msgspec.json.decode(stored, type=Position)), 59 - stop))
        assert fate(rest) == fate(whole[stop + 1 :])
        assert rest[-1].position == whole[-1].position


def test_threads_change_nothing(small: Planning) -> None:
    alone = list(islice(stream(small, Mixture(shares(), seed=1)).packs(), 20))
    packs = stream(small, Mixture(shares(), seed=1), threads=3).packs()
    together = list(islice(packs, 20))
    packs.close()  # pyright: ignore[reportAttributeAccessIssue]
    assert fate(together) == fate(alone)
    assert [pack.position for pack in together] == [pack.position for pack in alone]


def test_packs_keep_to_their_budget_and_say_how_long_they_are(small: Planning) -> None:
    packs = list(islice(stream(small, Mixture(shares(), seed=2)).packs(), 40))
    assert max(pack.tokens for pack in packs) <= 60
    assert np.mean([pack.tokens for pack in packs]) > 0.9 * 60


@pytest.mark.parametrize("world", [1, 2, 3])
def test_no_row_comes_twice_in_an_epoch_over_all_ranks(world: int) -> None:
    seen: list[str] = []
    for rank in range(world):
        mixture = Mixture([Share(Listed("one", 37))], seed=4, rank=rank, world=world, places=2 * 37)
        draws = [draw for draw in mixture.walk(mixture.start()) if mixture.mine(draw)]
        seen += [f"{draw.turn // 37} {mixture.read(draw).name}" for draw in draws]
    assert len(seen) == len(set(seen)) == 2 * 37
    assert {name.split()[1] for name in seen} == {f"one:{row}" for row in range(37)}


def test_epochs_and_seeds_have_their_own_order() -> None:
    def order(seed: int) -> list[str]:
        mixture = Mixture([Share(Listed("one", 37))], seed=seed, places=74)
        return [mixture.read(draw).name for draw in mixture.walk(mixture.start())]

    assert order(1) == order(1)
    assert order(1) != order(2)
    assert order(1)[:37] != order(1)[37:]


def test_data_sets_have_their_share_on_every_rank() -> None:
    for rank in range(2):
        mixture = Mixture(shares(), seed=4, rank=rank, world=2, places=20_000)
        own = Counter(draw.dataset for draw in mixture.walk(mixture.start()) if mixture.mine(draw))
        assert abs(own[0] / own.total() - 0.75) < 0.02


def test_bad_rows_are_left_out_told_and_counted(small: Planning) -> None:
    told: list[Bad] = []
    mixture = Mixture([Share(Listed("one", 10, frozenset({2, 5})))], seed=0, places=20)
    packs = list(Stream(mixture, small, NARROW, bad=told.append).packs())
    assert sum(len(pack.samples) for pack in packs) == 16
    assert packs[-1].position.skipped == {"malformed_row": 4}
    assert Counter(bad.name for bad in told) == {"one:2": 2, "one:5": 2}
    assert packs[-1].position.at == 20


def test_a_sample_larger_than_a_pack_is_left_out(small: Planning) -> None:
    told: list[Bad] = []
    mixture = Mixture([Share(Listed("one", 4, size=lambda index: 64))], seed=0, places=4)
    packs = list(Stream(mixture, small, Packing(budget=14, most=14, buffer=2), bad=told.append).packs())
    assert packs == []
    assert {bad.reason for bad in told} == {"too_large_for_pack"}
    assert "15 tokens, a pack holds 14" in told[0].detail


def test_a_data_set_of_nothing_but_bad_rows_ends_the_run_with_reasons(small: Planning) -> None:
    mixture = Mixture([Share(Listed("one", 3, frozenset(range(3))))], seed=0)
    with pytest.raises(Problem, match=r"1,000 rows in a row .*malformed_row 1,000"):
        next(stream(small, mixture).packs())


def left(mixture: Mixture, position: Position, until: int) -> list[int]:
    own = [draw.at for draw in mixture.walk(position) if mixture.mine(draw) and draw.at < until]
    return own + [draw.at for draw in position.pending]


@settings(deadline=None, max_examples=20)
@given(before=st.integers(1, 4), after=st.integers(1, 5), data=st.data())
def test_another_number_of_ranks_loses_and_repeats_nothing(
    small: Planning, before: int, after: int, data: st.DataObject
) -> None:
    done: list[int] = []
    positions: list[Position] = []
    for rank in range(before):
        mixture = Mixture(shares(frozenset({1})), seed=3, rank=rank, world=before)
        packs = list(islice(stream(small, mixture).packs(), data.draw(st.integers(1, 9))))
        done += [seed[1] for pack in packs for seed in pack.seeds]
        positions.append(packs[-1].position)
    resumed = reshard(positions, Mixture(shares(), seed=3), after)
    until = 400
    todo: list[int] = []
    for rank, position in enumerate(resumed):
        mixture = Mixture(shares(frozenset({1})), seed=3, rank=rank, world=after, places=until)
        todo += left(mixture, position, until)
    skipped = sum(sum(position.skipped.values()) for position in resumed)
    assert len(todo) == len(set(todo))
    assert not set(todo) & set(done)
    assert len(todo) + len(done) + skipped == until
    assert all(len({draw.at for draw in position.pending}) == len(position.pending) for position in resumed)


def test_positions_of_other_data_are_refused(small: Planning) -> None:
    (pack,) = islice(stream(small, Mixture(shares(), seed=0)).packs(), 1)
    grown = Mixture([Share(Listed("one", 37)), Share(Listed("two", 12))], seed=0)
    with pytest.raises(Mistake, match=r"of 37, 11 rows; here are one, two of 37, 12 rows"):
        next(stream(small, grown).packs(pack.position))
    with pytest.raises(Mistake, match="here are one of 37 rows"):
        reshard([pack.position], Mixture(shares()[:1], seed=0), 2)


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: Mixture([], seed=0), "no data sets"),
        (lambda: Mixture([Share(Listed("one", 3), 0.0)], seed=0), "weight of one is 0.0"),
        (lambda: Mixture([Share(Listed("one", 3), float("nan"))], seed=0), "weight of one is nan"),
        (lambda: Mixture([Share(Listed("one", 0))], seed=0), "one has no rows"),
        (lambda: Mixture(shares(), seed=0, rank=2, world=2), "rank 2 of 2"),
    ],
)
def test_mixtures_that_cannot_be_are_mistakes(made: Callable[[], Mixture], message: str) -> None:
    with pytest.raises(Mistake, match=message):
        made()
