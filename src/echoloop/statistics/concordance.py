"""Do raters agree on an order at all? Kendall's W and Friedman's test of blocks, and Kruskal and Wallis' test of groups."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from echoloop.statistics.checking import Floats, numbers, resampled
from echoloop.statistics.ranking import mean_ranks, tie_sums
from echoloop.statistics.resampling import mean_interval
from echoloop.statistics.tails import chi_squared_p


@dataclass(frozen=True)
class KendallW:
    """`statistic` from 0 (no agreement) to 1, corrected for ties; `raters` and `dropped` count complete and incomplete ones."""

    statistic: float
    chi2: float
    df: int
    p: float
    raters: int
    models: int
    dropped: int
    reason: str = ""


@dataclass(frozen=True)
class RankTest:
    """A chi-squared test on ranks; `n` blocks (Friedman) or values (Kruskal), `dropped` of them left out for being incomplete."""

    statistic: float
    df: int
    p: float
    n: int
    dropped: int
    reason: str = ""


@dataclass(frozen=True)
class MeanAgreement:
    """The mean of a statistic over items, with an interval over them; `undefined` items had none and are left out."""

    statistic: float
    low: float
    high: float
    n: int
    undefined: int
    reason: str = ""


def kendall_w(rankings: ArrayLike) -> KendallW:
    """Kendall's W of raters x models (ranks or scores; NaN: not ranked). A rater who left a model out is dropped and counted."""
    given = numbers(rankings, "rankings", ("rater", "model"))
    ranks, dropped = _complete(given)
    raters, models = ranks.shape
    spread, most = _spreads(ranks)
    nan = float("nan")
    reason = _why_not(raters, models, float(most)) or _alone(raters)
    if reason:
        return KendallW(nan, nan, max(0, models - 1), nan, raters, models, dropped, reason)
    w = float(spread / most)
    chi2 = raters * (models - 1) * w
    return KendallW(
        w, chi2, models - 1, chi_squared_p(chi2, models - 1), raters, models, dropped, _left(dropped)
    )


def mean_kendall_w(
    rankings: ArrayLike, *, resamples: int = 1000, seed: int = 0, share: float = 0.95
) -> MeanAgreement:
    """The mean of W over samples x raters x models, each sample with its complete raters; interval over samples."""
    resampled(resamples, share)
    given = numbers(rankings, "rankings", ("sample", "rater", "model"))
    values = np.array([kendall_w(sample).statistic for sample in given])
    return mean_agreement(values, resamples=resamples, seed=seed, share=share)


def mean_agreement(values: Floats, *, resamples: int, seed: int, share: float) -> MeanAgreement:
    """The mean of one value an item, of those that have one."""
    mean, low, high = mean_interval(values, resamples=resamples, seed=seed, share=share)
    n = int(np.isfinite(values).sum())
    return MeanAgreement(
        mean, low, high, n, values.size - n, "" if n else "it is defined for none of the items"
    )


def friedman(blocks: ArrayLike) -> RankTest:
    """Friedman's test of block x treatment (here: rater x model), corrected for ties. An incomplete block is dropped and counted."""
    given = numbers(blocks, "blocks", ("block", "treatment"))
    ranks, dropped = _complete(given)
    n, treatments = ranks.shape
    spread, most = _spreads(ranks)
    reason = _why_not(n, treatments, float(most))
    if reason:
        return RankTest(float("nan"), max(0, treatments - 1), float("nan"), n, dropped, reason)
    statistic = n * (treatments - 1) * float(spread / most)
    return RankTest(
        statistic, treatments - 1, chi_squared_p(statistic, treatments - 1), n, dropped, _left(dropped)
    )


def kruskal(groups: ArrayLike) -> RankTest:
    """Kruskal and Wallis' test of independent groups, one a COLUMN (short ones filled up with NaN), corrected for ties."""
    given = numbers(groups, "groups", ("value", "group"))
    there = ~np.isnan(given)
    sizes = there.sum(axis=0)
    n, count = int(sizes.sum()), int((sizes > 0).sum())
    if count < 2:
        return RankTest(float("nan"), max(0, count - 1), float("nan"), n, 0, "fewer than two groups")
    values = given[there]
    ranks = np.zeros(given.shape)
    ranks[there] = mean_ranks(values)
    correction = 1.0 - float(tie_sums(values)) / (n**3 - n)
    if correction <= 0:
        return RankTest(float("nan"), count - 1, float("nan"), n, 0, "all values are equal")
    sums = ranks.sum(axis=0)[sizes > 0] ** 2 / sizes[sizes > 0]
    statistic = (12.0 / (n * (n + 1)) * float(sums.sum()) - 3.0 * (n + 1)) / correction
    return RankTest(statistic, count - 1, chi_squared_p(statistic, count - 1), n, 0)


def _complete(given: Floats) -> tuple[Floats, int]:
    whole = ~np.isnan(given).any(axis=1)
    return mean_ranks(given[whole]), int((~whole).sum())


def _spreads(ranks: Floats) -> tuple[Floats, Floats]:
    """The squared deviations of the rank sums, and the most they could be: all raters alike, each with the ties it has."""
    raters, models = ranks.shape
    sums = ranks.sum(axis=0)
    spread = np.square(sums - raters * (models + 1) / 2.0).sum()
    most = (raters**2 * (models**3 - models) - raters * tie_sums(ranks).sum()) / 12.0
    return spread, most


def _why_not(raters: int, models: int, most: float) -> str:
    if models < 2:
        return "fewer than two models"
    if raters < 1:
        return "nobody ranked all models"
    return "" if most > 0 else "everybody ranked all models alike"


def _alone(raters: int) -> str:
    """One rater agrees with itself whatever it says: W would be 1 and mean nothing."""
    return "one rater alone ranked all models: nobody to agree with" if raters == 1 else ""


def _left(dropped: int) -> str:
    return f"{dropped} did not rank all and were left out" if dropped else ""
