"""Model against model: how each pair ended, how far two win rates lie apart, and which models cannot be told from the best."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoloop.statistics.checking import Floats, numbers, resampled
from echoloop.statistics.pairwise import checked_outcomes
from echoloop.statistics.resampling import percentile_interval, quotient
from echoloop.statistics.win_rates import Interval, WinRates


@dataclass(frozen=True)
class PairMatrix:
    """Model x model. `rate`: the row model's mean result against the column model; NaN where they never met.

    `wins[i, j]` counts how often i beat j with ties as halves, which is what `bradley_terry` reads.
    """

    rate: Floats
    wins: Floats
    compared: NDArray[np.int64]
    ties: NDArray[np.int64]


@dataclass(frozen=True)
class PairedDifferences:
    """Model x model: the row model's win rate less the column model's, with its interval over the same resampled items."""

    difference: Floats
    low: Floats
    high: Floats


def pair_matrix(outcomes: ArrayLike) -> PairMatrix:
    """Every pair on its own, from item x model x model of the row model's results."""
    settled = checked_outcomes(outcomes, "outcomes", ("item", "model", "model"))
    compared = (~np.isnan(settled)).sum(axis=0)
    wins = np.nansum(settled, axis=0)
    rate = quotient(wins, compared.astype(np.float64))
    return PairMatrix(rate, wins, compared, (settled == 0.5).sum(axis=0))


def paired_differences(
    interval: Interval, rates: WinRates | ArrayLike, *, share: float = 0.95
) -> PairedDifferences:
    """Differences of two models in the same resample: much narrower than two intervals laid side by side."""
    resampled(len(interval.samples), share)
    own = numbers(rates.rates if isinstance(rates, WinRates) else rates, "rates", ("model",))
    models = interval.samples.shape[1]
    if own.size != models:
        raise ValueError(f"there are {own.size} rates and {models} models in the interval")
    low, high = np.full((models, models), np.nan), np.full((models, models), np.nan)
    for first in range(models):
        low[first], high[first] = percentile_interval(interval.samples[:, [first]] - interval.samples, share)
    return PairedDifferences(own[:, None] - own[None, :], low, high)


def tiers(
    interval: Interval, rates: WinRates | ArrayLike | None = None, *, share: float = 0.95
) -> list[int | None]:
    """The tier of each model, 1 being the best; None for a model that has no rate.

    Models are gone through from the best down. The first of a tier is its best; whoever cannot be told from it (the interval of
    their difference holds 0) belongs to its tier, and the first who can opens the next. So tiers follow the rates, nobody in a
    tier can be told from the tier's best, and two others of it perhaps can. Best means the highest rate, or without `rates` the
    highest mean of the resamples; of equals the one with the lower index.
    """
    samples = interval.samples
    centre = _centres(samples)
    if rates is not None:
        centre = numbers(rates.rates if isinstance(rates, WinRates) else rates, "rates", ("model",))
    apart = paired_differences(interval, centre, share=share)
    found: list[int | None] = [None] * centre.size
    waiting = sorted(
        (model for model in range(centre.size) if np.isfinite(centre[model]) and _sampled(samples, model)),
        key=lambda model: (-centre[model], model),
    )
    tier, best = 0, -1
    for model in waiting:
        if best < 0 or apart.low[best, model] > 0.0:  # an interval that is NaN tells nobody apart
            tier, best = tier + 1, model
        found[model] = tier
    return found


def _centres(samples: Floats) -> Floats:
    finite = np.isfinite(samples)
    return quotient(np.where(finite, samples, 0.0).sum(axis=0), finite.sum(axis=0).astype(np.float64))


def _sampled(samples: Floats, model: int) -> bool:
    return bool(np.isfinite(samples[:, model]).any())
