"""Calibration gains what it can, where it can, and claims nothing else."""

import numpy as np
import pytest

from echoloop.statistics import judge_weights


def planted(noises: list[float], items: int, seed: int = 0, models: int = 6) -> tuple[np.ndarray, np.ndarray]:
    """Judges who see people's order through noise of their own; scores from 1 to 10."""
    random = np.random.default_rng(seed)
    merit = random.normal(0, 1, (items, models))
    seen = merit + np.array(noises)[:, None, None] * random.normal(size=(len(noises), items, models))
    spread = np.sqrt(1 + np.square(noises))[:, None, None]
    ranks = np.argsort(np.argsort(-merit, axis=1), axis=1) + 1.0
    return np.clip(np.rint(5.5 + 2 * seen / spread), 1, 10), ranks


def test_a_good_judge_among_poor_ones_is_heard() -> None:
    scores, ranks = planted([0.3, 3, 3], 200)
    found = judge_weights(scores, ranks)
    assert found.weights.sum() == pytest.approx(1)
    assert found.weights[0] > 0.6
    assert 0 < found.low < found.gain < found.high
    assert found.gain == pytest.approx(found.weighted - found.plain)
    assert found.agreement[0] > found.agreement[1]
    assert found.reason == ""
    assert (found.items, found.pairs, found.folds) == (200, 200 * 15, 5)


def test_random_judges_gain_nothing_and_none_is_claimed() -> None:
    """Over many small data sets of judges who know nothing, the held-out gain is zero on average."""
    gains, claimed = [], 0
    for seed in range(150):
        random = np.random.default_rng(seed)
        scores = random.integers(1, 11, (3, 12, 5)).astype(float)
        ranks = np.argsort(random.random((12, 5)), axis=1) + 1.0
        found = judge_weights(scores, ranks, seed=seed, resamples=200)
        gains.append(found.gain)
        claimed += not found.reason
    assert abs(np.mean(gains)) < 3 * np.std(gains) / np.sqrt(len(gains))
    assert claimed <= 12


def test_equal_judges_keep_nearly_equal_weights_on_little_data() -> None:
    spread = [
        np.ptp(judge_weights(*planted([1, 1, 1], 15, seed), resamples=10).weights) for seed in range(20)
    ]
    assert np.median(spread) < 0.05


def test_judges_may_change_places() -> None:
    scores, ranks = planted([0.5, 1, 2], 60)
    one, other = judge_weights(scores, ranks), judge_weights(scores[[2, 0, 1]], ranks)
    np.testing.assert_allclose(other.weights, one.weights[[2, 0, 1]])
    assert other.gain == pytest.approx(one.gain)


def test_a_judge_that_says_the_opposite_or_nothing() -> None:
    scores, ranks = planted([0.3, 0.3, 0.3], 100)
    scores[1] = 11 - scores[1]
    scores[2] = np.nan
    found = judge_weights(scores, ranks)
    assert found.weights[1] == 0.0
    assert found.weights[0] > 0
    assert np.isnan(found.agreement[2])


def test_too_little_says_why() -> None:
    scores, ranks = planted([1, 1], 1)
    found = judge_weights(scores, ranks)
    assert np.isnan(found.gain)
    assert "at least two" in found.reason
    assert found.weights.tolist() == [0.5, 0.5]
    tied = judge_weights(*(planted([1, 1], 5)[0], np.ones((5, 6))))
    assert tied.items == 0
    with pytest.raises(ValueError, match="folds"):
        judge_weights(scores, ranks, folds=1)
    with pytest.raises(ValueError, match="ranks must be"):
        judge_weights(scores, ranks[:, :2])
    with pytest.raises(ValueError, match="no judges"):
        judge_weights(np.zeros((0, 1, 6)), ranks)
