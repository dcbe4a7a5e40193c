"""How far the colours of results moved from those of their inputs. Pure functions on 8-bit RGB arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoloop.images import to_lab

Pixels = NDArray[np.uint8]
Histogram = NDArray[np.int64]
_KEPT = slice(5, 251)


@dataclass(frozen=True)
class ColorShift:
    """`mean_rgb_distance` is a number of the corpus (comparable with ECHO's); the others are means over pairs.

    `earth_mover` is in 0..255 units, `delta_b` is positive towards yellow, `delta_l` is positive towards bright.
    """

    mean_rgb_distance: float
    earth_mover: float
    delta_b: float
    delta_l: float


@dataclass(frozen=True)
class PairShift:
    """One output against its input."""

    earth_mover: float
    delta_b: float
    delta_l: float


def color_shift(inputs: Sequence[Pixels], outputs: Sequence[Pixels]) -> ColorShift:
    """Compare each output with the input at the same place."""
    if not inputs or len(inputs) != len(outputs):
        raise ValueError(
            f"color_shift needs one input for each output, and got {len(inputs)} inputs for {len(outputs)} outputs"
        )
    pairs = [pair_shift(before, after) for before, after in zip(inputs, outputs, strict=True)]
    before = sum(histogram(pixels) for pixels in inputs)
    after = sum(histogram(pixels) for pixels in outputs)
    return ColorShift(
        mean_rgb_distance=mean_rgb_distance(np.asarray(before), np.asarray(after)),
        earth_mover=float(np.mean([pair.earth_mover for pair in pairs])),
        delta_b=float(np.mean([pair.delta_b for pair in pairs])),
        delta_l=float(np.mean([pair.delta_l for pair in pairs])),
    )


def pair_shift(before: Pixels, after: Pixels) -> PairShift:
    """Earth mover's distance per channel, and the signed change in Lab."""
    moved = np.abs(_cumulative(before) - _cumulative(after)).sum(axis=1)
    change = to_lab(after).reshape(-1, 3).mean(axis=0) - to_lab(before).reshape(-1, 3).mean(axis=0)
    return PairShift(float(moved.mean()), float(change[2]), float(change[0]))


def histogram(pixels: Pixels) -> Histogram:
    """Counts of each of the 256 values a channel: 3 x 256."""
    flat = pixels.reshape(-1, 3)
    return np.stack([np.bincount(flat[:, channel], minlength=256) for channel in range(3)])


def mean_rgb(pooled: Histogram) -> NDArray[np.float64]:
    """The mean of each channel over the bins 5 to 250: clipped blacks and whites say nothing about a cast."""
    kept = pooled[:, _KEPT].astype(np.float64)
    total = kept.sum(axis=1)
    values = np.arange(256)[_KEPT]
    return np.divide(kept @ values, total, out=np.full(3, np.nan), where=total > 0)


def mean_rgb_distance(before: Histogram, after: Histogram) -> float:
    """Euclidean distance between the mean colours of two pooled histograms."""
    return float(np.linalg.norm(mean_rgb(before) - mean_rgb(after)))


def _cumulative(pixels: Pixels) -> NDArray[np.float64]:
    counts = histogram(pixels)
    return np.cumsum(counts, axis=1) / counts.sum(axis=1, keepdims=True)
