"""How steady a judge is: its noise when it is asked again, and whether it has drifted since the last time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoloop.statistics.checking import Floats, finite_or_nan, numbers, resampled
from echoloop.statistics.paired_test import sign_flip_p
from echoloop.statistics.resampling import mean_interval, percentile_interval, quotient, resampled_sums


@dataclass(frozen=True)
class RepeatNoise:
    """One entry a judge. `sd`: standard deviation of its scores of one output, with an interval over items.

    `identical`: the share of pairs of repeats that gave the same score; `outputs` that were scored at least twice.
    """

    sd: Floats
    low: Floats
    high: Floats
    identical: Floats
    outputs: NDArray[np.int64]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Drift:
    """`difference`: mean of after less before; `p` two-sided, from flipping the signs of the items' differences; `n` items."""

    difference: float
    low: float
    high: float
    p: float
    n: int
    reason: str = ""


def repeat_noise(
    scores_repeats: ArrayLike, *, resamples: int = 1000, seed: int = 0, share: float = 0.95
) -> RepeatNoise:
    """What a judge's score varies by when nothing else does, from judge x repeat x item x model."""
    resampled(resamples, share)
    given = numbers(scores_repeats, "scores", ("judge", "repeat", "item", "model"))
    there = np.isfinite(given)
    times = there.sum(axis=1).astype(np.float64)
    again = times > 1
    mean = np.nan_to_num(quotient(np.where(there, given, 0.0).sum(axis=1), times))
    squares = np.where(there, given - mean[:, None], 0.0) ** 2
    within = np.where(again, squares.sum(axis=1), 0.0).sum(axis=2)
    freedom = np.where(again, times - 1.0, 0.0).sum(axis=2)
    outputs = again.sum(axis=(1, 2))
    sd = np.sqrt(quotient(within.sum(axis=1), freedom.sum(axis=1)))
    low, high = np.full(sd.shape, np.nan), np.full(sd.shape, np.nan)
    for judge in np.flatnonzero(outputs):
        sums = resampled_sums(np.stack([within[judge], freedom[judge]], axis=1), resamples, seed)
        edges = percentile_interval(np.sqrt(quotient(sums[:, [0]], sums[:, [1]])), share)
        low[judge], high[judge] = float(edges[0][0]), float(edges[1][0])
    reasons = tuple("" if count else "no output was scored twice" for count in outputs)
    return RepeatNoise(sd, low, high, _identical(given), outputs, reasons)


def drift(
    before: ArrayLike,
    after: ArrayLike,
    *,
    resamples: int = 1000,
    seed: int = 0,
    share: float = 0.95,
    flips: int = 9999,
) -> Drift:
    """Has a judge moved between two runs on the same fixed items? Both are item x ...; what one of them lacks is left out.

    The differences of one item count as one: the interval resamples items, and the test flips the sign of whole items.
    """
    resampled(resamples, share)
    first, second = (finite_or_nan(np.asarray(one, dtype=np.float64), "scores") for one in (before, after))
    if first.shape != second.shape or first.ndim == 0:
        raise ValueError(f"before is {first.shape} and after {second.shape}: they must be the same items")
    apart = (second - first).reshape(first.shape[0], int(np.prod(first.shape[1:])))
    there = np.isfinite(apart)
    count = there.sum(axis=1).astype(np.float64)
    per_item = quotient(np.where(there, apart, 0.0).sum(axis=1), count)
    nan, n = float("nan"), int((count > 0).sum())
    if not n:
        return Drift(nan, nan, nan, nan, 0, "no item was scored both times")
    difference, low, high = mean_interval(per_item, resamples=resamples, seed=seed, share=share)
    return Drift(difference, low, high, sign_flip_p(per_item, flips=flips, seed=seed), n)


def _identical(given: Floats) -> Floats:
    same, pairs = np.zeros(len(given)), np.zeros(len(given))
    for step in range(1, given.shape[1]):
        one, other = given[:, step:], given[:, :-step]
        both = np.isfinite(one) & np.isfinite(other)
        pairs += both.sum(axis=(1, 2, 3))
        same += (both & (one == other)).sum(axis=(1, 2, 3))
    return quotient(same, pairs)
