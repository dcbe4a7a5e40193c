"""A test of differences that need no distribution: under "no difference" each one's sign could as well be the other."""

import numpy as np

from echoloop.statistics.checking import Floats

EXACT = 14
"""Up to so many differences every pattern of signs is counted; above, patterns are drawn."""


def sign_flip_p(differences: Floats, *, flips: int = 9999, seed: int = 0) -> float:
    """Two-sided p of a mean of zero; NaN for no differences. Exact for few, else drawn (never 0: at least 1 / (flips + 1))."""
    if flips < 1:
        raise ValueError(f"flips is {flips}: at least one is needed")
    moved = differences[np.isfinite(differences) & (differences != 0)]
    if not np.isfinite(differences).any():
        return float("nan")
    if moved.size == 0:
        return 1.0
    seen = abs(float(moved.sum())) * (1.0 - 1e-12)
    if moved.size <= EXACT:
        patterns = (np.arange(1 << moved.size)[:, None] >> np.arange(moved.size)) & 1
        return float((np.abs((2.0 * patterns - 1.0) @ moved) >= seen).mean())
    random = np.random.default_rng(seed)
    beyond, step = 0, max(1, (1 << 20) // moved.size)
    for begin in range(0, flips, step):
        signs = random.integers(0, 2, size=(min(step, flips - begin), moved.size), dtype=np.int8)
        beyond += int((np.abs((2.0 * signs - 1.0) @ moved) >= seen).sum())
    return (beyond + 1) / (flips + 1)
