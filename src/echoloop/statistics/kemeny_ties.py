"""Where several orders are equally good: what all of them say together, so that no test mistakes a tie-break for an opinion."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoloop.statistics.checking import Floats, numbers
from echoloop.statistics.kemeny import disagreements
from echoloop.statistics.kemeny_parts import SMALL, best_order, groups
from echoloop.statistics.kemeny_subsets import Counts, before_all, levels

ROUNDING = 9
"""Means of equal places may differ in their last bits: two models that tie must be seen to tie."""


def consensus_places(rankings: ArrayLike) -> Floats:
    """Sample x model: the mean place of a model over ALL best orders of its sample; NaN for a model that nobody ranked.

    `kemeny` takes one of them by the models' numbers, which is nobody's opinion: where raters tie or contradict each other evenly,
    tests on that order would find the list of models. Exact in groups of up to 13 models that no best order takes apart; in a
    larger one the mean of two best orders, the smallest and the largest by the models' numbers.
    """
    ranks = numbers(rankings, "rankings", ("sample", "rater", "model"))
    against, _ = disagreements(ranks)
    ranked = np.asarray((~np.isnan(ranks)).any(axis=1))
    places = np.full(ranked.shape, np.nan)
    for number, known in enumerate(ranked):
        kept = np.flatnonzero(known)
        places[number, kept] = _places(against[number][np.ix_(kept, kept)])
    return places


def _places(against: Counts) -> Floats:
    """Groups that no best order mixes stand behind each other, whatever happens inside of them."""
    places = np.zeros(len(against))
    before = 0
    for group in groups(against):
        own = against[np.ix_(group, group)]
        inside = _over_all(own) if group.size <= SMALL else _of_two(own)
        places[group] = before + np.round(inside, ROUNDING)
        before += group.size
    return places


def _over_all(against: Counts) -> Floats:
    """Every best order is a way through the subsets; each step of it is counted by the ways that lead to it and on from it."""
    models = len(against)
    before = before_all(against[:, :, None])[:, :, 0]
    rest = np.zeros(1 << models, dtype=before.dtype)
    onward = np.ones(1 << models)
    best: list[NDArray[np.bool_]] = []
    for sets, members, without in levels(models):
        cost = before[members, without] + rest[without]
        rest[sets] = cost.min(axis=1)
        best.append(cost == rest[sets][:, None])
        onward[sets] = np.where(best[-1], onward[without], 0.0).sum(axis=1)
    leading = np.zeros(1 << models)
    leading[-1] = 1.0
    total = np.zeros(models)
    for (sets, members, without), chosen in zip(reversed(levels(models)), reversed(best), strict=True):
        ways = np.where(chosen, leading[sets][:, None], 0.0)
        np.add.at(leading, without, ways)
        np.add.at(total, members, ways * onward[without] * (models - members.shape[1] + 1))
    return total / onward[-1]


def _of_two(against: Counts) -> Floats:
    models = len(against)
    smallest, _ = best_order(against)
    mirrored, _ = best_order(np.ascontiguousarray(against[::-1, ::-1]))
    largest = [models - 1 - model for model in mirrored]
    return (np.argsort(smallest) + np.argsort(largest)) / 2.0 + 1.0
