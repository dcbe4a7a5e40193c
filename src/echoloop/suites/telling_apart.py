"""How well a suite tells models apart: one number per 100 tasks, so that suites of any size can be set side by side."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from echoloop.records import Finding, SuiteScore, SuiteTask
from echoloop.statistics.resampling import percentile_interval
from echoloop.suites.measuring import SAME, Estimator, Floats, by_place, value_of
from echoloop.suites.suite import Measure, Suite

DISCRIMINATION = (
    "sqrt(max(0, mean over pairs of models of (d² / se² - 1)) x 100 / tasks): d is the difference of two models' main measure over the "
    "tasks that both have a score for, se its standard error over the same resampled tasks; 1 is what chance alone gives a pair"
)


def tell_apart(
    suite: Suite,
    tasks: Sequence[SuiteTask],
    scores: Sequence[SuiteScore],
    models: Sequence[str],
    judge: str,
    estimator: Estimator,
) -> Finding:
    """How well a suite separates these models per 100 tasks, by our own rule: one number, with an interval."""
    main = suite.measures(tasks, "default")[0]
    sorted_scores = by_place(scores)
    own = {model: sorted_scores.get(("default", judge, model, main.part), {}) for model in models}
    count = sum(len(group.tasks) for group in main.groups)
    value = low = high = None
    reason = "fewer than two models"
    if len(models) > 1:
        pairs = [_pair(main, own, one, other, estimator) for one, other in combinations(models, 2)]
        value, low, high, reason = _discrimination(pairs, count)
    return Finding(
        split=suite.name,
        measure="discrimination per 100 tasks",
        about=judge,
        value=value,
        low=low,
        high=high,
        n=count,
        formula=DISCRIMINATION,
        reason=reason,
    )


class _Pair(NamedTuple):
    """Two models over the tasks that both have a score for; `reason` says why they cannot be set against each other."""

    difference: float
    samples: Floats
    reason: str


def _pair(
    measure: Measure, own: Mapping[str, Mapping[str, SuiteScore]], one: str, other: str, estimator: Estimator
) -> _Pair:
    both = {
        task
        for task in own[one]
        if value_of(own[one], task) is not None and value_of(own[other], task) is not None
    }
    first, second = (
        estimator.estimate(measure, {task: score for task, score in own[model].items() if task in both})
        for model in (one, other)
    )
    if first.value is None or second.value is None:
        return _Pair(
            0.0, first.samples, f"no {measure.name} of {one} and {other} over the same tasks: {first.reason}"
        )
    return _Pair(first.value - second.value, first.samples - second.samples, "")


def _discrimination(
    pairs: Sequence[_Pair], tasks: int
) -> tuple[float | None, float | None, float | None, str]:
    squared: list[float] = []
    drawn: list[Floats] = []
    for pair in pairs:
        if pair.reason:
            return None, None, None, pair.reason
        spread = float(np.nanstd(pair.samples)) if np.isfinite(pair.samples).any() else 0.0
        if spread <= SAME and abs(pair.difference) > SAME:
            return None, None, None, "two models differ by the same on every task: there is no standard error"
        scale = spread * spread if spread > SAME else np.inf
        squared.append(pair.difference * pair.difference / scale - 1.0)
        drawn.append(pair.samples * pair.samples / scale - 2.0)
    value = _per_hundred(np.array([np.mean(squared)], dtype=np.float64), tasks)
    together: Floats = sum(drawn, np.zeros(len(drawn[0]))) / len(drawn)
    low, high = percentile_interval(_per_hundred(together, tasks)[:, None])
    return float(value[0]), float(low[0]), float(high[0]), ""


def _per_hundred(mean: Floats, tasks: int) -> Floats:
    return np.sqrt(np.maximum(0.0, mean) * 100.0 / tasks)
