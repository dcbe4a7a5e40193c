"""Words that set two heaps apart, and none where there is nothing to tell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoloop.statistics import log_odds

_COUNTS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=30)


@given(_COUNTS)
def test_the_heaps_can_change_sides(pairs: list[tuple[int, int]]) -> None:
    first, second = np.array(pairs).T
    there, back = log_odds(first, second), log_odds(second, first)
    np.testing.assert_allclose(there.z, -back.z, atol=1e-9)
    assert np.isfinite(there.z).all()
    assert (there.z[first + second == 0] == 0).all()


def test_equal_heaps_have_no_words_of_their_own() -> None:
    counts = np.array([500, 30, 2, 1])
    np.testing.assert_allclose(log_odds(counts, counts).z, 0, atol=1e-9)


def test_the_textbook_formula() -> None:
    first, second = np.array([30.0, 70.0]), np.array([10.0, 90.0])
    prior = 100 * np.array([40, 160]) / 200
    one, other = first + prior, second + prior
    ratio = np.log(one[0] / one[1]) - np.log(other[0] / other[1])
    found = log_odds(first, second, strength=100)
    assert found.ratio[0] == pytest.approx(ratio)
    assert found.z[0] == pytest.approx(ratio / np.sqrt(1 / one[0] + 1 / other[0]))


def test_much_evidence_counts_for_more_than_a_rare_word() -> None:
    found = log_odds(np.array([60, 3, 900]), np.array([20, 0, 900]))
    assert found.z[0] > 3 > found.z[1] > 0


def test_a_difference_that_is_planted_is_found_and_chance_is_not() -> None:
    random = np.random.default_rng(7)
    rates = random.uniform(0.001, 0.05, 2_000)
    tilted = rates.copy()
    tilted[:20] *= 6
    found = log_odds(random.binomial(1_000, tilted), random.binomial(1_000, rates))
    assert (found.z[:20] > 3).sum() >= 17
    assert (found.z[20:] > 4.2).sum() == 0


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match="one vocabulary"):
        log_odds(np.array([1]), np.array([1, 2]))
    with pytest.raises(ValueError, match="strength"):
        log_odds(np.array([1]), np.array([1]), strength=0)
    with pytest.raises(ValueError, match="below zero"):
        log_odds(np.array([-1]), np.array([2]))
    assert log_odds(np.array([], dtype=np.int64), np.array([], dtype=np.int64)).z.size == 0
