"""Weights for judges learnt from people's rankings, and what they gain, measured on items that they were not learnt from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoloop.statistics.checking import Floats, numbers, resampled
from echoloop.statistics.outcomes import pair_outcomes
from echoloop.statistics.resampling import bounds, quotient, resampled_sums
from echoloop.statistics.votes import Vote


@dataclass(frozen=True)
class JudgeWeights:
    """`weights` (one a judge, from 0 up, summing to 1) learnt from all items; everything else is measured on held-out ones.

    `plain` and `weighted`: the share of people's decided pairs on which the vote agrees with them (a tied vote is half right).
    `gain` is their difference with its interval over items; `reason` says what it does not show. `agreement`: each judge alone.
    """

    weights: Floats
    agreement: Floats
    plain: float
    weighted: float
    gain: float
    low: float
    high: float
    items: int
    pairs: int
    folds: int
    reason: str = ""


def judge_weights(
    scores: ArrayLike,
    ranks: ArrayLike,
    folds: int = 5,
    seed: int = 0,
    *,
    vote: Vote = "majority",
    resamples: int = 1000,
    share: float = 0.95,
) -> JudgeWeights:
    """Calibrate judge x item x model against people's item x model ranks (1 is best; ties and NaN say nothing about a pair).

    A judge's weight is the log odds of agreeing with people on a pair, the best weight for judges who err independently, drawn
    towards the judges' mean by as much as chance alone could have set it apart (the between-judge variance against the judge's
    own, over items: DerSimonian and Laird). Where judges differ no more than chance would have it, all weights are equal;
    a judge that agrees less often than not weighs nothing.
    """
    resampled(resamples, share)
    given = numbers(scores, "scores", ("judge", "item", "model"))
    wanted = numbers(ranks, "ranks", ("item", "model"))
    if wanted.shape != given.shape[1:]:
        raise ValueError(f"ranks must be item x model, {given.shape[1:]}, and are {wanted.shape}")
    if folds < 2:
        raise ValueError(f"folds is {folds}: at least two are needed to hold anything out")
    judges = len(given)
    if judges == 0:
        raise ValueError("there are no judges to weigh")
    people = np.sign(wanted[:, None, :] - wanted[:, :, None])
    right = np.stack([_agreements(pair_outcomes(given[[judge]]), people) for judge in range(judges)])
    weights = _weights(right)
    agreement = quotient(right[:, :, 0].sum(axis=1), right[:, :, 1].sum(axis=1))
    plain = _agreements(pair_outcomes(given, vote), people)
    usable = np.flatnonzero(plain[:, 1] > 0)
    used = min(folds, usable.size)
    nan = float("nan")
    if used < 2:
        why = f"{usable.size} items have both a ranking by people and a vote: at least two are needed"
        return JudgeWeights(weights, agreement, nan, nan, nan, nan, nan, usable.size, 0, 0, why)
    held = _held_out(given, people, right, vote, usable, used, seed)
    terms = np.stack([plain[usable, 0], held[usable, 0], plain[usable, 1]], axis=1)
    before, after, pairs = (float(total) for total in terms.sum(axis=0))
    sums = resampled_sums(terms, resamples, seed)
    low, high = bounds(quotient(sums[:, 1] - sums[:, 0], sums[:, 2]), share)
    reason = "" if low > 0 else "the interval of the gain is not above 0: no improvement was shown"
    return JudgeWeights(
        weights,
        agreement,
        before / pairs,
        after / pairs,
        (after - before) / pairs,
        low,
        high,
        usable.size,
        round(pairs),
        used,
        reason,
    )


def _held_out(
    given: Floats,
    people: Floats,
    right: Floats,
    vote: Vote,
    usable: NDArray[np.intp],
    folds: int,
    seed: int,
) -> Floats:
    """The weighted vote's agreement on each item, with weights learnt from the other folds' items alone."""
    shuffled = np.random.default_rng(seed).permutation(usable)
    result = np.zeros((given.shape[1], 2))
    for fold in range(folds):
        out = np.sort(shuffled[fold::folds])
        rest = np.setdiff1d(usable, out)
        outcomes = pair_outcomes(given[:, out], vote, weights=_weights(right[:, rest]))
        result[out] = _agreements(outcomes, people[out])
    return result


def _agreements(outcomes: Floats, people: Floats) -> Floats:
    """Item x (pairs right, pairs compared), each pair once: those that people decided and somebody compared."""
    first, second = np.triu_indices(people.shape[1], 1)
    said, wanted = outcomes[:, first, second], people[:, first, second]
    both = np.isfinite(said) & np.isfinite(wanted) & (wanted != 0)
    right = np.where(both, np.where(wanted > 0, said, 1.0 - said), 0.0)
    return np.stack([right.sum(axis=1), both.sum(axis=1)], axis=1)


def _weights(right: Floats) -> Floats:
    """From judge x item x (pairs right, pairs compared)."""
    judges = len(right)
    total, count = right[:, :, 0].sum(axis=1), right[:, :, 1].sum(axis=1)
    share = (total + 0.5) / (count + 1.0)
    strength = np.log(share / (1.0 - share))
    missed = right[:, :, 0] - share[:, None] * right[:, :, 1]
    items = (right[:, :, 1] > 0).sum(axis=1)
    error = quotient((missed**2).sum(axis=1), (count * share * (1.0 - share)) ** 2)
    known = (items > 1) & np.isfinite(error)
    if known.sum() < 2:
        return np.full(judges, 1.0 / judges)
    centre, between = _between(strength[known], error[known] + 1e-12)
    drawn = np.full(judges, centre)
    kept = between / (between + error[known] + 1e-12)
    drawn[known] = centre + kept * (strength[known] - centre)
    positive = np.maximum(drawn, 0.0)
    return positive / positive.sum() if positive.sum() > 0 else np.full(judges, 1.0 / judges)


def _between(strength: Floats, error: Floats) -> tuple[float, float]:
    """The judges' common mean, and their variance beyond what their errors explain."""
    precision = 1.0 / error
    mean = float((precision * strength).sum() / precision.sum())
    excess = float((precision * (strength - mean) ** 2).sum()) - (strength.size - 1)
    scale = float(precision.sum() - (precision**2).sum() / precision.sum())
    between = max(0.0, excess / scale) if scale > 0 else 0.0
    spread = 1.0 / (error + between)
    return float((spread * strength).sum() / spread.sum()), between
