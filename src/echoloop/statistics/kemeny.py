"""Kemeny-Young: the order of the models that contradicts the raters least, exactly."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoloop.statistics.checking import Floats, numbers
from echoloop.statistics.kemeny_parts import best_order
from echoloop.statistics.kemeny_subsets import SUBSETS_LIMIT, Counts, orders_by_subsets


@dataclass(frozen=True)
class Kemeny:
    """The canonical optimum: of all orders with the lowest score the lexicographically smallest by model index.

    `order` lists models, best first; a model that no rater ranked is in `unranked` instead. `ranks[m]` is the place of model m
    (1 is best; NaN for the unranked). `score` counts, over raters and pairs of models, how often the order says the opposite of
    the rater, plus the tie penalty for each of the `ties`: pairs that a rater ranked alike. `unique` says that no other order
    is as good.
    """

    order: NDArray[np.int64]
    score: float
    unique: bool
    ties: int
    ranks: Floats
    unranked: tuple[int, ...] = ()
    reason: str = ""


def kemeny(rankings: ArrayLike, *, tie_penalty: float = 0.0) -> Kemeny:
    """The consensus of raters x models: rank numbers (1 is best, equal numbers are ties), NaN where a rater did not rank a model.

    A pair counts for the raters who ranked both (partial rankings say nothing about what they leave out). A rater's tie is
    broken either way by any order, so it costs the same in all: `tie_penalty` each (0: a tie agrees with both, so that the score
    is the number of disagreements; .5 is the usual penalty of Fagin et al.). It moves the score, never the order.
    """
    ranks = numbers(rankings, "rankings", ("rater", "model"))
    return kemeny_many(ranks[None], tie_penalty=tie_penalty)[0]


def kemeny_many(rankings: ArrayLike, *, tie_penalty: float = 0.0) -> list[Kemeny]:
    """One consensus a sample, from samples x raters x models: much faster than one after the other."""
    ranks = numbers(rankings, "rankings", ("sample", "rater", "model"))
    if not 0.0 <= tie_penalty <= 1.0:
        raise ValueError(f"tie_penalty is {tie_penalty}: it lies between 0 and 1")
    against, tied = disagreements(ranks)
    ranked = np.asarray((~np.isnan(ranks)).any(axis=1))
    found: list[Kemeny | None] = [None] * len(ranks)
    whole = [number for number in range(len(ranks)) if ranked[number].all()]
    if ranks.shape[2] <= SUBSETS_LIMIT and whole:
        for number, (order, unique) in zip(whole, orders_by_subsets(against[whole]), strict=True):
            found[number] = _consensus(against[number], tied[number], tie_penalty, order, unique, ())
    for number, done in enumerate(found):
        if done is None:
            kept = np.flatnonzero(ranked[number])
            order, unique = best_order(against[number][np.ix_(kept, kept)])
            left = tuple(int(model) for model in np.flatnonzero(~ranked[number]))
            placed = [int(kept[place]) for place in order]
            found[number] = _consensus(against[number], tied[number], tie_penalty, placed, unique, left)
    return [done for done in found if done is not None]


def disagreements(ranks: Floats) -> tuple[Counts, NDArray[np.int64]]:
    """Sample x model x model: how many raters put the column model before the row model; and the number of ties of a sample."""
    samples, raters, models = ranks.shape
    against = np.zeros((samples, models, models), dtype=np.int64)
    tied = np.zeros(samples, dtype=np.int64)
    for rater in range(raters):
        row, column = ranks[:, rater, :, None], ranks[:, rater, None, :]
        against += row > column
        tied += ((row == column).sum(axis=(1, 2)) - (~np.isnan(ranks[:, rater])).sum(axis=1)) // 2
    return against, tied


def _consensus(
    against: Counts,
    tied: np.int64,
    penalty: float,
    order: Sequence[int],
    unique: bool,
    unranked: tuple[int, ...],
) -> Kemeny:
    placed = np.array(order, dtype=np.int64)
    ranks = np.full(len(against), np.nan)
    ranks[placed] = np.arange(1, placed.size + 1)
    score = float(np.triu(against[np.ix_(placed, placed)], 1).sum()) + penalty * float(tied)
    reason = "" if placed.size else "no rater ranked any model"
    return Kemeny(placed, score if placed.size else np.nan, unique, int(tied), ranks, unranked, reason)
