"""Kemeny's order of many models, in parts: groups that every best order keeps apart are ordered one by one.

Where every model of one group is preferred by more raters to every model of another, no best order mixes the two. The groups
are the strongly connected parts of "at least as many raters prefer i to j". What is left in a group is small enough for the
subsets, or goes to an integer program, which is asked again to see whether its order is the only one and which is smallest.
"""

import numpy as np
from numpy.typing import NDArray

from echoloop.statistics.kemeny_moves import cost
from echoloop.statistics.kemeny_program import forced_behind, least_order, other_order
from echoloop.statistics.kemeny_subsets import Counts, orders_by_subsets

SMALL = 13


def best_order(against: Counts) -> tuple[list[int], bool]:
    """The lexicographically smallest of the best orders, and whether it is the only one."""
    order: list[int] = []
    unique = True
    for group in groups(against):
        own = against[np.ix_(group, group)]
        placed, alone = _ordered(own)
        order += [int(group[place]) for place in placed]
        unique = unique and alone
    return order, unique


def _ordered(against: Counts) -> tuple[list[int], bool]:
    if len(against) <= SMALL:
        return next(orders_by_subsets(against[None]))
    found = least_order(against)
    if found is None:
        raise RuntimeError("no order of the models is the best, which cannot be")
    if other_order(against, found) is None:
        return found, True
    return _smallest(against, found), False


def _smallest(against: Counts, found: list[int]) -> list[int]:
    """The smallest first model of any best order, then the best smallest order of the rest."""
    best = cost(against, found)
    behind = forced_behind(against, best)
    for model in range(len(against)):
        if behind[model]:
            continue
        rest = np.array([other for other in range(len(against)) if other != model])
        lead = int(against[model, rest].sum())
        own = against[np.ix_(rest, rest)]
        if model == found[0]:
            least = [int(np.searchsorted(rest, other)) for other in found[1:]]
        else:
            least = _any_best(own, limit=best - lead)
        if least is not None:
            return [model, *(int(rest[place]) for place in _smallest_rest(own, least))]
    return found


def _smallest_rest(against: Counts, found: list[int]) -> list[int]:
    parts = groups(against)
    if len(parts) == 1 and len(against) > SMALL:
        return _smallest(against, found)
    order: list[int] = []
    for group in parts:
        own = against[np.ix_(group, group)]
        inside = {int(model): place for place, model in enumerate(group)}
        known = [inside[model] for model in found if model in inside]
        placed = next(orders_by_subsets(own[None]))[0] if len(group) <= SMALL else _smallest(own, known)
        order += [int(group[place]) for place in placed]
    return order


def _any_best(against: Counts, limit: int) -> list[int] | None:
    """Some best order, unless it costs more than the limit."""
    order: list[int] = []
    most = limit
    if int(np.triu(np.minimum(against, against.T), 1).sum()) > limit:
        return None
    for group in groups(against):
        own = against[np.ix_(group, group)]
        placed = next(orders_by_subsets(own[None]))[0] if len(group) <= SMALL else least_order(own, limit)
        if placed is None:
            return None
        limit -= cost(own, placed)
        order += [int(group[place]) for place in placed]
    return order if cost(against, order) <= most else None


def groups(against: Counts) -> list[NDArray[np.intp]]:
    """The strongly connected parts, the preferred first: no best order mixes two of them."""
    models = len(against)
    reach = against <= against.T
    length = 1
    while length < models:
        reach = (reach.astype(np.float32) @ reach.astype(np.float32)) > 0
        length *= 2
    reached = reach.sum(axis=1)
    return [np.flatnonzero(reached == size) for size in sorted(set(reached.tolist()), reverse=True)]
