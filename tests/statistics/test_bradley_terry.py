"""Strengths against the textbook's, and against what no data can tell."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echoloop.statistics import bradley_terry, bradley_terry_interval, pair_matrix, pair_outcomes

# Agresti, Categorical Data Analysis: American League 1987; rows beat columns.
# Milwaukee, Detroit, Toronto, New York, Boston, Cleveland, Baltimore.
BASEBALL = np.array(
    [
        [0, 7, 9, 7, 7, 9, 11],
        [6, 0, 7, 5, 11, 9, 9],
        [4, 6, 0, 7, 7, 8, 12],
        [6, 8, 6, 0, 6, 7, 10],
        [6, 2, 6, 7, 0, 7, 12],
        [4, 4, 5, 6, 6, 0, 6],
        [2, 4, 1, 3, 1, 7, 0],
    ]
)


def test_baseball() -> None:
    found = bradley_terry(BASEBALL)
    assert found.converged
    assert found.strengths.mean() == pytest.approx(0)
    np.testing.assert_allclose(
        found.strengths - found.strengths[-1], [1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839, 0], atol=5e-5
    )


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(2, 7))
def test_expected_wins_are_the_seen_ones_in_any_order(seed: int, models: int) -> None:
    random = np.random.default_rng(seed)
    wins = random.integers(1, 30, (models, models)) / 2
    np.fill_diagonal(wins, 99)
    found = bradley_terry(wins).strengths
    np.fill_diagonal(wins, 0)
    chance = 1 / (1 + np.exp(found[None, :] - found[:, None]))
    np.testing.assert_allclose(((wins + wins.T) * chance).sum(1) - wins.sum(1) * 1.0, 0.0, atol=1e-6)
    order = random.permutation(models)
    np.testing.assert_allclose(bradley_terry(wins[np.ix_(order, order)]).strengths, found[order], atol=1e-7)


def test_a_model_that_always_wins_has_no_strength_unless_a_prior_says_so() -> None:
    wins = np.array([[0, 5, 5], [0, 0, 3], [0, 2, 0]])
    found = bradley_terry(wins)
    assert not found.converged
    assert np.isnan(found.strengths).all()
    assert "models 0 never lost" in found.reason
    drawn = bradley_terry(wins, prior=0.5)
    assert drawn.converged
    assert drawn.strengths[0] > drawn.strengths[1] > drawn.strengths[2]


def test_groups_that_never_met_cannot_be_compared() -> None:
    wins = np.zeros((4, 4))
    wins[0, 1] = wins[1, 0] = wins[2, 3] = wins[3, 2] = 1
    assert "models 0, 1 and 2, 3 were never compared" in bradley_terry(wins).reason
    assert bradley_terry(np.zeros((3, 3))).reason == "no two models were compared"
    assert bradley_terry(np.zeros((1, 1))).reason
    assert bradley_terry(np.zeros((0, 0))).strengths.size == 0


def test_a_model_nobody_compared_does_not_stop_the_others() -> None:
    wins = np.array([[0, 3, 0], [1, 0, 0], [0, 0, 0]])
    found = bradley_terry(wins)
    assert found.strengths[0] - found.strengths[1] == pytest.approx(np.log(3))
    assert np.isnan(found.strengths[2])
    assert found.reason == "never compared: 2"


def test_the_interval_holds_the_strengths_and_each_sample_is_a_fit() -> None:
    random = np.random.default_rng(0)
    scores = np.rint(np.linspace(4, 6, 5) + random.normal(0, 2, (3, 120, 5)))
    outcomes = pair_outcomes(scores)
    found = bradley_terry_interval(outcomes, 200, 1)
    point = bradley_terry(pair_matrix(outcomes).wins).strengths
    assert ((found.low < point) & (point < found.high)).all()
    assert found.undefined == 0
    drawn = np.random.default_rng(1).integers(0, 120, (200, 120))[7]
    np.testing.assert_allclose(
        found.samples[7], bradley_terry(pair_matrix(outcomes[drawn]).wins).strengths, atol=1e-7
    )


def test_few_items_leave_no_interval_unless_a_prior_is_given() -> None:
    outcomes = pair_outcomes(np.array([[[2.0, 1], [2, 1], [2, 1], [1, 2]]]))
    found = bradley_terry_interval(outcomes, 200, 0)
    assert found.undefined > 20
    assert np.isnan(found.low).all()
    assert "prior" in found.reason
    assert np.isfinite(bradley_terry_interval(outcomes, 200, 0, prior=0.5).low).all()
    nothing = bradley_terry_interval(np.full((0, 2, 2), np.nan), 10)
    assert nothing.undefined == 10
    assert nothing.reason


def test_wins_that_are_no_counts_are_refused() -> None:
    for wrong in (np.zeros((2, 3)), np.array([[0, -1], [1, 0]]), np.array([[0, np.nan], [1, 0]])):
        with pytest.raises(ValueError, match="wins"):
            bradley_terry(wrong)
    with pytest.raises(ValueError, match="prior"):
        bradley_terry(BASEBALL, prior=-1)


def test_wins_in_small_units_are_the_same_wins() -> None:
    """Wins may be shares of a whole: that is no reason to stop earlier."""
    np.testing.assert_allclose(
        bradley_terry(np.asarray(BASEBALL) * 1e-9).strengths, bradley_terry(BASEBALL).strengths, atol=1e-9
    )
