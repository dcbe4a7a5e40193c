"""The judges' vote on each pair of models, in chunks of items and with int8 counts: the whole tensor would not fit.

An item's block is model x model x item with the items last, so that the inner loop of every operation is long and dense.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoloop.statistics.checking import Floats, judge_weights_of, numbers

Vote: TypeAlias = Literal["majority", "net"]
Missing: TypeAlias = Literal["skip", "loss"]
Bools: TypeAlias = NDArray[np.bool_]

CELLS = 1 << 20
"""So many pairs of a block are held at once: it stays in the processor's cache, and memory stays flat."""


@dataclass(frozen=True)
class Ballot:
    """Scores that have been checked, and the rule they are counted by."""

    scores: Floats
    vote: Vote
    weights: Floats | None
    produced: Bools | None
    """Item x model where an output that was not produced loses; None where it is left out."""


def ballot(
    scores: ArrayLike,
    vote: Vote,
    missing: Missing,
    produced: ArrayLike | None,
    weights: ArrayLike | None,
) -> Ballot:
    """Check everything once. A judge of weight zero is no judge; under `loss` an output that was not produced has no score."""
    checked = numbers(scores, "scores", ("judge", "item", "model"))
    if vote not in ("majority", "net"):
        raise ValueError(f"vote is {vote!r}: it is 'majority' or 'net'")
    if missing not in ("skip", "loss"):
        raise ValueError(f"missing is {missing!r}: it is 'skip' or 'loss'")
    made = _produced(checked, produced)
    weighed = judge_weights_of(weights, checked.shape[0])
    if weighed is not None and not weighed.all():
        checked, weighed = checked[weighed > 0], weighed[weighed > 0]
    if missing == "skip":
        return Ballot(checked, vote, weighed, None)
    if not made.all():
        checked = np.where(made, checked, np.nan)
    return Ballot(checked, vote, weighed, made)


def _produced(scores: Floats, produced: ArrayLike | None) -> Bools:
    if produced is None:
        return np.asarray(~np.isnan(scores).all(axis=0))
    made = np.asarray(produced)
    if made.shape != scores.shape[1:]:
        raise ValueError(f"produced must be item x model, {scores.shape[1:]}, and is {made.shape}")
    if made.dtype != np.bool_:
        raise ValueError(f"produced must be booleans, and is {made.dtype}")
    return made


def blocks(ballot: Ballot) -> Iterator[tuple[slice, NDArray[np.int8], NDArray[np.bool_] | None]]:
    """For each chunk of items: who is ahead (1, 0, -1; model x model x item), and which pairs a judge compared (None: all)."""
    for part, ahead, compared in _ahead(ballot):
        yield part, ahead.view(np.int8) - ahead.transpose(1, 0, 2).view(np.int8), compared


def item_totals(ballot: Ballot) -> tuple[Floats, Floats]:
    """Item x model: the wins of all its comparisons (ties as halves), and how many comparisons there were."""
    _, items, models = ballot.scores.shape
    lead, count = np.zeros((items, models)), np.zeros((items, models))
    narrow = np.int8 if models <= 127 else np.int32
    for part, ahead, compared in _ahead(ballot):
        won = ahead.view(np.int8)
        lead[part] = (won.sum(axis=1, dtype=narrow) - won.sum(axis=0, dtype=narrow)).T
        count[part] = models - 1.0 if compared is None else compared.sum(axis=1, dtype=narrow).T
    if ballot.produced is not None:
        made = ballot.produced
        absent = models - made.sum(axis=1, keepdims=True)
        settled = np.where(made, absent, models - 1.0)
        count = np.where(made, count, 0.0) + settled
        lead += np.where(made, absent, absent - models)
    return (lead + count) / 2.0, count


def _ahead(ballot: Ballot) -> Iterator[tuple[slice, Bools, Bools | None]]:
    judges, items, models = ballot.scores.shape
    step = max(1, CELLS // max(1, models * models))
    if judges == 0:
        for begin in range(0, items, step):
            part = slice(begin, min(begin + step, items))
            nothing = np.zeros((models, models, part.stop - part.start), dtype=np.bool_)
            yield part, nothing, nothing.copy()
        return
    for begin in range(0, items, step):
        part = slice(begin, begin + step)
        block = np.ascontiguousarray(ballot.scores[:, part].transpose(0, 2, 1))
        yield part, *(_counted(block, ballot.vote) if ballot.weights is None else _weighed(block, ballot))


def _counted(block: Floats, vote: Vote) -> tuple[Bools, Bools | None]:
    """More than half of the valid judges is the same as more than half of them rounded down: counts stay small integers."""
    judges, models, items = block.shape
    wins = np.zeros((models, models, items), dtype=np.int8 if judges <= 127 else np.int32)
    higher = np.empty(wins.shape, dtype=np.bool_)
    for scores in block:
        wins += np.greater(scores[:, None], scores[None], out=higher).view(np.int8)
    scored = ~np.isnan(block)
    if scored.all():
        return (wins > judges // 2 if vote == "majority" else wins > wins.transpose(1, 0, 2)), None
    valid = np.zeros_like(wins)
    for own in scored:
        valid += np.logical_and(own[:, None], own[None], out=higher).view(np.int8)
    compared = _without_itself(valid > 0)
    return (wins > valid // 2 if vote == "majority" else wins > wins.transpose(1, 0, 2)), compared


def _weighed(block: Floats, ballot: Ballot) -> tuple[Bools, Bools | None]:
    """Sums of weights are no integers: a lead counts when it is more than rounding could have made."""
    weights = ballot.weights if ballot.weights is not None else np.ones(block.shape[0])
    slack = 1e-9 * float(weights.sum())
    scored = ~np.isnan(block)
    wins = np.zeros((block.shape[1], *block.shape[1:]))
    valid = np.zeros_like(wins)
    for weight, scores, own in zip(weights, block, scored, strict=True):
        wins += weight * (scores[:, None] > scores[None])
        valid += weight * (own[:, None] & own[None])
    enough = valid / 2.0 if ballot.vote == "majority" else wins.transpose(1, 0, 2)
    return wins > enough + slack, _without_itself(valid > 0)


def _without_itself(compared: Bools) -> Bools:
    models = np.arange(compared.shape[0])
    compared[models, models] = False
    return compared
