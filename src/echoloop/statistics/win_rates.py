"""Win rates and their intervals. The unit of resampling is the prompt: all judges and all models of an item together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoloop.statistics.outcomes import Missing, Scores, Vote, pair_outcomes


@dataclass(frozen=True)
class WinRates:
    """`rates[m]` is NaN when model m was never compared; `coverage[m]` is the share of its comparisons that happened."""

    rates: Scores
    coverage: Scores
    comparisons: NDArray[np.int64]


@dataclass(frozen=True)
class Interval:
    """Resampled win rates: `samples` is resample x model; `low` and `high` bound the central share of them."""

    low: Scores
    high: Scores
    samples: Scores


def win_rates(
    scores: Scores,
    vote: Vote = "majority",
    missing: Missing = "skip",
    produced: NDArray[np.bool_] | None = None,
) -> WinRates:
    """Each model's mean over all its comparisons with all other models."""
    outcomes = pair_outcomes(_checked(scores), vote, missing, produced)
    compared = np.isfinite(outcomes)
    count = compared.sum(axis=(0, 2))
    won = np.where(compared, outcomes, 0.0).sum(axis=(0, 2))
    possible = scores.shape[1] * (scores.shape[2] - 1)
    rates = np.divide(won, count, out=np.full(won.shape, np.nan), where=count > 0)
    return WinRates(rates, count / possible if possible else np.zeros(won.shape), count)


def bootstrap(
    scores: Scores,
    vote: Vote = "majority",
    missing: Missing = "skip",
    produced: NDArray[np.bool_] | None = None,
    *,
    resamples: int = 1000,
    seed: int = 0,
    share: float = 0.95,
) -> Interval:
    """Percentile intervals of the win rates over resampled items."""
    outcomes = pair_outcomes(_checked(scores), vote, missing, produced)
    compared = np.isfinite(outcomes)
    won = np.where(compared, outcomes, 0.0).sum(axis=2)
    count = compared.sum(axis=2).astype(np.float64)
    weights = resampling_weights(scores.shape[1], resamples, seed)
    totals = weights @ count
    samples = np.divide(weights @ won, totals, out=np.full(totals.shape, np.nan), where=totals > 0)
    low, high = percentile_interval(samples, share)
    return Interval(low, high, samples)


def resampling_weights(items: int, resamples: int, seed: int) -> Scores:
    """How often each item is drawn in each resample: resample x item, from a seed."""
    if items == 0:
        return np.zeros((resamples, 0))
    drawn = np.random.default_rng(seed).integers(0, items, size=(resamples, items))
    drawn += np.arange(resamples)[:, None] * items
    counts = np.bincount(drawn.ravel(), minlength=resamples * items)
    return counts.reshape(resamples, items).astype(np.float64)


def percentile_interval(samples: Scores, share: float = 0.95) -> tuple[Scores, Scores]:
    """The bounds of the central share of each column; NaN where a column was never finite."""
    outside = (1.0 - share) / 2.0
    low, high = np.full(samples.shape[1], np.nan), np.full(samples.shape[1], np.nan)
    for column in range(samples.shape[1]):
        finite = samples[np.isfinite(samples[:, column]), column]
        if finite.size:
            low[column], high[column] = np.quantile(finite, [outside, 1.0 - outside])
    return low, high


def mean_interval(
    values: Scores, *, resamples: int = 1000, seed: int = 0, share: float = 0.95
) -> tuple[float, float, float]:
    """The mean of some values and the bounds of its resampled interval; NaN for none."""
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return float("nan"), float("nan"), float("nan")
    samples = resampling_weights(finite.size, resamples, seed) @ finite / finite.size
    low, high = percentile_interval(samples[:, None], share)
    return float(finite.mean()), float(low[0]), float(high[0])


def median_interval(
    values: Scores, *, resamples: int = 1000, seed: int = 0, share: float = 0.95
) -> tuple[float, float, float]:
    """The median of some values and the bounds of its resampled interval; NaN for none."""
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return float("nan"), float("nan"), float("nan")
    drawn = np.random.default_rng(seed).integers(0, finite.size, size=(resamples, finite.size))
    low, high = percentile_interval(np.median(finite[drawn], axis=1)[:, None], share)
    return float(np.median(finite)), float(low[0]), float(high[0])


def _checked(scores: Scores) -> Scores:
    if scores.ndim != 3:
        raise ValueError(f"scores must be judge x item x model, and has {scores.ndim} axes")
    return scores
