"""Tail areas of the distributions the tests use, and what many tests at once do to p-values. scipy is loaded when one is asked."""

import numpy as np
from numpy.typing import ArrayLike

from echoloop.statistics.checking import Floats


def chi_squared_p(statistic: float, df: int) -> float:
    """How often chance alone reaches the statistic."""
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic)) if df > 0 and np.isfinite(statistic) else float("nan")


def normal_p(z: ArrayLike) -> Floats:
    """Two-sided, element by element; NaN of NaN."""
    from scipy.special import ndtr

    return np.asarray(2.0 * ndtr(-np.abs(np.asarray(z, dtype=np.float64))))


def correlation_p(r: float, n: int) -> float:
    """Two-sided p of Pearson's r of n pairs, under normal errors (Student's t with n - 2 degrees of freedom)."""
    from scipy.special import betainc

    if n < 3 or not np.isfinite(r):
        return float("nan")
    return float(betainc((n - 2) / 2.0, 0.5, max(0.0, 1.0 - r * r)))


def bonferroni(p: ArrayLike) -> Floats:
    """Each p times how many there are (NaN counts as none), at most 1."""
    array = np.asarray(p, dtype=np.float64)
    return np.minimum(array * (~np.isnan(array)).sum(), 1.0)


def holm(p: ArrayLike) -> Floats:
    """Holm's step-down form: as safe as Bonferroni's and never less powerful."""
    array = np.asarray(p, dtype=np.float64)
    adjusted = np.full(array.shape, np.nan)
    there = ~np.isnan(array)
    own = array[there]
    order = np.argsort(own, kind="stable")
    stepped = np.minimum(np.maximum.accumulate(own[order] * np.arange(own.size, 0, -1)), 1.0)
    result = np.empty_like(own)
    result[order] = stepped
    adjusted[there] = result
    return adjusted
