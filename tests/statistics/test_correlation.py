"""Tau and r against known answers and scipy, and where neither exists."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from echoloop.statistics import mean_ranks, mean_tau_b, pearson, pearson_interval, tau_b, tau_b_each

ANSCOMBE = (
    [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5],
    [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68],
)


def test_scipys_own_example() -> None:
    found = tau_b([12, 2, 1, 12, 2], [1, 4, 7, 1, 0])
    assert found.statistic == pytest.approx(-0.4714045, abs=5e-8)
    assert found.p == pytest.approx(0.2827455, abs=5e-8)
    assert found.n == 5


def test_anscombes_first() -> None:
    found = pearson(*ANSCOMBE)
    assert found.statistic == pytest.approx(0.81642, abs=5e-6)
    assert found.p == pytest.approx(0.00217, abs=5e-6)


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.booleans())
def test_tau_and_r_are_scipys(seed: int, n: int, ties: bool) -> None:
    random = np.random.default_rng(seed)
    x = random.integers(0, 6, n).astype(float) if ties else random.permutation(n).astype(float)
    y = random.permutation(n).astype(float)
    found, known = tau_b(x, y), stats.kendalltau(x, y)
    np.testing.assert_allclose([found.statistic, found.p], [known.statistic, known.pvalue], atol=1e-12)
    if n > 2 and np.ptp(x) > 0:
        own, other = pearson(x, y), stats.pearsonr(x, y)
        np.testing.assert_allclose([own.statistic, own.p], [other.statistic, other.pvalue], atol=1e-7)


def test_a_constant_reader_has_no_correlation() -> None:
    found = tau_b([1, 1, 1], [1, 2, 3])
    assert np.isnan(found.statistic)
    assert np.isnan(found.p)
    assert found.reason == "x says the same of everything: undefined"
    assert pearson([1, 2, 3], [0.1 + 0.2] * 3).reason.startswith("y says")
    assert tau_b([1.0], [2.0]).reason.startswith("1 values")
    assert pearson([], []).reason.startswith("0 values")
    assert np.isnan(pearson_interval([1, 1], [1, 2]).low)


def test_what_one_reader_left_out_is_left_out() -> None:
    nan = np.nan
    found = tau_b([1, 2, nan, 4], [1, 2, 3, nan])
    assert (found.n, found.statistic) == (2, 1.0)
    assert pearson([[1, nan], [3, 5]], [[2, 1], [4, 9]]).n == 3
    with pytest.raises(ValueError, match="values and y"):
        tau_b([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="one shape"):
        pearson([1, 2], [1, 2, 3])


def test_a_whole_stack_is_each_of_its_rows() -> None:
    random = np.random.default_rng(0)
    judges, people = (
        random.integers(1, 5, (3, 30, 8)).astype(float),
        random.integers(1, 9, (30, 8)).astype(float),
    )
    judges[random.random(judges.shape) < 0.2] = np.nan
    judges[0, 0] = 4.0
    stacked = tau_b_each(judges, people)
    assert stacked.shape == (3, 30)
    for judge in range(3):
        for item in range(30):
            np.testing.assert_allclose(
                stacked[judge, item], tau_b(judges[judge, item], people[item]).statistic, atol=1e-12
            )


def test_mean_tau_counts_items_and_says_how_many_have_none() -> None:
    random = np.random.default_rng(0)
    truth = np.tile(np.arange(8.0), (50, 1))
    seen = truth + random.normal(0, 2, truth.shape)
    seen[:3] = 5.0
    found = mean_tau_b(seen, truth)
    assert (found.n, found.undefined) == (47, 3)
    assert 0 < found.low < found.statistic < found.high < 1


def test_scores_of_one_item_are_drawn_together() -> None:
    """Copies of an item's scores are no new evidence: the interval of r must not shrink with them."""
    random = np.random.default_rng(0)
    x = random.normal(size=(40, 1))
    y = x + random.normal(size=(40, 1))
    one = pearson_interval(x, y)
    many = pearson_interval(np.tile(x, 25), np.tile(y, 25))
    assert one.low == pytest.approx(many.low)
    assert many.n == 25 * one.n
    assert one.low < one.statistic < one.high


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_ranks_are_scipys(seed: int) -> None:
    random = np.random.default_rng(seed)
    values = random.integers(0, 5, (3, random.integers(1, 9))).astype(float)
    np.testing.assert_array_equal(mean_ranks(values), stats.rankdata(values, axis=1))
    values[random.random(values.shape) < 0.3] = np.nan
    np.testing.assert_array_equal(mean_ranks(values), stats.rankdata(values, axis=1, nan_policy="omit"))


def test_many_values_need_no_table_of_all_pairs() -> None:
    tracemalloc.start()
    found = tau_b(np.arange(4000), np.random.default_rng(0).permutation(4000))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert abs(found.statistic) < 0.05
    assert most < 8_000_000
