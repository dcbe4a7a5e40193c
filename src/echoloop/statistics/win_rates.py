"""Win rates and their intervals. The unit of resampling is the prompt: all judges and all models of an item together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoloop.statistics.checking import Floats, resampled
from echoloop.statistics.pairwise import checked_outcomes
from echoloop.statistics.resampling import percentile_interval, quotient, resampled_sums
from echoloop.statistics.votes import Missing, Vote, ballot, item_totals


@dataclass(frozen=True)
class WinRates:
    """`rates[m]` is NaN when model m was never compared; `coverage[m]` is the share of its comparisons that happened.

    `reason` says why there is no rate at all, and is empty when there is one.
    """

    rates: Floats
    coverage: Floats
    comparisons: NDArray[np.int64]
    reason: str = ""


@dataclass(frozen=True)
class Interval:
    """Resampled win rates: `samples` is resample x model; `low` and `high` bound the central share of them."""

    low: Floats
    high: Floats
    samples: Floats
    reason: str = ""


def win_rates(
    scores: ArrayLike,
    vote: Vote = "majority",
    missing: Missing = "skip",
    produced: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> WinRates:
    """Each model's mean over all its comparisons with all other models.

    `scores` is judge x item x model, NaN where a judge gave no score. `vote` settles each comparison: `majority` needs more
    than half of the valid judges, `net` takes the sign of wins minus losses. `weights` (one a judge) make it a weighted vote.
    `missing="skip"` leaves out what was not compared; `"loss"` lets an output that was not `produced` (item x model; omitted:
    one that no judge scored) lose to one that was. An output that was produced but not scored is an outage: nobody loses.
    """
    return _rates(*item_totals(ballot(scores, vote, missing, produced, weights)))


def rates_of(outcomes: ArrayLike) -> WinRates:
    """The same of comparisons that are settled already: item x model x model of the row model's results, NaN for none."""
    return _rates(*_outcome_totals(outcomes))


def bootstrap(
    scores: ArrayLike,
    vote: Vote = "majority",
    missing: Missing = "skip",
    produced: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    *,
    resamples: int = 1000,
    seed: int = 0,
    share: float = 0.95,
) -> Interval:
    """Percentile intervals of the win rates over resampled items."""
    resampled(resamples, share)
    return _interval(*item_totals(ballot(scores, vote, missing, produced, weights)), resamples, seed, share)


def bootstrap_of(
    outcomes: ArrayLike, resamples: int = 1000, seed: int = 0, *, share: float = 0.95
) -> Interval:
    """The same of comparisons that are settled already."""
    resampled(resamples, share)
    return _interval(*_outcome_totals(outcomes), resamples, seed, share)


def _outcome_totals(outcomes: ArrayLike) -> tuple[Floats, Floats]:
    settled = checked_outcomes(outcomes, "outcomes", ("item", "model", "model"))
    return np.nansum(settled, axis=2), (~np.isnan(settled)).sum(axis=2).astype(np.float64)


def _rates(won: Floats, count: Floats) -> WinRates:
    items, models = count.shape
    total = count.sum(axis=0)
    possible = items * (models - 1)
    coverage = total / possible if possible > 0 else np.zeros(models)
    return WinRates(
        quotient(won.sum(axis=0), total), coverage, total.astype(np.int64), _why_nothing(total, items)
    )


def _interval(won: Floats, count: Floats, resamples: int, seed: int, share: float) -> Interval:
    items, models = count.shape
    if items and (count == count[0]).all():
        sums = resampled_sums(won, resamples, seed)
        samples = quotient(sums, np.broadcast_to(count.sum(axis=0), sums.shape))
    else:
        sums = resampled_sums(np.hstack([won, count]), resamples, seed)
        samples = quotient(sums[:, :models], sums[:, models:])
    low, high = percentile_interval(samples, share)
    return Interval(low, high, samples, _why_nothing(count.sum(axis=0), items))


def _why_nothing(total: Floats, items: int) -> str:
    if total.any():
        return ""
    if total.size < 2:
        return "there are fewer than two models: nobody to be compared with"
    return "no two models were compared" if items else "there are no items"
