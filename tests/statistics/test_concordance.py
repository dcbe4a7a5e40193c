"""Rank tests against the numbers that R's own examples and the textbooks give."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echoloop.statistics import bonferroni, dunn, friedman, holm, kendall_w, kruskal, mean_kendall_w, normal_p

NAN = np.nan

# R, ?friedman.test: RoundingTimes (Hollander and Wolfe): 22 players x 3 ways of rounding first base.
ROUNDING_TIMES = np.array(
    [5.40, 5.50, 5.55, 5.85, 5.70, 5.75, 5.20, 5.60, 5.50, 5.55, 5.50, 5.40, 5.90, 5.85, 5.70, 5.45, 5.55, 5.60,
     5.40, 5.40, 5.35, 5.45, 5.50, 5.35, 5.25, 5.15, 5.00, 5.85, 5.80, 5.70, 5.25, 5.20, 5.10, 5.65, 5.55, 5.45,
     5.60, 5.35, 5.45, 5.05, 5.00, 4.95, 5.50, 5.50, 5.40, 5.45, 5.55, 5.50, 5.55, 5.55, 5.35, 5.45, 5.50, 5.55,
     5.50, 5.45, 5.25, 5.65, 5.60, 5.40, 5.70, 5.65, 5.55, 6.30, 6.30, 6.25]
).reshape(22, 3)  # fmt: skip

# R, irr::anxiety: 3 raters x 20 subjects.
ANXIETY = np.array(
    [
        [3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3],
        [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4],
        [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2],
    ]
)

# Zar, Biostatistical Analysis: pH of four ponds.
PONDS = np.array(
    [
        [7.68, 7.69, 7.70, 7.70, 7.72, 7.73, 7.73, 7.76],
        [7.71, 7.73, 7.74, 7.74, 7.78, 7.78, 7.80, 7.81],
        [7.74, 7.75, 7.77, 7.78, 7.80, 7.81, 7.84, NAN],
        [7.71, 7.71, 7.74, 7.79, 7.81, 7.85, 7.87, 7.91],
    ]
).T


def test_friedman_on_rounding_times() -> None:
    found = friedman(ROUNDING_TIMES)
    assert found.statistic == pytest.approx(11.1429, abs=5e-5)
    assert found.p == pytest.approx(0.003805, abs=5e-7)
    assert (found.df, found.n) == (2, 22)


def test_kendalls_w_on_anxiety() -> None:
    found = kendall_w(ANXIETY)
    assert found.statistic == pytest.approx(0.5396569, abs=5e-8)
    assert found.chi2 == pytest.approx(30.76, abs=5e-3)
    assert found.p == pytest.approx(0.0429, abs=5e-5)
    assert (found.df, found.raters, found.models) == (19, 3, 20)


def test_kruskal_and_dunn_on_zars_ponds() -> None:
    found = kruskal(PONDS)
    assert found.statistic == pytest.approx(11.9435, abs=5e-5)
    assert (found.df, found.n) == (3, 31)
    compared = dunn(PONDS, paired=False)
    assert compared.form == "independent"
    np.testing.assert_allclose(
        np.abs(compared.z[np.triu_indices(4, 1)]),
        [2.1370, 2.9493, 2.9918, 0.8848, 0.8548, 0.0590],
        atol=5e-5,
    )


def test_the_papers_table_of_corrected_p() -> None:
    p = normal_p([4.377])[0]
    assert p == pytest.approx(1.2e-5, rel=0.01)
    assert bonferroni([p] * 28)[0] == pytest.approx(3.37e-4, rel=2e-3)
    assert bonferroni([0.5] * 28)[0] == 1.0


def test_holm_is_bonferroni_for_the_smallest_and_milder_for_the_rest() -> None:
    # Holm 1979 by hand: 4 x .005, 3 x .01, 2 x .03, and .04 is not below the one before.
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    mixed = holm([0.01, NAN, 0.02])
    np.testing.assert_allclose(mixed, [0.02, NAN, 0.02])
    assert bonferroni([0.01, NAN])[0] == 0.01


def test_paired_dunn_compares_mean_ranks_of_blocks() -> None:
    blocks = np.array([[1, 2, 3], [1, 2, 3], [1, 3, 2], [1, 2, NAN]])
    found = dunn(blocks)
    assert (found.form, found.n, found.dropped) == ("paired", 3, 1)
    z = (1.0 - 7 / 3) / np.sqrt(3 * 4 / (6 * 3))
    assert found.z[0, 1] == pytest.approx(z)
    assert found.z[1, 0] == pytest.approx(-z)
    assert found.p[0, 1] == pytest.approx(float(normal_p(z)))
    assert found.bonferroni[0, 1] == pytest.approx(min(1, 3 * found.p[0, 1]))
    assert found.holm[2, 0] == found.holm[0, 2] <= found.bonferroni[0, 2]
    assert np.isnan(np.diag(found.p)).all()
    assert found.reason


def test_all_raters_alike_are_one_and_opposed_ones_are_nought() -> None:
    assert kendall_w([[1, 2, 3, 4]] * 4).statistic == 1.0
    assert kendall_w([[1, 2, 3], [3, 2, 1]]).statistic == 0.0
    assert kendall_w([[1, 1, 2], [5, 5, 9]]).statistic == pytest.approx(1.0)
    # The paper's W of .49 with 5 raters and 8 models: p is .0165, not below .0001.
    from echoloop.statistics.tails import chi_squared_p

    assert chi_squared_p(5 * 7 * 0.49, 7) == pytest.approx(0.0165, abs=5e-4)


def test_incomplete_raters_are_left_out_and_counted() -> None:
    found = kendall_w([[1, 2, 3], [1, NAN, 2], [1, 2, 3]])
    assert (found.statistic, found.raters, found.dropped) == (1.0, 2, 1)
    assert found.reason
    assert friedman([[1, 2, 3], [1, NAN, 2]]).dropped == 1


@pytest.mark.parametrize(
    "values", [np.ones((3, 4)), np.ones((3, 1)), np.ones((0, 4)), np.full((3, 4), NAN), np.ones((0, 0))]
)
def test_what_has_no_answer_says_why(values: np.ndarray) -> None:
    for found in (kendall_w(values), friedman(values), kruskal(values)):
        assert np.isnan(found.statistic)
        assert np.isnan(found.p)
        assert found.reason
    independent = dunn(values, paired=False)
    assert np.isnan(independent.p).all()
    assert independent.reason


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_raters_and_models_may_change_places(seed: int) -> None:
    random = np.random.default_rng(seed)
    values = random.integers(1, 5, (5, 4)).astype(float)
    moved = values[random.permutation(5)][:, random.permutation(4)]
    for test in (kendall_w, friedman, kruskal):
        np.testing.assert_allclose(test(values).statistic, test(moved).statistic, atol=1e-12)


def test_the_mean_of_w_over_samples_has_an_interval_and_counts_what_has_none() -> None:
    random = np.random.default_rng(0)
    ranked = np.argsort(np.argsort(np.arange(8) + random.normal(0, 3, (60, 5, 8)), axis=2), axis=2) + 1.0
    ranked[0] = 1.0
    found = mean_kendall_w(ranked)
    assert (found.n, found.undefined) == (59, 1)
    assert found.low < found.statistic < found.high
    nothing = mean_kendall_w(np.ones((2, 5, 8)))
    assert nothing.n == 0
    assert nothing.reason


def test_one_rater_agrees_with_nobody() -> None:
    """W of one rater would always be 1: items that one person ranked would raise the mean agreement."""
    alone = kendall_w([[1, 2, 3, 4], [1, NAN, NAN, NAN]])
    assert np.isnan(alone.statistic)
    assert "one rater" in alone.reason
    assert mean_kendall_w([[[1, 2, 3], [3, 2, 1]], [[1, 2, 3], [NAN, NAN, NAN]]]).statistic == 0.0


@pytest.mark.parametrize("paired", [True, False])
def test_dunn_has_its_statistic_by_the_name_the_others_have(paired: bool) -> None:
    found = dunn([[1, 2, 3], [1, 3, 2], [2, 1, 3]], paired=paired)
    np.testing.assert_array_equal(found.statistic, found.z)
