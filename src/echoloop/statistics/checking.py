"""What every statistic asks of its input before it counts anything: numbers, the right axes, NaN for "none" and nothing infinite."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]


def numbers(values: ArrayLike, name: str, axes: tuple[str, ...]) -> Floats:
    """The values as float64 with these axes. Integers and float32 are welcome; NaN says that there is no value."""
    array = _unmasked(values)
    if array.dtype.kind not in "buif":
        raise ValueError(f"{name} must be numbers, and is {array.dtype}: write NaN where there is none")
    if array.ndim != len(axes):
        raise ValueError(f"{name} must be {' x '.join(axes)}, and has {array.ndim} axes")
    return finite_or_nan(array.astype(np.float64, copy=False), name)


def _unmasked(values: ArrayLike) -> NDArray[Any]:
    """What a masked array hides is no value: under the mask there may be any number."""
    if not isinstance(values, np.ma.MaskedArray):
        return np.asarray(values)
    hidden = np.ma.getmaskarray(values)
    return np.where(hidden, np.nan, np.ma.getdata(values).astype(np.float64))


def finite_or_nan(array: Floats, name: str) -> Floats:
    """The array itself, unless it holds an infinite number."""
    if not np.isfinite(array).all() and np.isinf(array).any():
        place = tuple(int(number) for number in np.argwhere(np.isinf(array))[0])
        raise ValueError(f"{name} is infinite at {place}: NaN is what says that there is no value")
    return array


def matching(values: ArrayLike, name: str, like: Floats, axes: tuple[str, ...]) -> Floats:
    """The values with these axes, as long in each as what they belong to."""
    array = numbers(values, name, axes)
    if array.shape != like.shape:
        raise ValueError(f"{name} must be {like.shape} ({' x '.join(axes)}), and is {array.shape}")
    return array


def judge_weights_of(weights: ArrayLike | None, judges: int) -> Floats | None:
    """One weight a judge, none below zero and not all zero; None where every judge counts alike."""
    if weights is None:
        return None
    array = numbers(weights, "weights", ("judge",))
    if array.size != judges:
        raise ValueError(f"there are {judges} judges and {array.size} weights: give one a judge")
    if np.isnan(array).any() or (array < 0).any():
        raise ValueError("a judge's weight cannot be below zero or NaN: leave the judge out, or give it zero")
    if judges and not array.any():
        raise ValueError("every judge's weight is zero: nobody would vote")
    return array


def resampled(resamples: int, share: float = 0.95) -> None:
    """Refuse fewer than one resample, or an interval that is no share."""
    if resamples < 1:
        raise ValueError(f"resamples is {resamples}: at least one is needed")
    if not 0.0 < share < 1.0:
        raise ValueError(f"share is {share}: an interval holds a share between 0 and 1 of the resamples")
