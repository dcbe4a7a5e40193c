"""Whether complaints show in the numbers: a rank correlation that says how little it rests on."""

import math

import pytest
from scipy.stats import spearmanr

from echoloop.diagnose.shown import finding_of
from echoloop.records import Effect, worse_than

POINTS = [(0.4, 1.0), (0.3, 0.5), (0.2, 0.75), (0.1, 0.0), (0.05, 0.25), (0.0, 0.25)]


def effect(model: str, value: float | None, better: str) -> Effect:
    return Effect(
        metric="m",
        field="f",
        model=model,
        value=value,
        low=None,
        high=None,
        measured=1,
        outputs=1,
        better=better,  # type: ignore[arg-type]
    )


def test_it_is_spearmans_rho_with_a_wide_interval() -> None:
    found = finding_of("birch", POINTS)
    assert found.value == pytest.approx(float(spearmanr(*zip(*POINTS, strict=True)).statistic))
    assert found.low < 0 < found.value < found.high
    assert 0 < found.p < 1
    assert found.n == 6


def test_too_few_metrics_give_a_reason_and_no_number() -> None:
    found = finding_of("birch", POINTS[:4])
    assert (found.value, found.low, found.high) == (None, None, None)
    assert found.reason.startswith("too few: 4 metrics")


def test_no_order_is_no_correlation() -> None:
    assert finding_of("birch", [(0.1, 0.5)] * 6).reason == "all metrics are alike: no order"


def test_a_perfect_order_lies_in_its_own_interval_and_is_not_certain() -> None:
    found = finding_of("birch", [(n / 10, n / 10) for n in range(5)])
    assert found.value == pytest.approx(1)
    assert found.low < 1 <= found.high
    assert found.p == pytest.approx(2 / math.factorial(5))


@pytest.mark.parametrize(("better", "worst"), [("low", "c"), ("high", "a"), ("zero", "a"), ("unknown", None)])
def test_which_way_is_worse(better: str, worst: str | None) -> None:
    worse = worse_than(
        [
            effect("a", -5.0, better),
            effect("b", 1.0, better),
            effect("c", 2.0, better),
            effect("d", None, better),
        ]
    )
    assert "d" not in worse
    assert max(worse, key=worse.get, default=None) == worst


def test_ties_count_half_and_nobody_is_worse_than_nobody() -> None:
    assert worse_than([effect("a", 1.0, "low"), effect("b", 1.0, "low")]) == {"a": 0.5, "b": 0.5}
    assert worse_than([effect("a", 1.0, "low")]) == {}
