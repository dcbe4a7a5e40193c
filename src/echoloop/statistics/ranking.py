"""Ranks with ties shared, as the rank tests need them: along the last axis of any array, NaN staying NaN."""

import numpy as np

from echoloop.statistics.checking import Floats


def mean_ranks(values: Floats) -> Floats:
    """1 for the smallest of each row; equal values share the mean of their places."""
    if values.shape[-1] == 0:
        return values.copy()
    order = np.argsort(values, axis=-1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=-1)
    places = np.arange(1.0, values.shape[-1] + 1.0)
    starts = np.ones(values.shape, dtype=np.bool_)
    starts[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    ends = np.ones(values.shape, dtype=np.bool_)
    ends[..., :-1] = starts[..., 1:]
    first = np.maximum.accumulate(np.where(starts, places, 0.0), axis=-1)
    last = np.flip(np.minimum.accumulate(np.flip(np.where(ends, places, np.inf), -1), axis=-1), -1)
    shared = np.where(np.isnan(ordered), np.nan, (first + last) / 2.0)
    ranks = np.empty_like(shared)
    np.put_along_axis(ranks, order, shared, axis=-1)
    return ranks


def tie_sums(values: Floats) -> Floats:
    """For each row the sum of t^3 - t over its groups of t equal values."""
    ordered = np.sort(values, axis=-1)
    size = values.shape[-1]
    runs = np.zeros(values.shape[:-1])
    total = np.zeros(values.shape[:-1])
    for place in range(size):
        same = ordered[..., place] == ordered[..., place - 1] if place else np.zeros(runs.shape, dtype=bool)
        ended = ~same
        total += np.where(ended, runs**3 - runs, 0.0)
        runs = np.where(ended, 1.0, runs + 1.0)
    return total + runs**3 - runs
