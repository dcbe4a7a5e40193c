"""A rank correlation that says how little it rests on."""

import math

import numpy as np
import pytest
from scipy.stats import spearmanr

from echoloop.statistics import spearman

X, Y = (0.4, 0.3, 0.2, 0.1, 0.05, 0.0), (1.0, 0.5, 0.75, 0.0, 0.25, 0.25)


def test_it_is_spearmans_rho_with_a_wide_interval() -> None:
    found = spearman(X, Y)
    assert found.statistic == pytest.approx(float(spearmanr(X, Y).statistic))
    assert found.low < 0 < found.statistic < found.high
    assert 0 < found.p < 1
    assert found.n == 6


def test_its_p_counts_every_order_of_five() -> None:
    found = spearman(range(5), [10, 20, 30, 40, 50])
    assert found.statistic == pytest.approx(1)
    assert found.p == pytest.approx(2 / math.factorial(5))
    assert found.low < 1 <= found.high, "a perfect order of five is not certain"


def test_of_many_it_draws_orders_and_stays_near_the_known_p() -> None:
    random = np.random.default_rng(4)
    x = random.normal(size=40)
    y = 0.35 * x + random.normal(size=40)
    assert spearman(x, y).p == pytest.approx(float(spearmanr(x, y).pvalue), abs=0.01)


def test_who_is_missing_is_left_out_pair_by_pair() -> None:
    found = spearman([*X, 9.0, math.nan], [*Y, math.nan, 0.1])
    assert (found.n, found.statistic) == (6, spearman(X, Y).statistic)


def test_no_order_has_no_correlation_and_a_reason() -> None:
    found = spearman([1, 1, 1, 1], [1, 2, 3, 4])
    assert math.isnan(found.statistic)
    assert found.reason


def test_three_pairs_have_no_interval() -> None:
    found = spearman([1, 2, 3], [1, 3, 2])
    assert (math.isnan(found.low), math.isnan(found.high)) == (True, True)


def test_unequal_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="3 values and y 2"):
        spearman([1, 2, 3], [1, 2])
