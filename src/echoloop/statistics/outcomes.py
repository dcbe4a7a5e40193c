"""From scores to outcomes: who won each comparison of two models on one item, by a named vote."""

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vote: TypeAlias = Literal["majority", "net"]
Missing: TypeAlias = Literal["skip", "loss"]
Scores: TypeAlias = NDArray[np.float64]


def pair_outcomes(
    scores: Scores,
    vote: Vote = "majority",
    missing: Missing = "skip",
    produced: NDArray[np.bool_] | None = None,
) -> Scores:
    """Item x model x model: 1 where the row model won, 0 where it lost, .5 a tie, NaN where nothing was compared.

    `scores` is judge x item x model with NaN where a judge gave no score: such a judge abstains from that pair.
    Under `missing="loss"` an output that was not produced loses to one that was, and two such tie.
    """
    first, second = scores[:, :, :, None], scores[:, :, None, :]
    valid = np.isfinite(first) & np.isfinite(second)
    signs = np.where(valid, np.sign(np.where(valid, first - second, 0.0)), 0.0)
    judges = valid.sum(axis=0)
    wins, losses = (signs > 0).sum(axis=0), (signs < 0).sum(axis=0)
    if vote == "net":
        decided = np.sign(wins - losses)
    else:
        decided = np.where(2 * wins > judges, 1, np.where(2 * losses > judges, -1, 0))
    outcomes = np.where(judges > 0, (decided + 1) / 2, np.nan)
    if missing == "loss":
        outcomes = _with_losses(outcomes, _produced(scores, produced))
    models = np.arange(scores.shape[2])
    outcomes[:, models, models] = np.nan
    return outcomes


def _produced(scores: Scores, produced: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(scores).any(axis=0)) if produced is None else produced


def _with_losses(outcomes: Scores, produced: NDArray[np.bool_]) -> Scores:
    ours, theirs = produced[:, :, None], produced[:, None, :]
    settled = np.where(
        ours & ~theirs, 1.0, np.where(~ours & theirs, 0.0, np.where(~ours & ~theirs, 0.5, np.nan))
    )
    return np.where(np.isnan(settled), outcomes, settled)
