"""How far the colours of results moved from those of their inputs."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil, isfinite, sqrt
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from echoloop.diagnose.metric import (
    Encode,
    Encoded,
    Encoder,
    Encoding,
    Features,
    Metric,
    MetricField,
    Pooling,
    Values,
)
from echoloop.diagnose.metrics.sources import Source, checked
from echoloop.images import Limits, Pixels, to_lab
from echoloop.images.decoding import open_rgb

Histogram: TypeAlias = NDArray[np.int64]
_KEPT = slice(5, 251)
_LOOKED_AT = 40_000


@dataclass(frozen=True)
class ColorShift:
    """`mean_rgb_distance` is a number of the corpus (comparable with ECHO's), and None where all of one side is black or white;
    the others are means over pairs.

    `earth_mover` is in 0..255 units, `delta_b` is positive towards yellow, `delta_l` is positive towards bright.
    """

    mean_rgb_distance: float | None
    earth_mover: float
    delta_b: float
    delta_l: float


def color_shift(inputs: Sequence[Source], outputs: Sequence[Source], *, threads: int = 1) -> ColorShift:
    """Compare each output with the input at the same place: 8-bit RGB arrays, or paths of pictures of any kind.

    Files become upright 8-bit sRGB by the rule of `echoloop.images.decode`. One pair at a time is held in memory.
    """
    if not inputs or len(inputs) != len(outputs):
        raise ValueError(
            f"color_shift needs one input for each output, and got {len(inputs)} inputs for {len(outputs)} outputs"
        )
    pooled, sums = np.zeros((2, 3, 256), dtype=np.int64), np.zeros(3)
    for before, after in _looked_at(inputs, outputs, threads):
        pooled += _part(Encoding(inputs=(before,), output=after))
        sums += _differences(before, after)
    earth_mover, delta_b, delta_l = (float(one) for one in sums / len(inputs))
    distance = _distance(pooled)
    return ColorShift(distance if isfinite(distance) else None, earth_mover, delta_b, delta_l)


def _looked_at(
    inputs: Sequence[Source], outputs: Sequence[Source], threads: int
) -> Iterable[tuple[Features, Features]]:
    pairs = zip(inputs, outputs, strict=True)
    if threads < 2:
        return map(_look_at_both, pairs)
    return _in_threads(list(pairs), threads)


def _in_threads(pairs: list[tuple[Source, Source]], threads: int) -> Iterable[tuple[Features, Features]]:
    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, len(pairs), 16 * threads):
            yield from pool.map(_look_at_both, pairs[start : start + 16 * threads])


def _look_at_both(pair: tuple[Source, Source]) -> tuple[Features, Features]:
    return _look_at(pair[0]), _look_at(pair[1])


def _look_at(source: Source) -> Features:
    if isinstance(source, np.ndarray):
        return colours_of(source)
    return _colours(open_rgb(Path(source).read_bytes(), Limits())[0])


def colours_of(pixels: Pixels) -> Features:
    """The histogram of each channel (3 x 256), and the mean L*, a*, b* on a grid of at most 40,000 pixels."""
    return _colours(Image.fromarray(checked(pixels)))


def _colours(image: Image.Image) -> Features:
    step = ceil(sqrt(max(1.0, image.width * image.height / _LOOKED_AT)))
    size = ceil(image.width / step), ceil(image.height / step)
    grid = image if step == 1 else image.resize(size, Image.Resampling.NEAREST)
    return {
        "histogram": np.array(image.histogram(), dtype=np.int64).reshape(3, 256),
        "lab": to_lab(np.asarray(grid)).reshape(-1, 3).mean(axis=0, dtype=np.float64),
    }


def histogram(pixels: Pixels) -> Histogram:
    """Counts of each of the 256 values a channel: 3 x 256."""
    return np.array(Image.fromarray(pixels).histogram(), dtype=np.int64).reshape(3, 256)


def mean_rgb(pooled: Histogram) -> NDArray[np.float64]:
    """The mean of each channel over the bins 5 to 250: clipped blacks and whites say nothing about a cast."""
    kept = pooled[:, _KEPT].astype(np.float64)
    total = kept.sum(axis=1)
    values = np.arange(256)[_KEPT]
    return np.divide(kept @ values, total, out=np.full(3, np.nan), where=total > 0)


def mean_rgb_distance(before: Histogram, after: Histogram) -> float:
    """Euclidean distance between the mean colours of two pooled histograms."""
    return float(np.linalg.norm(mean_rgb(before) - mean_rgb(after)))


def _differences(before: Features, after: Features) -> tuple[float, float, float]:
    """Earth mover's distance over the channels, and the signed change in b* and L*."""
    moved = np.abs(_cumulative(before["histogram"]) - _cumulative(after["histogram"])).sum(axis=1)
    change = after["lab"] - before["lab"]
    return float(moved.mean()), float(change[2]), float(change[0])


def _cumulative(counts: Histogram) -> NDArray[np.float64]:
    return np.cumsum(counts, axis=1) / counts.sum(axis=1, keepdims=True)


def _compare(pair: Encoding) -> Values:
    earth_mover, delta_b, delta_l = _differences(pair.inputs[0], pair.output)
    return {"earth_mover": earth_mover, "delta_b": delta_b, "delta_l": delta_l}


def _part(pair: Encoding) -> NDArray[np.int64]:
    return np.stack((pair.inputs[0]["histogram"], pair.output["histogram"]))


def _distance(pooled: NDArray[np.int64]) -> float:
    return mean_rgb_distance(pooled[0], pooled[1])


def _open(_folder: Path | None) -> Encode:
    return _encode


def _encode(pictures: Sequence[Pixels]) -> list[Features]:
    return [colours_of(pixels) for pixels in pictures]


COLOR_SHIFT = Metric(
    name="color_shift",
    fields=(
        MetricField(
            name="earth_mover",
            meaning="how far the colours moved from the input, 0 to 255",
            better="low",
            answers=("colours changed", "washed out"),
        ),
        MetricField(
            name="delta_b",
            meaning="how much yellower (+) or bluer (−) than the input, in CIELAB b*",
            better="zero",
            above=("yellow tint",),
        ),
        MetricField(
            name="delta_l",
            meaning="how much brighter (+) or darker (−) than the input, in CIELAB L*",
            better="zero",
            above=("too bright",),
            below=("too dark",),
        ),
        MetricField(
            name="mean_rgb_distance",
            meaning="distance of the mean colours over all pairs together, 0 to 255",
            better="low",
            statistic="pooled",
            answers=("colours changed",),
        ),
    ),
    answers=("yellow tint", "too dark", "too bright", "colours changed", "washed out"),
    needs=frozenset({"inputs", "output"}),
    encoded=Encoded(
        encoder=Encoder(name="colours", open=_open),
        compare=_compare,
        pooling=Pooling(field="mean_rgb_distance", part=_part, number=_distance),
    ),
)
