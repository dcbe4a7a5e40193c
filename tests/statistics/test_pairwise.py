"""Judges that see two outputs at once: votes, both orders, and the pull of the first place."""

import numpy as np
import pytest

from echoloop.statistics import (
    bootstrap,
    bootstrap_of,
    pair_outcomes,
    position_bias,
    rates_of,
    settle_orders,
    vote_outcomes,
    win_rates,
)


@pytest.mark.parametrize("vote", ["majority", "net"])
@pytest.mark.parametrize("weights", [None, [1.0, 2.0, 0.5]])
def test_a_vote_of_results_is_the_vote_of_the_scores_behind_them(vote, weights) -> None:  # type: ignore[no-untyped-def]
    random = np.random.default_rng(0)
    scores = random.integers(1, 5, (3, 40, 4)).astype(float)
    scores[random.random(scores.shape) < 0.2] = np.nan
    judged = np.stack([pair_outcomes(scores[[judge]]) for judge in range(3)])
    outcomes = vote_outcomes(judged, vote, weights)
    np.testing.assert_array_equal(outcomes, pair_outcomes(scores, vote, weights=weights))
    np.testing.assert_array_equal(rates_of(outcomes).rates, win_rates(scores, vote, weights=weights).rates)
    np.testing.assert_allclose(
        bootstrap_of(outcomes, 50, 3).samples,
        bootstrap(scores, vote, weights=weights, resamples=50, seed=3).samples,
    )


def test_one_side_of_a_comparison_is_enough_and_two_must_agree() -> None:
    upper = np.full((1, 1, 2, 2), np.nan)
    upper[0, 0, 0, 1] = 1.0
    assert vote_outcomes(upper)[0, 1, 0] == 0.0
    upper[0, 0, 1, 0] = 1.0
    with pytest.raises(ValueError, match="contradicts itself"):
        vote_outcomes(upper)
    with pytest.raises(ValueError, match=r"1, \.5, 0"):
        vote_outcomes(np.full((1, 1, 2, 2), 0.7))
    with pytest.raises(ValueError, match="model x model"):
        rates_of(np.zeros((1, 2, 3)))


def test_orders_that_do_not_agree_are_a_tie_and_a_lone_order_is_nothing() -> None:
    nan = np.nan
    forward = np.array([1.0, 1.0, 0.0, 0.5, 1.0, 1.0, nan])
    backward = np.array([1.0, 0.0, 0.0, 0.5, 0.5, nan, nan])
    settled = settle_orders(forward, backward)
    np.testing.assert_array_equal(settled, [1.0, 0.5, 0.0, 0.5, 0.5, nan, nan])
    with pytest.raises(ValueError, match="one shape"):
        settle_orders(forward, backward[:3])


def test_a_judge_that_follows_the_place_is_caught_and_a_fair_one_is_not() -> None:
    random = np.random.default_rng(1)
    biased = random.binomial(10, 0.65, 200)
    found = position_bias(biased, 10 - biased)
    assert found.bias == pytest.approx(0.15, abs=0.03)
    assert 0 < found.low < found.bias < found.high
    assert found.p < 0.001
    assert (found.decided, found.items) == (2000, 200)
    fair = random.binomial(10, 0.5, 200)
    assert position_bias(fair, 10 - fair).p > 0.05
    one = position_bias([True, False], [False, True])
    assert (one.bias, one.p) == (0.0, 1.0)


def test_one_item_asked_often_is_one_item() -> None:
    """Fifty answers on one prompt are no fifty pieces of evidence."""
    found = position_bias([50, 0], [0, 10])
    assert found.p > 0.2


def test_no_decided_answer_is_no_number() -> None:
    found = position_bias([0, 0], [0, 0])
    assert np.isnan(found.bias)
    assert found.reason
    with pytest.raises(ValueError, match="from zero up"):
        position_bias([-1], [2])


def test_a_judge_that_never_chose_has_no_bias() -> None:
    """Also where its answers would have been laid out item by item: no items are no answers, not a fault."""
    for nothing in ([], np.zeros((0, 3)), np.zeros((4, 0))):
        found = position_bias(nothing, nothing)
        assert (found.decided, found.items) == (0, 0)
        assert found.reason
