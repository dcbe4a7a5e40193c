"""Two readers' rankings or scores of the same models: Kendall's tau with ties, Pearson's r, and their means over items."""

from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import ArrayLike

from echoloop.statistics.checking import Floats, matching, numbers, resampled
from echoloop.statistics.concordance import MeanAgreement, mean_agreement
from echoloop.statistics.resampling import bounds, quotient, resampled_sums
from echoloop.statistics.tails import correlation_p, normal_p

EXACT = 33
"""Up to so many values without ties the p of tau is counted, not approximated."""


@dataclass(frozen=True)
class Correlation:
    """`n` values were given by both. `statistic` is NaN where one of them says the same of everything, and `reason` says so."""

    statistic: float
    p: float
    n: int
    low: float = float("nan")
    high: float = float("nan")
    reason: str = ""


def tau_b(x: ArrayLike, y: ArrayLike) -> Correlation:
    """Kendall's tau-b of two vectors, ties counted, NaN left out pair by pair.

    p is exact without ties up to 33 values, else normal with the variance that ties leave. A constant vector has no tau.
    """
    first, second = numbers(x, "x", ("value",)), numbers(y, "y", ("value",))
    if first.size != second.size:
        raise ValueError(f"x has {first.size} values and y {second.size}")
    both = ~(np.isnan(first) | np.isnan(second))
    first, second = first[both], second[both]
    n = first.size
    lead, moved_first, moved_second = _pairs(first, second)
    statistic = float(quotient(lead, np.sqrt(moved_first * moved_second)))
    if not np.isfinite(statistic):
        return Correlation(statistic, float("nan"), n, reason=_undefined(first, second))
    return Correlation(statistic, _tau_p(first, second, float(lead)), n)


def tau_b_each(x: ArrayLike, y: ArrayLike) -> Floats:
    """Tau-b along the last axis of two stacks (they are broadcast against each other); NaN where it is undefined."""
    first, second = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
    missing = np.isnan(first) | np.isnan(second)
    first, second = np.where(missing, np.nan, first), np.where(missing, np.nan, second)
    lead, moved_first, moved_second = _pairs(first, second)
    return quotient(lead, np.sqrt(moved_first * moved_second))


def mean_tau_b(
    x: ArrayLike, y: ArrayLike, *, resamples: int = 1000, seed: int = 0, share: float = 0.95
) -> MeanAgreement:
    """The mean over items of tau-b between item x model and item x model, with an interval over items."""
    resampled(resamples, share)
    first = numbers(x, "x", ("item", "model"))
    second = matching(y, "y", first, ("item", "model"))
    return mean_agreement(tau_b_each(first, second), resamples=resamples, seed=seed, share=share)


def pearson(x: ArrayLike, y: ArrayLike) -> Correlation:
    """Pearson's r of two arrays of one shape, NaN left out pair by pair; p as if the pairs were independent (see the interval)."""
    first, second = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if first.shape != second.shape:
        raise ValueError(f"x is {first.shape} and y {second.shape}: they must have one shape")
    both = np.isfinite(first) & np.isfinite(second)
    own, other = first[both], second[both]
    n = own.size
    moved, against = own - own.mean() if n else own, other - other.mean() if n else other
    scale = float(np.sqrt((moved @ moved) * (against @ against)))
    if n < 2 or _constant(own) or _constant(other) or scale == 0.0:
        return Correlation(float("nan"), float("nan"), n, reason=_undefined(own, other))
    r = float(np.clip(moved @ against / scale, -1.0, 1.0))
    return Correlation(r, correlation_p(r, n), n)


