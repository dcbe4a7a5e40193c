"""A share of few observations, with what it may be: Wilson's interval, which is never certain of a share it saw no case of."""

from math import sqrt


def share_interval(part: int, whole: int, *, share: float = 0.95) -> tuple[float, float, float]:
    """The share and its bounds; NaN of nothing."""
    from scipy.special import ndtri

    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no share")
    if not 0 < share < 1:
        raise ValueError(f"an interval holds a share between 0 and 1 of the cases, not {share}")
    if whole == 0:
        return float("nan"), float("nan"), float("nan")
    z = float(ndtri(0.5 + share / 2))
    seen, square = part / whole, z * z
    middle = (seen + square / (2 * whole)) / (1 + square / whole)
    half = z / (1 + square / whole) * sqrt(seen * (1 - seen) / whole + square / (4 * whole * whole))
    return seen, 0.0 if part == 0 else middle - half, 1.0 if part == whole else middle + half
