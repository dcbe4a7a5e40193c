"""Resampling items with a seed, and the percentile intervals that come of it."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from echoloop.statistics.checking import Floats, resampled

DRAWS = 1 << 20
"""So many draws are held at once; the stream of random numbers is the same in blocks as in one piece."""


def resampling_weights(items: int, resamples: int, seed: int) -> Floats:
    """How often each item is drawn in each resample: resample x item, from a seed."""
    parts = list(resampling_blocks(items, resamples, seed))
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def resampling_blocks(items: int, resamples: int, seed: int) -> Iterator[Floats]:
    """The same weights, some resamples at a time."""
    resampled(resamples)
    if items == 0:
        yield np.zeros((resamples, 0))
        return
    random = np.random.default_rng(seed)
    step = max(1, DRAWS // items)
    for begin in range(0, resamples, step):
        rows = min(step, resamples - begin)
        drawn = random.integers(0, items, size=(rows, items))
        drawn += np.arange(0, rows * items, items)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=rows * items)
        yield counts.reshape(rows, items).astype(np.float64)


def resampled_sums(columns: Floats, resamples: int, seed: int) -> Floats:
    """Resample x column: the sum of each column of item x column over the items drawn."""
    items = columns.shape[0]
    return np.concatenate([weights @ columns for weights in resampling_blocks(items, resamples, seed)])


def percentile_interval(samples: Floats, share: float = 0.95) -> tuple[Floats, Floats]:
    """The bounds of the central share of each column; NaN where a column was never finite."""
    outside = (1.0 - share) / 2.0
    if samples.size and np.isfinite(samples).all():
        low, high = np.quantile(samples, [outside, 1.0 - outside], axis=0)
        return low, high
    low, high = np.full(samples.shape[1], np.nan), np.full(samples.shape[1], np.nan)
    for column in range(samples.shape[1]):
        finite = samples[np.isfinite(samples[:, column]), column]
        if finite.size:
            low[column], high[column] = np.quantile(finite, [outside, 1.0 - outside])
    return low, high


def bounds(samples: Floats, share: float = 0.95) -> tuple[float, float]:
    """The interval of one column of resamples."""
    low, high = percentile_interval(samples[:, None], share)
    return float(low[0]), float(high[0])


def quotient(part: Floats, whole: Floats) -> Floats:
    """Element by element; NaN where there is nothing to divide by."""
    return np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=whole > 0)


def mean_interval(
    values: ArrayLike, *, resamples: int = 1000, seed: int = 0, share: float = 0.95
) -> tuple[float, float, float]:
    """The mean of some values and the bounds of its resampled interval; NaN for none."""
    resampled(resamples, share)
    finite = _finite(values)
    if finite.size == 0:
        return float("nan"), float("nan"), float("nan")
    low, high = bounds(resampled_sums(finite[:, None], resamples, seed)[:, 0] / finite.size, share)
    return float(finite.mean()), low, high


def median_interval(
    values: ArrayLike, *, resamples: int = 1000, seed: int = 0, share: float = 0.95
) -> tuple[float, float, float]:
    """The median of some values and the bounds of its resampled interval; NaN for none."""
    resampled(resamples, share)
    finite = _finite(values)
    if finite.size == 0:
        return float("nan"), float("nan"), float("nan")
    drawn = np.random.default_rng(seed).integers(0, finite.size, size=(resamples, finite.size))
    low, high = bounds(np.median(finite[drawn], axis=1), share)
    return float(np.median(finite)), low, high


def _finite(values: ArrayLike) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    return array[np.isfinite(array)]
