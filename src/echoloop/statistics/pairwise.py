"""Judges that see two outputs at once: a vote of their results, both orders settled into one, and the pull of the first place."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from echoloop.statistics.checking import Floats, judge_weights_of, numbers, resampled
from echoloop.statistics.paired_test import sign_flip_p
from echoloop.statistics.resampling import bounds, quotient, resampled_sums
from echoloop.statistics.votes import Vote

CELLS = 1 << 22


@dataclass(frozen=True)
class PositionBias:
    """`bias`: the share of decided answers that took the output shown first, minus one half; NaN with a reason without any."""

    bias: float
    low: float
    high: float
    p: float
    decided: int
    items: int
    reason: str = ""


def vote_outcomes(judged: ArrayLike, vote: Vote = "majority", weights: ArrayLike | None = None) -> Floats:
    """The judges' vote of judge x item x model x model (row model's result: 1, .5, 0; NaN: this judge did not compare them).

    `majority` needs more than half of the valid judges (of their weight, with `weights`), `net` the sign of wins minus losses.
    A comparison that is given from one side only is read from the other; one that contradicts its own mirror is refused.
    """
    results = checked_outcomes(judged, "judged", ("judge", "item", "model", "model"))
    if vote not in ("majority", "net"):
        raise ValueError(f"vote is {vote!r}: it is 'majority' or 'net'")
    judges, items, models, _ = results.shape
    weighed = judge_weights_of(weights, judges)
    weighed = np.ones(judges) if weighed is None else weighed
    outcomes = np.full((items, models, models), np.nan)
    step = max(1, CELLS // max(1, models * models * max(1, judges)))
    for begin in range(0, items, step):
        outcomes[begin : begin + step] = _voted(results[:, begin : begin + step], vote, weighed)
    return outcomes


def settle_orders(forward: ArrayLike, backward: ArrayLike) -> Floats:
    """One judge's two answers on each pair, as one result.

    Both hold the ROW model's result (1, .5, 0), in any shape: `forward` where the row model was shown first, `backward` where it
    was shown second. Answers that do not agree are a tie: the judge followed the place, not the picture. Where one order is
    missing the result is NaN: a lone order carries the judge's position bias whole, and it could not be told from merit.
    """
    first, second = np.asarray(forward, dtype=np.float64), np.asarray(backward, dtype=np.float64)
    if first.shape != second.shape:
        raise ValueError(f"both orders must have one shape, and are {first.shape} and {second.shape}")
    _only_results(first, "forward")
    _only_results(second, "backward")
    agreed = np.where(first == second, first, 0.5)
    return np.where(np.isnan(first) | np.isnan(second), np.nan, agreed)


def position_bias(
    first_wins: ArrayLike,
    second_wins: ArrayLike,
    *,
    resamples: int = 1000,
    seed: int = 0,
    share: float = 0.95,
) -> PositionBias:
    """How often the output shown first wins, of the answers that were decided (ties say nothing about it).

    Both are item x ...: how many answers (or whether the answer) took the first and the second place. The interval resamples
    items; `p` flips which place was called first, item by item, since the answers of one item are not independent.
    """
    resampled(resamples, share)
    first, second = _per_item(first_wins, "first_wins"), _per_item(second_wins, "second_wins")
    if first.size != second.size:
        raise ValueError(f"first_wins has {first.size} items and second_wins {second.size}")
    decided = first + second
    used = decided > 0
    items, total = int(used.sum()), round(float(decided.sum()))
    nan = float("nan")
    if items == 0:
        return PositionBias(nan, nan, nan, nan, 0, 0, "no answer was decided")
    sums = resampled_sums(np.stack([first[used], decided[used]], axis=1), resamples, seed)
    low, high = bounds(quotient(sums[:, 0], sums[:, 1]) - 0.5, share)
    bias = float(first.sum() / decided.sum() - 0.5)
    return PositionBias(bias, low, high, sign_flip_p((first - second)[used], seed=seed), total, items)


def checked_outcomes(values: ArrayLike, name: str, axes: tuple[str, ...]) -> Floats:
    """A copy of ... x model x model that is whole: results only, the diagonal NaN, both halves telling the same."""
    results = numbers(values, name, axes).copy()
    if results.shape[-1] != results.shape[-2]:
        raise ValueError(f"{name} must end in model x model, and is {results.shape}")
    models = np.arange(results.shape[-1])
    results[..., models, models] = np.nan
    _only_results(results, name)
    mirrored = 1.0 - np.swapaxes(results, -1, -2)
    if (np.abs(results - mirrored) > 1e-9).any():
        raise ValueError(
            f"{name} contradicts itself: the result of i against j must be 1 minus that of j against i"
        )
    np.copyto(results, mirrored, where=np.isnan(results))
    return results


def _only_results(results: Floats, name: str) -> None:
    wrong = ~(np.isnan(results) | (results == 0.0) | (results == 0.5) | (results == 1.0))
    if wrong.any():
        raise ValueError(f"{name} holds {results[wrong][0]}: a result is 1, .5, 0, or NaN for none")


def _voted(results: Floats, vote: Vote, weights: Floats) -> Floats:
    wins = np.einsum("j,jiab->iab", weights, (results == 1.0).astype(np.float64))
    losses = np.einsum("j,jiab->iab", weights, (results == 0.0).astype(np.float64))
    valid = np.einsum("j,jiab->iab", weights, (~np.isnan(results)).astype(np.float64))
    slack = 1e-9 * float(weights.sum())
    if vote == "net":
        won, lost = wins > losses + slack, losses > wins + slack
    else:
        won, lost = wins > valid / 2.0 + slack, losses > valid / 2.0 + slack
    return np.where(valid > 0, (won.astype(np.float64) - lost + 1.0) / 2.0, np.nan)


def _per_item(values: ArrayLike, name: str) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0 or not np.isfinite(array).all() or (array < 0).any():
        raise ValueError(f"{name} must count answers for each item: numbers from zero up")
    return array.sum(axis=tuple(range(1, array.ndim)))
