"""Does the benchmark tell models apart: margins with intervals, their ratio to another benchmark's, and the saturation alarm."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from echoloop.statistics.checking import Floats, numbers, resampled
from echoloop.statistics.resampling import bounds
from echoloop.statistics.win_rates import Interval, WinRates


@dataclass(frozen=True)
class Discrimination:
    """`margin`: the leader's win rate less the other's; `formula` writes it out; `samples` is the margin in each resample."""

    leader: int | None
    other: int | None
    margin: float
    low: float
    high: float
    formula: str
    samples: Floats
    reason: str = ""


@dataclass(frozen=True)
class MarginRatio:
    """How many times wider one benchmark's margin is than another's."""

    ratio: float
    low: float
    high: float
    formula: str
    reason: str = ""


@dataclass(frozen=True)
class Saturation:
    """`alarm` is on when `overlap` (the top models' intervals) and `tied` (share of items where all have the top score) both are."""

    alarm: bool
    overlap: bool
    tied: float
    items: int
    top: float
    models: tuple[int, ...]
    reason: str = ""


def discrimination(
    rates: WinRates | ArrayLike,
    interval: Interval,
    leader: int | None = None,
    other: int | None = None,
    *,
    share: float = 0.95,
) -> Discrimination:
    """The margin of the leader (omitted: the highest rate) over another model (omitted: the next), over the same resamples.

    Who leads is read off once, from the rates: in a resample in which the other is ahead the margin is below zero.
    """
    resampled(len(interval.samples), share)
    own = _rates(rates, interval)
    order = [int(model) for model in np.argsort(-own, kind="stable") if np.isfinite(own[model])]
    first = leader if leader is not None else next((model for model in order if model != other), None)
    second = other if other is not None else next((model for model in order if model != first), None)
    nan = float("nan")
    for model in (first, second):
        if model is not None and not 0 <= model < own.size:
            raise ValueError(f"there is no model {model}: there are {own.size}")
    if first is None or second is None:
        return Discrimination(
            first, second, nan, nan, nan, "", np.zeros(0), "fewer than two models were compared"
        )
    margin = float(own[first] - own[second])
    samples = interval.samples[:, first] - interval.samples[:, second]
    low, high = bounds(samples, share)
    if not np.isfinite(margin):
        why = "one of the two models was never compared"
        return Discrimination(first, second, nan, nan, nan, "", samples, why)
    formula = f"{own[first]:.4f} - {own[second]:.4f} = {margin:.4f}"
    return Discrimination(first, second, margin, low, high, formula, samples)


def margin_ratio(
    ours: Discrimination, theirs: Discrimination, *, seed: int = 0, share: float = 0.95
) -> MarginRatio:
    """Our margin over theirs, with an interval from both bootstraps (two benchmarks' items are drawn independently).

    Where the other margin's own interval holds 0 the ratio has no bounds: they are NaN and `reason` says so.
    """
    resampled(1, share)
    nan = float("nan")
    if not np.isfinite(ours.margin) or not np.isfinite(theirs.margin):
        return MarginRatio(nan, nan, nan, "", ours.reason or theirs.reason)
    if theirs.margin == 0.0:
        return MarginRatio(nan, nan, nan, "", "the other margin is 0")
    ratio = ours.margin / theirs.margin
    formula = f"({ours.formula}) / ({theirs.formula}) = {ratio:.2f}"
    if not (theirs.low > 0.0 or theirs.high < 0.0):
        return MarginRatio(
            ratio, nan, nan, formula, "the other margin's interval holds 0: the ratio has no bounds"
        )
    # Both bootstraps may have the same seed: shuffled, their resamples have nothing to do with each other.
    random = np.random.default_rng(seed)
    one, other = ours.samples[np.isfinite(ours.samples)], theirs.samples[np.isfinite(theirs.samples)]
    pairs = max(one.size, other.size)
    drawn = random.permutation(np.resize(one, pairs)) / _not_zero(random.permutation(np.resize(other, pairs)))
    low, high = bounds(drawn, share)
    return MarginRatio(ratio, low, high, formula)


def saturation(
    scores: ArrayLike,
    interval: Interval,
    *,
    top: float | None = None,
    models: int = 2,
    share: float = 0.5,
    rates: WinRates | ArrayLike | None = None,
) -> Saturation:
    """The alarm that a benchmark no longer tells the best `models` apart.

    It goes off when every interval of the best models overlaps the leader's AND on at least `share` of the items each of them has
    the top score (`top`; omitted: the highest score there is) from more than half of the judges who scored it. Items on which one of
    them has no score are not counted. Best: the highest rate; without `rates` the highest mean of the resamples.
    """
    given = numbers(scores, "scores", ("judge", "item", "model"))
    if not 0.0 < share <= 1.0:
        raise ValueError(f"share is {share}: it lies above 0 and at most at 1")
    if models < 2:
        raise ValueError(f"models is {models}: at least two can be tied")
    if given.shape[2] != interval.samples.shape[1]:
        raise ValueError(
            f"scores are of {given.shape[2]} models, the interval of {interval.samples.shape[1]}"
        )
    own = _rates(rates, interval) if rates is not None else _centres(interval)
    best = [int(model) for model in np.argsort(-own, kind="stable") if np.isfinite(own[model])][:models]
    there = np.isfinite(given)
    nan = float("nan")
    if len(best) < models or not there.any():
        why = f"fewer than {models} models were compared" if there.any() else "there are no scores"
        return Saturation(False, False, nan, 0, nan, tuple(best), why)
    ceiling = float(given[there].max()) if top is None else float(top)
    overlap = all(interval.high[model] >= interval.low[best[0]] for model in best[1:])
    judged = there[:, :, best].sum(axis=0)
    full = 2 * (given[:, :, best] >= ceiling).sum(axis=0) > judged
    counted = (judged > 0).all(axis=1)
    items = int(counted.sum())
    if not items:
        return Saturation(False, overlap, nan, 0, ceiling, tuple(best), "no item has scores of all of them")
    tied = float(full[counted].all(axis=1).mean())
    return Saturation(overlap and tied >= share, overlap, tied, items, ceiling, tuple(best))


def _rates(rates: WinRates | ArrayLike, interval: Interval) -> Floats:
    own = numbers(rates.rates if isinstance(rates, WinRates) else rates, "rates", ("model",))
    if own.size != interval.samples.shape[1]:
        raise ValueError(f"there are {own.size} rates and {interval.samples.shape[1]} models in the interval")
    return own


def _centres(interval: Interval) -> Floats:
    finite = np.isfinite(interval.samples)
    count = finite.sum(axis=0)
    total = np.where(finite, interval.samples, 0.0).sum(axis=0)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def _not_zero(values: Floats) -> Floats:
    return np.where(values == 0.0, np.nan, values)
