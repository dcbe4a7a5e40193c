"""Kemeny's order by dynamic programming over the subsets of models, many samples at once."""

from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Counts: TypeAlias = NDArray[np.int64]
Levels: TypeAlias = tuple[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]], ...]

SUBSETS_LIMIT = 16
CELLS = 1 << 22
"""So many states are held at once: 16 models take a million each sample."""


def orders_by_subsets(against: Counts) -> Iterator[tuple[list[int], bool]]:
    """For each sample the lexicographically smallest of the best orders, and whether it is the only one.

    `against[s, i, j]` is what it costs to put i before j.
    """
    samples, models, _ = against.shape
    step = max(1, CELLS // (max(1, models) << models))
    for begin in range(0, samples, step):
        yield from _orders(np.ascontiguousarray(against[begin : begin + step].transpose(1, 2, 0)))


def _orders(against: Counts) -> Iterator[tuple[list[int], bool]]:
    """`rest[S]` is the least cost of ordering the models of S among themselves; samples are the last, dense axis."""
    models, _, samples = against.shape
    before = before_all(against)
    rest = np.zeros((1 << models, samples), dtype=before.dtype)
    for sets, members, without in levels(models):
        rest[sets] = (before[members, without] + rest[without]).min(axis=1)
    numbers = np.arange(samples)
    left = np.full(samples, (1 << models) - 1)
    unique = np.ones(samples, dtype=np.bool_)
    orders = np.zeros((samples, models), dtype=np.int64)
    for place in range(models):
        best = np.zeros((models, samples), dtype=np.bool_)
        for model in range(models):
            held = (left >> model) & 1 == 1
            without = left & ~(1 << model)
            cost = before[model, without, numbers] + rest[without, numbers]
            best[model] = held & (cost == rest[left, numbers])
        # Two best orders part at some place of the canonical one, where both their choices are best.
        unique &= best.sum(axis=0) == 1
        orders[:, place] = best.argmax(axis=0)
        left &= ~(1 << orders[:, place])
    yield from zip(orders.tolist(), unique.tolist(), strict=True)


def before_all(against: Counts) -> NDArray[np.int32]:
    """Model x subset x sample: what it costs to put the model before all of the subset, doubled up one model at a time."""
    models, _, samples = against.shape
    costs = np.zeros((models, 1 << models, samples), dtype=np.int32)
    for model in range(models):
        size = 1 << model
        costs[:, size : 2 * size] = costs[:, :size] + against[:, model, None].astype(np.int32)
    return costs


@lru_cache(maxsize=4)
def levels(models: int) -> Levels:
    """For each size: the subsets of that size, their members, and the subsets without each member."""
    sets = np.arange(1 << models)
    held = (sets[:, None] >> np.arange(models)) & 1 == 1
    sizes = held.sum(axis=1)
    levels: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]] = []
    for size in range(1, models + 1):
        own = sets[sizes == size]
        members = np.nonzero(held[own])[1].reshape(own.size, size)
        levels.append((own, members, own[:, None] & ~(1 << members)))
    return tuple(levels)
