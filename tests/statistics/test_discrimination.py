"""Margins, their ratio between benchmarks, and the saturation alarm."""

import numpy as np
import pytest

from echoloop.statistics import bootstrap, discrimination, margin_ratio, saturation, win_rates


def graded(merits: list[float], seed: int = 0, items: int = 300, spread: float = 2.0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.clip(np.rint(np.array(merits) + random.normal(0, spread, (3, items, len(merits)))), 1, 10)


def test_the_leader_against_the_next_and_against_a_named_baseline() -> None:
    scores = graded([4, 7, 6, 3])
    rates, interval = win_rates(scores), bootstrap(scores)
    found = discrimination(rates, interval)
    assert (found.leader, found.other) == (1, 2)
    assert found.margin == pytest.approx(rates.rates[1] - rates.rates[2])
    assert 0 < found.low < found.margin < found.high
    assert found.formula == f"{rates.rates[1]:.4f} - {rates.rates[2]:.4f} = {found.margin:.4f}"
    assert discrimination(rates, interval, other=3).margin > found.margin
    assert discrimination(rates, interval, leader=3, other=1).margin < 0
    assert discrimination(rates, interval, other=1).leader == 2
    with pytest.raises(ValueError, match="no model 9"):
        discrimination(rates, interval, other=9)


def test_a_sharper_benchmark_has_a_ratio_above_one() -> None:
    sharp, dull = graded([4, 7, 5]), graded([4, 5.2, 4.6], seed=1)
    ours, theirs = (discrimination(win_rates(one), bootstrap(one)) for one in (sharp, dull))
    found = margin_ratio(ours, theirs)
    assert found.ratio == pytest.approx(ours.margin / theirs.margin)
    assert found.low < found.ratio < found.high
    assert f"= {found.ratio:.2f}" in found.formula
    assert found.reason == ""


def test_a_margin_that_may_be_nought_bounds_no_ratio() -> None:
    sharp, level = graded([4, 7]), graded([5, 5], seed=2)
    ours, theirs = (discrimination(win_rates(one), bootstrap(one)) for one in (sharp, level))
    found = margin_ratio(ours, theirs)
    assert np.isnan(found.low)
    assert "holds 0" in found.reason
    alone = discrimination([0.5], bootstrap(np.ones((1, 2, 1))))
    assert alone.reason
    assert np.isnan(margin_ratio(ours, alone).ratio)
    never = discrimination([0.5, np.nan], bootstrap(np.ones((1, 2, 2))), 0, 1)
    assert "never compared" in never.reason


def test_the_alarm_needs_both_overlap_and_a_ceiling() -> None:
    perfect = graded([15, 15, 4])
    found = saturation(perfect, bootstrap(perfect))
    assert found.alarm
    assert found.overlap
    assert found.tied > 0.9
    assert (sorted(found.models), found.top, found.items) == ([0, 1], 10, 300)
    level = graded([5, 5, 2], seed=3)
    found = saturation(level, bootstrap(level), top=10)
    assert found.overlap
    assert not found.alarm
    ahead = graded([15, 8, 2])
    assert not saturation(ahead, bootstrap(ahead)).alarm
    assert not saturation(perfect, bootstrap(perfect), models=3).alarm


def test_the_alarm_without_scores_says_so() -> None:
    nothing = np.full((2, 3, 2), np.nan)
    found = saturation(nothing, bootstrap(nothing))
    assert not found.alarm
    assert found.reason
    apart = np.array([[[10.0, np.nan], [np.nan, 10]]])
    assert saturation(apart, bootstrap(np.ones((1, 2, 2)))).reason == "no item has scores of all of them"
    with pytest.raises(ValueError, match="models"):
        saturation(apart, bootstrap(np.ones((1, 2, 2))), models=1)
