"""A good order fast: models are moved to better places until no single move helps. What is found bounds the exact search."""

import numpy as np

from echoloop.statistics.kemeny_subsets import Counts


def cost(against: Counts, order: list[int]) -> int:
    """What an order costs: `against[i, j]` for every i that stands before a j."""
    return int(np.triu(against[np.ix_(order, order)], 1).sum())


def moved(against: Counts, order: list[int]) -> list[int]:
    """The order after every move of one model that makes it cheaper."""
    better = True
    while better:
        better = False
        for model in sorted(order):
            place = order.index(model)
            rest = [other for other in order if other != model]
            # What the model costs at each place: those before it, and it before those behind.
            behind = np.concatenate([[0], np.cumsum(against[rest, model])])
            ahead = np.concatenate([np.cumsum(against[model, rest][::-1])[::-1], [0]])
            total = behind + ahead
            best = int(total.argmin())
            if total[best] < total[place]:
                order = [*rest[:best], model, *rest[best:]]
                better = True
    return order


def by_majorities(against: Counts) -> list[int]:
    """A start: the models in the order of how often raters preferred the others."""
    return moved(against, [int(model) for model in np.argsort(against.sum(axis=1), kind="stable")])
