"""How large a share may be, from few observations."""

from math import sqrt

_Z = 1.959963984540054


def share_bounds(part: int, whole: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; everything is possible where nothing was observed."""
    if whole == 0:
        return 0.0, 1.0
    share, square = part / whole, _Z * _Z
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    half = _Z / (1 + square / whole) * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    return max(0.0, middle - half), min(1.0, middle + half)
