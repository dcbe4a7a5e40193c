"""Which words set two heaps of texts apart: log-odds ratios under an informative Dirichlet prior (Monroe et al. 2008)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64] | NDArray[np.float64]


@dataclass(frozen=True)
class LogOdds:
    """For each word: how much likelier it is in the first heap, as a log of odds, and that divided by its standard error."""

    ratio: NDArray[np.float64]
    z: NDArray[np.float64]


def log_odds(first: Counts, second: Counts, *, strength: float = 500.0) -> LogOdds:
    """Compare two count vectors over one vocabulary.

    The prior is what both heaps say together, worth `strength` words: a word that was hardly ever seen is drawn towards
    "no difference", so rare words do not come out on top by chance.
    """
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(
            f"both counts must be vectors over one vocabulary, and are {first.shape} and {second.shape}"
        )
    if strength <= 0:
        raise ValueError(f"strength is {strength}; the prior must be worth more than nothing")
    both = np.asarray(first, dtype=np.float64) + second
    if both.size == 0 or both.sum() == 0:
        nothing = np.zeros(both.shape)
        return LogOdds(nothing, nothing.copy())
    if min(float(np.min(first)), float(np.min(second))) < 0:
        raise ValueError("counts cannot be below zero")
    prior = strength * both / both.sum()
    one, other = first + prior, second + prior
    seen = both > 0
    ratio, z = np.zeros(both.shape), np.zeros(both.shape)
    ratio[seen] = _odds(one, seen) - _odds(other, seen)
    z[seen] = ratio[seen] / np.sqrt(1.0 / one[seen] + 1.0 / other[seen])
    return LogOdds(ratio, z)


def _odds(counts: NDArray[np.float64], seen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The log of a word's odds. Where there is only one word its odds are endless in both heaps: half a word keeps them finite."""
    rest = np.maximum(counts.sum() - counts[seen], 0.5)
    return np.log(counts[seen]) - np.log(rest)
