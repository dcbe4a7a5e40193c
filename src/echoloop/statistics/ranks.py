"""What intervals say about order: rank ranges and the pairs that can be told apart."""

import numpy as np
from numpy.typing import NDArray

from echoloop.statistics.resampling import percentile_interval
from echoloop.statistics.win_rates import Interval


def rank_ranges(interval: Interval, share: float = 0.95) -> list[tuple[int, int] | None]:
    """The best and the worst place (1 is first) each model takes in the central share of the resamples."""
    samples = interval.samples
    ranged: list[tuple[int, int] | None] = []
    outside = (1.0 - share) / 2.0
    for model in range(samples.shape[1]):
        own = samples[:, model]
        finite = np.isfinite(own)
        if not finite.any():
            ranged.append(None)
            continue
        places = 1 + (samples[finite] > own[finite, None]).sum(axis=1)
        low, high = np.quantile(places, [outside, 1.0 - outside])
        ranged.append((round(low), round(high)))
    return ranged


def separable_pairs(interval: Interval, share: float = 0.95) -> NDArray[np.int8]:
    """Model x model: 1 where the row model is ahead for sure, -1 where it is behind, 0 where the interval holds zero."""
    samples = interval.samples
    models = samples.shape[1]
    verdict = np.zeros((models, models), dtype=np.int8)
    for first in range(models):
        low, high = percentile_interval(samples[:, [first]] - samples, share)
        verdict[first] = np.where(low > 0, 1, np.where(high < 0, -1, 0))
    return verdict
