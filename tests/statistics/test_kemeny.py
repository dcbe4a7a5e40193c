"""Consensus orders against all orders there are, for both ways of finding them."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from echoloop.statistics import consensus_places, kemeny, kemeny_many
from echoloop.statistics.kemeny_parts import best_order
from echoloop.statistics.kemeny_program import forced_behind, least_order, other_order

RANKINGS = nps.arrays(
    np.float64,
    st.tuples(st.integers(1, 5), st.integers(1, 6)),
    elements=st.sampled_from([np.nan, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
)


def disagreements(rankings: np.ndarray) -> np.ndarray:
    return (rankings[:, :, None] > rankings[:, None, :]).sum(axis=0)


def all_orders(rankings: np.ndarray) -> tuple[float, list[tuple[int, ...]]]:
    against = disagreements(rankings)
    costs = {
        order: sum(against[one, other] for place, one in enumerate(order) for other in order[place + 1 :])
        for order in permutations(range(rankings.shape[1]))
    }
    least = min(costs.values())
    return least, sorted(order for order, cost in costs.items() if cost == least)


def test_tennessee() -> None:
    """Memphis, Nashville, Chattanooga, Knoxville by 42, 26, 15 and 17 in a hundred."""
    votes = [[1, 2, 3, 4]] * 42 + [[4, 1, 2, 3]] * 26 + [[4, 3, 1, 2]] * 15 + [[4, 3, 2, 1]] * 17
    found = kemeny(votes)
    assert found.order.tolist() == [1, 2, 3, 0]
    assert found.score == 207
    assert found.unique
    assert found.ranks.tolist() == [4, 1, 2, 3]


@settings(deadline=None, max_examples=150)
@given(RANKINGS)
def test_no_order_is_better_and_the_smallest_is_taken(rankings: np.ndarray) -> None:
    found = kemeny(rankings)
    kept = np.flatnonzero(~np.isnan(rankings).all(axis=0))
    assert sorted([*found.order, *found.unranked]) == list(range(rankings.shape[1]))
    if not kept.size:
        assert np.isnan(found.score)
        assert found.reason
        return
    least, orders = all_orders(rankings[:, kept])
    assert found.score == least
    assert found.order.tolist() == [int(kept[place]) for place in orders[0]]
    assert found.unique == (len(orders) == 1)
    assert best_order(disagreements(rankings[:, kept])) == (list(orders[0]), len(orders) == 1)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(3, 6), st.integers(2, 5))
def test_the_integer_program_finds_the_same(seed: int, models: int, raters: int) -> None:
    random = np.random.default_rng(seed)
    rankings = random.integers(1, models + 1, (raters, models)).astype(float)
    against = disagreements(rankings)
    least, orders = all_orders(rankings)
    found = least_order(against)
    assert found is not None
    assert tuple(found) in orders
    assert least_order(against, int(least) - 1) is None
    other = other_order(against, found)
    assert (other is None) == (len(orders) == 1)
    assert other is None or (tuple(other) in orders and other != found)
    first = {order[0] for order in orders}
    assert not forced_behind(against, int(least))[list(first)].any()


def test_both_ways_agree_on_what_neither_can_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifteen models: subsets against the integer program, canonical order and uniqueness included."""
    random = np.random.default_rng(5)
    rankings = np.array([[random.permutation(15) for _ in range(raters)] for raters in (4, 4, 4)])
    for sample, found in zip(rankings, kemeny_many(rankings), strict=True):
        assert best_order(disagreements(sample)) == (found.order.tolist(), found.unique)


@settings(deadline=None, max_examples=60)
@given(RANKINGS, st.integers(0, 2**32 - 1))
def test_raters_and_models_may_change_places(rankings: np.ndarray, seed: int) -> None:
    random = np.random.default_rng(seed)
    raters, models = (random.permutation(size) for size in rankings.shape)
    one, other = kemeny(rankings), kemeny(rankings[raters][:, models])
    assert one.score == other.score or (np.isnan(one.score) and np.isnan(other.score))
    assert one.unique == other.unique
    if one.unique:
        assert models[other.order].tolist() == one.order.tolist()


def test_ties_cost_the_same_in_every_order() -> None:
    rankings = [[1, 1, 2], [1, 2, 3], [1, 1, 1]]
    free, usual = kemeny(rankings), kemeny(rankings, tie_penalty=0.5)
    assert free.order.tolist() == usual.order.tolist() == [0, 1, 2]
    assert (free.ties, free.score, usual.score) == (4, 0, 2)
    level = kemeny(np.ones((2, 3)))
    assert level.order.tolist() == [0, 1, 2]
    assert not level.unique
    with pytest.raises(ValueError, match="tie_penalty"):
        kemeny(rankings, tie_penalty=2)


def test_partial_rankings_count_for_the_pairs_they_hold() -> None:
    nan = np.nan
    found = kemeny([[1, 2, nan, nan], [nan, 1, 2, nan], [nan, 1, 2, nan]])
    assert found.order.tolist() == [0, 1, 2]
    assert found.unranked == (3,)
    assert np.isnan(found.ranks[3])
    assert found.unique


@pytest.mark.parametrize("shape", [(0, 3), (2, 0), (2, 1), (0, 0)])
def test_nobody_and_nothing(shape: tuple[int, int]) -> None:
    found = kemeny(np.ones(shape))
    assert found.order.size == (1 if shape == (2, 1) else 0)
    assert found.unique
    assert bool(found.reason) == (shape != (2, 1))
    assert kemeny_many(np.ones((0, 2, 3))) == []


def test_thirty_models_that_all_tie_and_thirty_that_nobody_disputes() -> None:
    level = kemeny(np.ones((2, 30)))
    assert level.order.tolist() == list(range(30))
    assert not level.unique
    clear = kemeny(np.tile(np.arange(30)[::-1], (3, 1)))
    assert clear.order.tolist() == list(range(30))[::-1]
    assert clear.unique
    assert clear.score == 0


def test_many_raters_do_not_fool_the_solver() -> None:
    """A solver that stops within a ten-thousandth of the best would be hundreds of disagreements off here."""
    random = np.random.default_rng(2)
    rankings = np.array([random.permutation(17) for _ in range(4001)])
    against = disagreements(rankings)
    found = kemeny(rankings)
    assert found.score == np.triu(against[np.ix_(found.order, found.order)], 1).sum()
    for place in range(16):
        assert against[found.order[place], found.order[place + 1]] <= 4001 / 2


@settings(deadline=None, max_examples=150)
@given(RANKINGS)
def test_places_are_the_means_over_all_best_orders(rankings: np.ndarray) -> None:
    places = consensus_places(rankings[None])[0]
    kept = np.flatnonzero(~np.isnan(rankings).all(axis=0))
    assert np.isnan(np.delete(places, kept)).all()
    _, orders = all_orders(rankings[:, kept])
    means = [np.mean([order.index(model) + 1 for order in orders]) for model in range(kept.size)]
    np.testing.assert_allclose(places[kept], means, atol=1e-8)


@pytest.mark.parametrize("models", [3, 13, 14, 20])
def test_models_that_all_tie_share_one_place(models: int) -> None:
    """Whatever their numbers: the mean of equal places is exactly the same."""
    for rankings in (np.ones((2, models)), np.stack([np.arange(models), -np.arange(models)])):
        assert consensus_places(rankings[None]).tolist() == [[(models + 1) / 2] * models]
