"""Does a judge like something that is no merit: large pictures, bright ones, its own long answers?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoloop.statistics.checking import Floats, finite_or_nan, numbers, resampled
from echoloop.statistics.resampling import bounds, quotient, resampled_sums
from echoloop.statistics.residuals import without_item_and_model


@dataclass(frozen=True)
class Liking:
    """One entry a judge. `points`: how its score changes with one standard deviation of the feature, beyond the other judges'.

    `outputs` it was measured on; `relative_to` says against what; `reasons` is empty where it could be measured.
    """

    points: Floats
    low: Floats
    high: Floats
    outputs: NDArray[np.int64]
    relative_to: str
    reasons: tuple[str, ...]


def liking(
    scores: ArrayLike,
    feature: ArrayLike,
    *,
    resamples: int = 1000,
    seed: int = 0,
    share: float = 0.95,
) -> Liking:
    """The slope of each judge's scores on a feature (item x model, or judge x item x model for what differs by judge).

    With several judges the score is taken less the mean of the other judges' scores of the same output: whatever merit goes with the
    feature cancels, and so does a liking that all judges share. With one judge it is taken less its item and model effects, which
    leaves merit in: then it says that the score goes with the feature, not why. The interval resamples items.
    """
    resampled(resamples, share)
    given = numbers(scores, "scores", ("judge", "item", "model"))
    judges = len(given)
    shown = finite_or_nan(np.asarray(feature, dtype=np.float64), "feature")
    if shown.shape not in (given.shape, given.shape[1:]):
        raise ValueError(f"feature must be {given.shape[1:]} or {given.shape}, and is {shown.shape}")
    shown = np.broadcast_to(shown, given.shape)
    alone = int(np.isfinite(given).any(axis=(1, 2)).sum()) < 2
    apart = without_item_and_model(given) if alone else given - _others(given)
    found = [
        _slope(apart[judge], _standard(shown[judge], apart[judge], alone), resamples, seed, share)
        for judge in range(judges)
    ]
    points, low, high = (np.array([one[place] for one in found], dtype=np.float64) for place in range(3))
    return Liking(
        points,
        low,
        high,
        np.array([one[3] for one in found], dtype=np.int64),
        "its own item and model effects" if alone else "the other judges' mean of the same output",
        tuple(one[4] for one in found),
    )


def _others(given: Floats) -> Floats:
    """For each judge the mean of the other judges' scores of an output; NaN where no other scored it."""
    there = np.isfinite(given)
    total, count = np.where(there, given, 0.0).sum(axis=0), there.sum(axis=0)
    return quotient(total - np.where(there, given, 0.0), (count - there).astype(np.float64))


def _standard(shown: Floats, apart: Floats, alone: bool) -> Floats:
    """The feature in standard deviations over the outputs that are used; with one judge less its item and model effects too."""
    used = np.where(np.isfinite(apart), shown, np.nan)
    finite = used[np.isfinite(used)]
    spread = float(finite.std()) if finite.size else 0.0
    if spread <= 1e-12 * float(np.abs(finite).max(initial=1.0)):
        return np.where(np.isfinite(used), 0.0, np.nan)
    scaled = (used - finite.mean()) / spread
    return without_item_and_model(scaled) if alone else scaled


def _slope(
    apart: Floats, shown: Floats, resamples: int, seed: int, share: float
) -> tuple[float, float, float, int, str]:
    both = np.isfinite(apart) & np.isfinite(shown)
    nan, outputs = float("nan"), int(both.sum())
    if outputs < 3:
        return nan, nan, nan, outputs, f"{outputs} outputs can be used: at least three are needed"
    x, y = np.where(both, shown, 0.0), np.where(both, apart, 0.0)
    if not (x[both] ** 2).sum() > 1e-9 * outputs:
        return nan, nan, nan, outputs, "the feature is the same everywhere"
    terms = np.stack([part.sum(axis=1) for part in (both.astype(np.float64), x, y, x * x, x * y)], axis=1)
    low, high = bounds(_slopes(resampled_sums(terms, resamples, seed)), share)
    return float(_slopes(terms.sum(axis=0)[None])[0]), low, high, outputs, ""


def _slopes(sums: Floats) -> Floats:
    n, x, y, xx, xy = sums.T
    return quotient(n * xy - x * y, np.maximum(n * xx - x * x, 0.0))
