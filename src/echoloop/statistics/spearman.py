"""Spearman's rank correlation of a handful of pairs: how little it rests on is part of the answer."""

from itertools import permutations
from math import atanh, sqrt, tanh

import numpy as np
from numpy.typing import ArrayLike

from echoloop.statistics.checking import Floats, numbers
from echoloop.statistics.correlation import Correlation, pearson
from echoloop.statistics.ranking import mean_ranks

FEWEST = 4
"""Fieller's interval knows nothing of fewer pairs."""

_ALL_ORDERS, _SOME_ORDERS = 8, 20_000
_Z = 1.959963984540054


def spearman(x: ArrayLike, y: ArrayLike, *, seed: int = 0) -> Correlation:
    """Pearson's r of the ranks, ties shared, NaN left out pair by pair.

    p is the share of all orders that agree (or disagree) as much: all of them up to eight pairs, a drawn 20,000 beyond. The interval
    is Fieller's, rough for so few; a perfect order is taken for a little less, or its interval would have no width.
    """
    first, second = numbers(x, "x", ("value",)), numbers(y, "y", ("value",))
    if first.size != second.size:
        raise ValueError(f"x has {first.size} values and y {second.size}")
    both = ~(np.isnan(first) | np.isnan(second))
    ranks, others = mean_ranks(first[both]), mean_ranks(second[both])
    found = pearson(ranks, others)
    if not np.isfinite(found.statistic):
        return found
    low, high = _fieller(found.statistic, found.n)
    return Correlation(found.statistic, _chance(ranks, others, seed), found.n, low, high)


def _chance(ranks: Floats, others: Floats, seed: int) -> float:
    own, against = ranks - ranks.mean(), others - others.mean()
    if own.size <= _ALL_ORDERS:
        orders = np.array(list(permutations(range(own.size))))
    else:
        each = np.tile(np.arange(own.size), (_SOME_ORDERS, 1))
        orders = np.random.default_rng(seed).permuted(each, axis=1)
    agreeing = np.abs(own[orders] @ against) >= abs(float(own @ against)) - 1e-9
    return float(agreeing.mean())


def _fieller(rho: float, n: int) -> tuple[float, float]:
    if n < FEWEST:
        return float("nan"), float("nan")
    near = min(max(rho, -1 + 1 / (n * n)), 1 - 1 / (n * n))
    half = _Z * sqrt(1.06 / (n - 3))
    return min(rho, tanh(atanh(near) - half)), max(rho, tanh(atanh(near) + half))
