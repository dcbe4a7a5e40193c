"""Pair matrices, paired differences, tiers."""

import numpy as np
import pytest

from echoloop.statistics import (
    Interval,
    bootstrap,
    pair_matrix,
    pair_outcomes,
    paired_differences,
    separable_pairs,
    tiers,
    win_rates,
)


def graded(merits: list[float], items: int = 200) -> np.ndarray:
    random = np.random.default_rng(0)
    return np.rint(np.array(merits) + random.normal(0, 1.5, (3, items, len(merits))))


def test_the_pair_matrix_counts_each_pair() -> None:
    nan = np.nan
    scores = np.array([[[3.0, 2.0, nan], [1, 1, nan], [1, 5, nan], [4, nan, nan]]])
    found = pair_matrix(pair_outcomes(scores))
    assert found.compared[0].tolist() == [0, 3, 0]
    assert found.ties[0, 1] == found.ties[1, 0] == 1
    assert found.wins[0, 1] == found.wins[1, 0] == 1.5
    assert found.rate[0, 1] == 0.5
    assert np.isnan(found.rate[0, 2])
    assert np.isnan(found.rate[0, 0])


def test_paired_differences_are_narrower_than_two_intervals() -> None:
    scores = graded([5, 6, 7, 8])
    rates, interval = win_rates(scores), bootstrap(scores)
    found = paired_differences(interval, rates)
    assert found.difference[3, 0] == pytest.approx(rates.rates[3] - rates.rates[0])
    np.testing.assert_allclose(found.low, -found.high.T)
    assert np.array_equal(found.low > 0, separable_pairs(interval) == 1)
    with pytest.raises(ValueError, match="4 models"):
        paired_differences(interval, rates.rates[:2])


def test_tiers_hold_what_cannot_be_told_from_their_best() -> None:
    scores = graded([5, 5, 8, 8, 6.5])
    found = tiers(bootstrap(scores), win_rates(scores))
    assert found[2] == found[3] == 1
    assert found[4] == 2
    assert found[0] == found[1] == 3


def test_a_tier_is_measured_from_its_best_alone() -> None:
    """a ~ b and b ~ c, but a is ahead of c: c opens a tier of its own."""
    random = np.random.default_rng(0)
    samples = np.array([0.60, 0.55, 0.50]) + random.normal(0, 0.02, (2000, 3))
    low, high = np.quantile(samples, [0.025, 0.975], axis=0)
    assert tiers(Interval(low, high, samples)) == [1, 1, 2]


def test_a_model_without_a_rate_has_no_tier() -> None:
    scores = np.concatenate([graded([5, 8]), np.full((3, 200, 1), np.nan)], axis=2)
    assert tiers(bootstrap(scores)) == [2, 1, None]
    assert tiers(bootstrap(np.full((1, 2, 2), np.nan))) == [None, None]
    assert tiers(bootstrap(np.ones((1, 5, 1)))) == [None]
