"""Dunn's comparisons: which pairs a rank test's difference comes from, with p-values for having looked at all of them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoloop.statistics.checking import Floats, numbers
from echoloop.statistics.ranking import mean_ranks, tie_sums
from echoloop.statistics.tails import bonferroni, holm, normal_p


@dataclass(frozen=True)
class Dunn:
    """Treatment x treatment: z of the row's mean rank less the column's, two-sided p, and p for all pairs together.

    `form` says which comparison this is: `paired` (blocks, after Friedman) or `independent` (groups, after Kruskal and Wallis).
    `n` counts the complete blocks, or all values.
    """

    form: Literal["paired", "independent"]
    z: Floats
    p: Floats
    bonferroni: Floats
    holm: Floats
    mean_ranks: Floats
    n: int
    dropped: int
    reason: str = ""

    @property
    def statistic(self) -> Floats:
        """The z of each pair, under the name that every test here gives to what it is decided by."""
        return self.z


def dunn(blocks: ArrayLike, *, paired: bool = True) -> Dunn:
    """All pairwise comparisons of the columns of block x treatment.

    `paired=True` is right for raters who ranked the same samples: ranks within each block, z = difference of mean ranks over
    sqrt(k (k + 1) / 6n), without a correction for ties (Siegel and Castellan); incomplete blocks are dropped and counted.
    `paired=False` takes the columns for independent groups (NaN fills up short ones): ranks over all values, corrected for ties.
    """
    given = numbers(blocks, "blocks", ("block", "treatment"))
    return _paired(given) if paired else _independent(given)


def _paired(given: Floats) -> Dunn:
    whole = ~np.isnan(given).any(axis=1)
    ranks = mean_ranks(given[whole])
    n, treatments = ranks.shape
    dropped = int((~whole).sum())
    if n == 0 or treatments < 2:
        nothing = np.full(treatments, np.nan)
        why = "fewer than two treatments" if treatments < 2 else "no block is complete"
        return _compared("paired", nothing, np.full((treatments, treatments), np.nan), n, dropped, why)
    error = np.full((treatments, treatments), np.sqrt(treatments * (treatments + 1) / (6.0 * n)))
    why = f"{dropped} incomplete blocks were left out" if dropped else ""
    return _compared("paired", ranks.mean(axis=0), error, n, dropped, why)


def _independent(given: Floats) -> Dunn:
    there = ~np.isnan(given)
    sizes = there.sum(axis=0).astype(np.float64)
    n = int(sizes.sum())
    values = given[there]
    ranks = np.zeros(given.shape)
    ranks[there] = mean_ranks(values)
    means = np.divide(ranks.sum(axis=0), sizes, out=np.full(sizes.shape, np.nan), where=sizes > 0)
    variance = n * (n + 1) / 12.0 - float(tie_sums(values)) / (12.0 * (n - 1)) if n > 1 else 0.0
    if (sizes > 0).sum() < 2 or variance <= 0:
        why = "all values are equal" if (sizes > 0).sum() > 1 else "fewer than two groups"
        return _compared("independent", means, np.full((sizes.size, sizes.size), np.nan), n, 0, why)
    each = np.divide(1.0, sizes, out=np.full(sizes.shape, np.nan), where=sizes > 0)
    return _compared("independent", means, np.sqrt(variance * (each[:, None] + each[None, :])), n, 0, "")


def _compared(
    form: Literal["paired", "independent"], means: Floats, error: Floats, n: int, dropped: int, reason: str
) -> Dunn:
    z = (means[:, None] - means[None, :]) / error
    np.fill_diagonal(z, np.nan)
    p = normal_p(z)
    upper = np.triu_indices(means.size, 1)
    return Dunn(
        form,
        z,
        p,
        _mirrored(bonferroni(p[upper]), upper, means.size),
        _mirrored(holm(p[upper]), upper, means.size),
        means,
        n,
        dropped,
        reason,
    )


def _mirrored(values: Floats, upper: tuple[NDArray[np.intp], NDArray[np.intp]], size: int) -> Floats:
    matrix = np.full((size, size), np.nan)
    matrix[upper] = values
    matrix.T[upper] = values
    return matrix
