"""The mean of a handful of values."""

import math

import numpy as np
import pytest

from echoloop.statistics import few_mean_interval


def test_it_is_student_s_interval():
    """By hand: mean 3, standard deviation sqrt(2.5), t of 4 degrees at 97.5 % is 2.776445."""
    mean, low, high = few_mean_interval([1, 2, 3, 4, 5])
    half = 2.776445105 * math.sqrt(2.5) / math.sqrt(5)
    assert mean == 3
    assert (low, high) == pytest.approx((3 - half, 3 + half))


def test_one_value_has_no_bounds_and_none_has_no_mean():
    assert few_mean_interval([4.0])[0] == 4
    assert all(math.isnan(bound) for bound in few_mean_interval([4.0])[1:])
    assert all(math.isnan(number) for number in few_mean_interval([]))


def test_it_holds_the_mean_as_often_as_it_says():
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(2000):
        _, low, high = few_mean_interval(rng.normal(7, 3, size=5))
        held += low <= 7 <= high
    assert 0.935 < held / 2000 < 0.965
