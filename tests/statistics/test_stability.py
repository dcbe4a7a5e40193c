"""Noise of repeats, and drift between runs."""

import numpy as np
import pytest

from echoloop.statistics import drift, repeat_noise, sign_flip_p


def test_noise_is_what_repeats_vary_by() -> None:
    random = np.random.default_rng(0)
    merit = random.normal(0, 5, (1, 1, 100, 4))
    scores = merit + np.array([0.5, 2.0])[:, None, None, None] * random.normal(size=(2, 3, 100, 4))
    found = repeat_noise(scores)
    assert found.sd == pytest.approx([0.5, 2.0], rel=0.1)
    assert (found.low < found.sd).all()
    assert (found.sd < found.high).all()
    assert found.outputs.tolist() == [400, 400]


def test_identical_repeats_and_lone_scores() -> None:
    nan = np.nan
    scores = np.array(
        [[[[5.0, 7, nan]], [[5, 8, nan]], [[5, 8, 3]]], [[[nan, 1, 2]], [[nan] * 3], [[nan] * 3]]]
    )
    found = repeat_noise(scores)
    assert found.identical[0] == pytest.approx(4 / 6)
    assert found.outputs.tolist() == [2, 0]
    assert np.isnan(found.sd[1])
    assert found.reasons == ("", "no output was scored twice")


def test_a_judge_that_has_moved_is_found_and_a_steady_one_is_not() -> None:
    random = np.random.default_rng(0)
    before = random.integers(1, 11, (40, 3)).astype(float)
    moved = drift(before, before + random.choice([-1, 0, 1, 1], before.shape))
    assert moved.p < 0.05
    assert 0 < moved.low < moved.difference < moved.high
    steady = drift(before, before + random.choice([-1, 0, 1], before.shape))
    assert steady.p > 0.05
    assert (moved.n, steady.n) == (40, 40)
    same = drift(before, before)
    assert (same.difference, same.p) == (0.0, 1.0)


def test_drift_leaves_out_what_was_not_scored_both_times() -> None:
    nan = np.nan
    assert drift([1, nan, 3], [2, 2, nan]).n == 1
    nothing = drift([nan], [1.0])
    assert np.isnan(nothing.difference)
    assert nothing.reason
    with pytest.raises(ValueError, match="same items"):
        drift([1, 2], [1])


def test_flipping_signs_is_exact_for_few_and_seeded_for_many() -> None:
    assert sign_flip_p(np.array([1.0, 2, 3, 4, 5])) == 2 / 32
    assert sign_flip_p(np.array([1.0, -1.0])) == 1.0
    assert np.isnan(sign_flip_p(np.array([np.nan])))
    many = np.random.default_rng(0).normal(0.2, 1, 100)
    assert sign_flip_p(many, seed=1) == sign_flip_p(many, seed=1)
    assert sign_flip_p(np.ones(100), flips=999) == 1 / 1000


def test_chance_alone_is_called_drift_one_time_in_twenty() -> None:
    random = np.random.default_rng(0)
    called = sum(sign_flip_p(random.normal(size=30), flips=499) < 0.05 for _ in range(400))
    assert called / 400 == pytest.approx(0.05, abs=0.03)
