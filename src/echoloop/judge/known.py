"""From what statistics computed to what a table holds: NaN is no number, and a table says None."""

import msgspec
import numpy as np

from echoloop.records import Finding


def known(number: float) -> float | None:
    """A plain number, or None for NaN."""
    return float(number) if np.isfinite(number) else None


def with_interval(finding: Finding) -> Finding:
    """The finding with its interval, unless there is one thing to resample: bounds without width would look certain."""
    if finding.n >= 2:
        return finding
    return msgspec.structs.replace(finding, low=None, high=None, alarm=False)
