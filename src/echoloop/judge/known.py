"""From what statistics computed to what a table holds: NaN is no number, and a table says None."""

import numpy as np


def known(number: float) -> float | None:
    """A plain number, or None for NaN."""
    return float(number) if np.isfinite(number) else None
