"""From scores to outcomes: who won each comparison of two models on one item, by a named vote."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from echoloop.statistics.checking import Floats
from echoloop.statistics.votes import Bools, Missing, Vote, ballot, blocks

Scores: TypeAlias = Floats

__all__ = ["Missing", "Scores", "Vote", "pair_outcomes", "with_losses"]


def pair_outcomes(
    scores: ArrayLike,
    vote: Vote = "majority",
    missing: Missing = "skip",
    produced: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> Floats:
    """Item x model x model: 1 where the row model won, 0 where it lost, .5 a tie, NaN where nothing was compared.

    `scores` is judge x item x model with NaN where a judge gave no score: such a judge abstains from that pair.
    Under `missing="loss"` an output that was not produced loses to one that was, and two such tie.
    """
    counted = ballot(scores, vote, missing, produced, weights)
    _, items, models = counted.scores.shape
    outcomes = np.empty((items, models, models))
    for part, sign, compared in blocks(counted):
        results = (sign + 1.0) / 2.0
        if compared is not None:
            results[~compared] = np.nan
        outcomes[part] = results.transpose(2, 0, 1)
    if counted.produced is not None:
        _settle_absences(outcomes, counted.produced)
    numbers = np.arange(models)
    outcomes[:, numbers, numbers] = np.nan
    return outcomes


def with_losses(outcomes: ArrayLike, produced: ArrayLike) -> Floats:
    """Outcomes in which an output that was not produced loses to one that was, and two such tie (`missing="loss"`)."""
    settled = np.array(outcomes, dtype=np.float64)
    _settle_absences(settled, np.asarray(produced, dtype=np.bool_))
    numbers = np.arange(settled.shape[-1])
    settled[:, numbers, numbers] = np.nan
    return settled


def _settle_absences(outcomes: Floats, produced: Bools) -> None:
    ours, theirs = produced[:, :, None], produced[:, None, :]
    outcomes[ours & ~theirs] = 1.0
    outcomes[~ours & theirs] = 0.0
    outcomes[~ours & ~theirs] = 0.5
