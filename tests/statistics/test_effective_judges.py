"""What a panel is worth: between one judge and all of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echoloop.statistics import effective_judges


def panel(shared: float, judges: int = 3, items: int = 400, models: int = 6) -> np.ndarray:
    """Judges whose errors correlate at `shared`, around items and models that differ a lot."""
    random = np.random.default_rng(0)
    common = random.normal(0, np.sqrt(shared), (1, items, models))
    own = random.normal(0, np.sqrt(1 - shared), (judges, items, models))
    return 3 * random.normal(size=(1, items, 1)) + 2 * random.normal(size=(1, 1, models)) + common + own


@pytest.mark.parametrize("shared", [0.0, 0.5, 0.9])
def test_a_planted_correlation_is_found(shared: float) -> None:
    found = effective_judges(panel(shared))
    assert found.correlation == pytest.approx(shared, abs=0.04)
    assert found.statistic == pytest.approx(3 / (1 + 2 * shared), abs=0.2)
    assert found.low <= found.statistic <= found.high
    assert (found.judges, found.items) == (3, 400)


def test_one_judge_is_one_and_identical_judges_are_one() -> None:
    scores = panel(0.2)
    assert effective_judges(scores[:1]).statistic == 1.0
    same = effective_judges(np.stack([scores[0]] * 4))
    assert (same.statistic, same.low, same.high) == (1.0, 1.0, 1.0)
    assert effective_judges(np.full((3, 4, 2), 7.0)).statistic == 1.0
    absent = effective_judges(np.concatenate([scores[:1], np.full((1, 400, 6), np.nan)]))
    assert (absent.statistic, absent.judges) == (1.0, 1)


def test_what_has_no_answer_says_why() -> None:
    nothing = effective_judges(np.full((2, 3, 2), np.nan))
    assert np.isnan(nothing.statistic)
    assert nothing.reason
    additive = np.stack([np.add.outer(np.arange(5.0), [0, 1]), np.add.outer(np.arange(5.0), [0, 2])])
    flat = effective_judges(additive)
    assert np.isnan(flat.statistic)
    assert "no correlation" in flat.reason


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(2, 4))
def test_it_lies_between_one_and_all_in_any_order_and_harshness_does_not_count(
    seed: int, judges: int
) -> None:
    random = np.random.default_rng(seed)
    scores = random.integers(1, 11, (judges, 8, 4)).astype(float)
    scores[random.random(scores.shape) < 0.1] = np.nan
    found = effective_judges(scores, resamples=20)
    if np.isfinite(found.statistic):
        assert 1.0 <= found.low <= found.high <= judges
        assert 1.0 <= found.statistic <= judges
        moved = scores[random.permutation(judges)][:, random.permutation(8)][:, :, random.permutation(4)]
        assert effective_judges(moved, resamples=5).statistic == pytest.approx(found.statistic, abs=1e-6)
        harsh = 2 * scores - random.integers(0, 3, (judges, 1, 1)) + random.integers(0, 3, (1, 8, 1))
        assert effective_judges(harsh, resamples=5).statistic == pytest.approx(found.statistic, abs=1e-5)
