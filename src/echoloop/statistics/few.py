"""The mean of a handful of values: Student's interval, since resampling five values knows only those five."""

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike


def few_mean_interval(values: ArrayLike, *, share: float = 0.95) -> tuple[float, float, float]:
    """The mean and its bounds, of values that are about normal; without bounds (NaN) for fewer than two."""
    from scipy.special import stdtrit

    if not 0 < share < 1:
        raise ValueError(f"an interval holds a share between 0 and 1 of the cases, not {share}")
    known = np.asarray(values, dtype=np.float64)
    if known.size < 2:
        return (float(known.mean()) if known.size else float("nan")), float("nan"), float("nan")
    mean, apart = float(known.mean()), float(known.std(ddof=1))
    half = float(stdtrit(known.size - 1, 0.5 + share / 2)) * apart / sqrt(known.size)
    return mean, mean - half, mean + half
