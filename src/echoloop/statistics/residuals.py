"""What is left of each judge's scores when the item and the model have had their say."""

import numpy as np

from echoloop.statistics.checking import Floats
from echoloop.statistics.resampling import quotient

ROUNDS, CLOSE = 200, 1e-10


def without_item_and_model(tables: Floats) -> Floats:
    """... x item x model less the least-squares effects of its own items and models; NaN stays NaN.

    With holes in a table the two effects must be found in turns; without any, one turn is exact.
    """
    there = np.isfinite(tables)
    left = np.where(there, tables, 0.0)
    for _ in range(ROUNDS):
        by_item = _mean(left, there, -1)
        left = np.where(there, left - by_item, 0.0)
        by_model = _mean(left, there, -2)
        left = np.where(there, left - by_model, 0.0)
        if there.all() or np.abs(by_model).max(initial=0.0) < CLOSE:
            break
    return np.where(there, left, np.nan)


def _mean(values: Floats, there: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], axis: int) -> Floats:
    count = there.sum(axis=axis, keepdims=True).astype(np.float64)
    return np.nan_to_num(quotient(values.sum(axis=axis, keepdims=True), count))
