"""How many independent judges a panel is worth, when its judges err together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from echoloop.statistics.checking import Floats, numbers, resampled
from echoloop.statistics.resampling import bounds, quotient, resampled_sums
from echoloop.statistics.residuals import without_item_and_model


@dataclass(frozen=True)
class EffectiveJudges:
    """`statistic` lies between 1 and the number of judges; `correlation` is the mean of `correlations`, judge x judge."""

    statistic: float
    low: float
    high: float
    correlation: float
    correlations: Floats
    judges: int
    items: int
    reason: str = ""


def effective_judges(
    scores: ArrayLike, *, resamples: int = 1000, seed: int = 0, share: float = 0.95
) -> EffectiveJudges:
    """J / (1 + (J - 1) r), the number of independent judges whose mean is as noisy as this panel's (judge x item x model).

    r is the mean correlation of the judges' residuals: scores less each judge's own item and model effects, so neither harshness nor
    a common view of which model is better counts. What the judges rightly see in one picture alone is still in the residuals, hence
    r is rather too high and the number rather too low: read it as "at least". Two judges who never differ correlate at 1. A judge
    who gave no scores is not counted. The interval resamples items, with the effects held.
    """
    resampled(resamples, share)
    given = numbers(scores, "scores", ("judge", "item", "model"))
    given = given[np.isfinite(given).any(axis=(1, 2))]
    judges, items = len(given), int(np.isfinite(given).any(axis=(0, 2)).sum())
    nan, alone = float("nan"), np.ones((judges, judges))
    if judges == 0:
        return EffectiveJudges(nan, nan, nan, nan, alone, 0, 0, "no judge gave a score")
    if judges == 1:
        return EffectiveJudges(1.0, 1.0, 1.0, nan, alone, 1, items)
    first, second = np.triu_indices(judges, 1)
    products = _products(given, without_item_and_model(given), first, second)
    point = _correlations(products.sum(axis=1)[:, None])[:, 0]
    same = [bool(_never_differ(given[one], given[other])) for one, other in zip(first, second, strict=True)]
    point = np.where(same, 1.0, point)
    matrix = np.eye(judges)
    matrix[first, second] = matrix[second, first] = point
    known = np.isfinite(point)
    if not known.any():
        why = "no two judges' scores vary beyond item and model effects: no correlation to go by"
        return EffectiveJudges(nan, nan, nan, nan, matrix, judges, items, why)
    sums = np.stack([resampled_sums(pair, resamples, seed) for pair in products])
    drawn = np.where(np.array(same)[:, None], 1.0, _correlations(sums))
    low, high = bounds(_worth(drawn, judges), share)
    worth = _worth(point[:, None], judges)
    missing = "" if known.all() else f"{int((~known).sum())} pairs of judges have no correlation"
    return EffectiveJudges(
        float(worth[0]), low, high, float(point[known].mean()), matrix, judges, items, missing
    )


def _products(
    given: Floats,
    left: Floats,
    first: np.ndarray[tuple[int, ...], np.dtype[np.intp]],
    second: np.ndarray[tuple[int, ...], np.dtype[np.intp]],
) -> Floats:
    """Pair of judges x item x (own square, other's square, product), of the outputs both scored."""
    tiny = 1e-9 * np.nanmax(np.abs(given), axis=(1, 2), initial=1.0)
    clean = np.where(np.abs(left) > tiny[:, None, None], left, 0.0 * left)
    both = np.isfinite(clean[first]) & np.isfinite(clean[second])
    own, other = np.where(both, clean[first], 0.0), np.where(both, clean[second], 0.0)
    return np.stack([(own * own).sum(2), (other * other).sum(2), (own * other).sum(2)], axis=2)


def _correlations(sums: Floats) -> Floats:
    return np.clip(quotient(sums[..., 2], np.sqrt(sums[..., 0] * sums[..., 1])), -1.0, 1.0)


def _worth(correlations: Floats, judges: int) -> Floats:
    known = np.isfinite(correlations)
    mean = quotient(np.where(known, correlations, 0.0).sum(axis=0), known.sum(axis=0).astype(np.float64))
    inflation = np.maximum(1.0 + (judges - 1) * mean, 1.0)
    return judges / inflation


def _never_differ(one: Floats, other: Floats) -> bool:
    both = np.isfinite(one) & np.isfinite(other)
    return bool(both.any() and (one[both] == other[both]).all())