def pearson_interval(
    x: ArrayLike, y: ArrayLike, *, resamples: int = 1000, seed: int = 0, share: float = 0.95
) -> Correlation:
    """The same with an interval over the first axis (items): an item's scores are drawn together, since they are not independent."""
    resampled(resamples, share)
    point = pearson(x, y)
    if point.reason:
        return point
    first, second = np.atleast_1d(np.asarray(x, float)), np.atleast_1d(np.asarray(y, float))
    first, second = first.reshape(len(first), -1), second.reshape(len(second), -1)
    both = np.isfinite(first) & np.isfinite(second)
    own = np.where(both, first - first[both].mean(), 0.0)
    other = np.where(both, second - second[both].mean(), 0.0)
    terms = (both.astype(np.float64), own, other, own * own, other * other, own * other)
    sums = resampled_sums(np.stack([term.sum(axis=1) for term in terms], axis=1), resamples, seed)
    n, sx, sy, sxx, syy, sxy = sums.T
    vx, vy = n * sxx - sx * sx, n * syy - sy * sy
    samples = quotient(n * sxy - sx * sy, np.sqrt(np.maximum(vx, 0.0) * np.maximum(vy, 0.0)))
    low, high = bounds(np.clip(samples, -1.0, 1.0), share)
    return Correlation(point.statistic, point.p, point.n, low, high)


def _pairs(first: Floats, second: Floats) -> tuple[Floats, Floats, Floats]:
    """Pairs of values in one order less those in opposite ones, and those that each of the two sets apart.

    Every value beside the one so many places behind it, one distance after the other: a table of all pairs would not fit.
    """
    lead = np.zeros(first.shape[:-1])
    moved_first, moved_second = np.zeros(lead.shape), np.zeros(lead.shape)
    for step in range(1, first.shape[-1]):
        one = np.nan_to_num(np.sign(first[..., step:] - first[..., :-step]))
        other = np.nan_to_num(np.sign(second[..., step:] - second[..., :-step]))
        lead += (one * other).sum(axis=-1)
        moved_first += np.abs(one).sum(axis=-1)
        moved_second += np.abs(other).sum(axis=-1)
    return lead, moved_first, moved_second


def _tau_p(x: Floats, y: Floats, lead: float) -> float:
    n = x.size
    pairs = n * (n - 1) // 2
    if n <= EXACT and np.unique(x).size == n and np.unique(y).size == n:
        return _exact_p(n, round((pairs - abs(lead)) / 2))
    a, b = _ties(x), _ties(y)
    variance = (n * (n - 1.0) * (2 * n + 5) - a[2] - b[2]) / 18.0 + 2.0 * a[0] * b[0] / (n * (n - 1.0))
    if n > 2:
        variance += a[1] * b[1] / (9.0 * n * (n - 1.0) * (n - 2.0))
    return float(normal_p(lead / np.sqrt(variance))) if variance > 0 else 1.0


def _ties(values: Floats) -> tuple[float, float, float]:
    """Of the groups of t equal values: the pairs, the sum of t(t-1)(t-2), and the sum of t(t-1)(2t+5)."""
    counts = np.unique(values, return_counts=True)[1].astype(np.float64)
    pairs = counts * (counts - 1.0)
    return (
        float(pairs.sum() / 2.0),
        float((pairs * (counts - 2.0)).sum()),
        float((pairs * (2.0 * counts + 5.0)).sum()),
    )


def _exact_p(n: int, inversions: int) -> float:
    """Of all orders of n, the share with at most so many inversions, doubled for both sides."""
    ways = [1]
    for size in range(2, n + 1):
        longer = [0] * (len(ways) + size - 1)
        for place, count in enumerate(ways):
            for more in range(size):
                longer[place + more] += count
        ways = longer
    return min(1.0, 2 * sum(ways[: inversions + 1]) / factorial(n))


def _constant(values: Floats) -> bool:
    return bool(values.size == 0 or (values == values[0]).all())


def _undefined(x: Floats, y: Floats) -> str:
    if x.size < 2:
        return f"{x.size} values in common: at least two are needed"
    which = [name for name, values in (("x", x), ("y", y)) if _constant(values)]
    return f"{' and '.join(which) or 'one of them'} says the same of everything: undefined"
