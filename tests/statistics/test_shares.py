"""Wilson's interval, against its published values and its promise."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from echoloop.statistics import share_interval


@given(st.integers(1, 400).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_it_is_the_interval_that_scipy_computes(counts: tuple[int, int]) -> None:
    part, whole = counts
    share, low, high = share_interval(part, whole)
    known = binomtest(part, whole).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((known.low, known.high), abs=1e-9)
    assert low <= share <= high


def test_nothing_seen_is_not_certain_to_be_nothing() -> None:
    assert share_interval(0, 10)[1:] == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert share_interval(10, 10)[1:] == pytest.approx((0.7225, 1.0), abs=1e-4)


def test_of_nothing_there_is_no_share() -> None:
    assert all(math.isnan(one) for one in share_interval(0, 0))


@pytest.mark.parametrize(("part", "whole"), [(3, 2), (-1, 4)])
def test_more_than_all_is_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        share_interval(part, whole)
