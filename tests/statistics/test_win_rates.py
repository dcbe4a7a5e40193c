"""Votes, win rates and intervals, on cases worked out by hand and on what must never change them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from echoloop.statistics import (
    bootstrap,
    mean_interval,
    pair_outcomes,
    rank_ranges,
    separable_pairs,
    win_rates,
)

HAND = np.array([[[5.0, 5, 3]], [[6, 5, 5]], [[4, 4, 7]]])
SCORES = nps.arrays(
    np.float64,
    st.tuples(st.integers(1, 3), st.integers(1, 6), st.integers(2, 5)),
    elements=st.sampled_from([np.nan, 1.0, 2.0, 5.0, 9.0]),
)


@pytest.mark.parametrize(("vote", "rates"), [("net", [1.0, 0.25, 0.25]), ("majority", [0.75, 0.5, 0.25])])
def test_the_hand_case(vote: str, rates: list[float]) -> None:
    assert win_rates(HAND, vote).rates.tolist() == rates  # type: ignore[arg-type]


def test_one_judge_alone() -> None:
    assert win_rates(HAND[:1]).rates.tolist() == [0.75, 0.75, 0.0]


def test_a_judge_without_a_score_abstains() -> None:
    scores = np.array([[[5.0, 1.0]], [[np.nan, 9.0]]])
    assert win_rates(scores).rates.tolist() == [1.0, 0.0]


def test_an_outage_is_nobodys_loss() -> None:
    calm = np.array([[[7.0, 3.0], [7, 3]], [[8, 2], [8, 2]]])
    storm = calm.copy()
    storm[1, 1, :] = np.nan
    assert win_rates(storm).rates.tolist() == win_rates(calm).rates.tolist()
    nothing = np.full((1, 2, 2), np.nan)
    result = win_rates(nothing)
    assert np.isnan(result.rates).all()
    assert result.coverage.tolist() == [0.0, 0.0]


def test_a_refusal_loses_only_when_the_rule_says_so() -> None:
    scores = np.array([[[np.nan, 3.0, 5.0]]])
    produced = np.array([[False, True, True]])
    assert np.isnan(win_rates(scores, produced=produced).rates[0])
    assert win_rates(scores, missing="loss", produced=produced).rates.tolist() == [0.0, 0.5, 1.0]


@settings(deadline=None, max_examples=60)
@given(SCORES)
def test_with_losses_the_rates_add_up_to_half_the_models(scores: np.ndarray) -> None:
    produced = np.isfinite(scores).any(axis=0)
    full = np.where(produced[None], np.nan_to_num(scores, nan=1.0), np.nan)
    rates = win_rates(full, missing="loss", produced=produced).rates
    assert rates.sum() == pytest.approx(scores.shape[2] / 2)


@settings(deadline=None, max_examples=60)
@given(SCORES, st.integers(0, 2**32 - 1))
def test_order_does_not_matter(scores: np.ndarray, seed: int) -> None:
    chance = np.random.default_rng(seed)
    judges, items, models = (chance.permutation(size) for size in scores.shape)
    shuffled = scores[judges][:, items][:, :, models]
    np.testing.assert_allclose(win_rates(shuffled).rates, win_rates(scores).rates[models])


@settings(deadline=None, max_examples=60)
@given(SCORES)
def test_asking_every_judge_twice_changes_nothing(scores: np.ndarray) -> None:
    for vote in ("majority", "net"):
        twice = np.concatenate([scores, scores])
        np.testing.assert_allclose(win_rates(twice, vote).rates, win_rates(scores, vote).rates)  # type: ignore[arg-type]


@settings(deadline=None, max_examples=60)
@given(SCORES)
def test_every_win_is_a_loss(scores: np.ndarray) -> None:
    outcomes = pair_outcomes(scores)
    both = outcomes + np.swapaxes(outcomes, 1, 2)
    assert np.all(np.isnan(both) | (both == 1.0))


def test_the_interval_is_seeded_and_holds_the_rate() -> None:
    scores = np.random.default_rng(1).integers(1, 11, size=(3, 80, 4)).astype(float)
    first, second = bootstrap(scores, seed=5), bootstrap(scores, seed=5)
    assert np.array_equal(first.samples, second.samples)
    rates = win_rates(scores).rates
    assert np.all((first.low <= rates) & (rates <= first.high))
    assert not np.array_equal(first.samples, bootstrap(scores, seed=6).samples)


def test_items_are_resampled_not_comparisons() -> None:
    """One item that decides everything must leave a wide interval however many judges repeat it."""
    scores = np.tile(np.array([[[9.0, 1.0], [1, 9], [9, 1], [1, 9]]]), (50, 1, 1))
    interval = bootstrap(scores)
    assert interval.high[0] - interval.low[0] > 0.8


def test_a_model_that_was_never_judged_has_no_rank() -> None:
    scores = np.array([[[9.0, 1.0, np.nan]] * 30])
    interval = bootstrap(scores)
    assert rank_ranges(interval)[2] is None
    assert rank_ranges(interval)[:2] == [(1, 1), (2, 2)]
    assert separable_pairs(interval)[0].tolist() == [0, 1, 0]


def test_no_items_at_all() -> None:
    empty = np.zeros((2, 0, 3))
    assert np.isnan(win_rates(empty).rates).all()
    assert np.isnan(bootstrap(empty).low).all()


def test_the_wrong_shape_is_named() -> None:
    with pytest.raises(ValueError, match="judge x item x model"):
        win_rates(np.zeros((2, 3)))


def test_a_mean_of_nothing_is_no_number() -> None:
    assert all(np.isnan(mean_interval(np.array([np.nan]))))
    mean, low, high = mean_interval(np.array([1.0, 2.0, 3.0, np.nan]))
    assert low <= mean == 2.0 <= high
