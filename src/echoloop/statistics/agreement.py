"""How far two readers agree: weighted kappa and F1, on whole stacks of tables at once so that resamples cost one call."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def weighted_kappa(confusion: Floats) -> Floats:
    """Cohen's kappa with quadratic weights of ... x k x k tables; NaN where chance alone leaves nothing to disagree about."""
    if confusion.ndim < 2 or confusion.shape[-1] != confusion.shape[-2]:
        raise ValueError(f"a confusion table is square, and this one is {confusion.shape}")
    places = np.arange(confusion.shape[-1], dtype=np.float64)
    apart = np.square(places[:, None] - places[None, :])
    total = confusion.sum(axis=(-2, -1))
    rows, columns = confusion.sum(axis=-1), confusion.sum(axis=-2)
    seen = (confusion * apart).sum(axis=(-2, -1))
    chance = np.einsum("...i,...j,ij->...", rows, columns, apart)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(chance > 0, 1.0 - seen * total / chance, np.nan)


def f1(right: Floats, found: Floats, wanted: Floats) -> Floats:
    """The harmonic mean of precision and recall; NaN where nothing was wanted and nothing found."""
    return ratio(2.0 * right, found + wanted)


def ratio(part: Floats, whole: Floats) -> Floats:
    """A share; NaN of nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, np.nan)
