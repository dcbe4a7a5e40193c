"""Colour shift, against the numbers ECHO publishes and against pictures changed on purpose."""

import numpy as np
import pytest

from echoloop.diagnose import color_shift
from echoloop.diagnose.metrics.color_shift import histogram, mean_rgb, mean_rgb_distance
from echoloop.images import from_lab, to_lab

CHANCE = np.random.default_rng(3)
PICTURES = [CHANCE.integers(40, 210, size=(24, 24, 3), dtype=np.uint8) for _ in range(4)]


def moved(pixels: np.ndarray, lightness: float = 0, yellow: float = 0) -> np.ndarray:
    lab = np.array(to_lab(pixels))
    lab[..., 0] += lightness
    lab[..., 2] += yellow
    return from_lab(lab.astype(np.float32))


def flat(mean: tuple[float, float, float]) -> np.ndarray:
    """A pooled histogram with exactly these channel means, from two neighbouring bins each."""
    counts = np.zeros((3, 256), dtype=np.int64)
    for channel, value in enumerate(mean):
        below = int(value)
        share = round((value - below) * 1000)
        counts[channel, below] = 1000 - share
        counts[channel, below + 1] = share
    return counts


def test_the_published_distance_of_4o() -> None:
    inputs, outputs = flat((130.196, 122.152, 113.102)), flat((121.315, 107.790, 91.082))
    assert mean_rgb_distance(inputs, outputs) == pytest.approx(27.7494, abs=2e-3)


def test_clipped_bins_do_not_count() -> None:
    pixels = np.zeros((10, 10, 3), np.uint8)
    pixels[:5] = 100
    assert mean_rgb(histogram(pixels)).tolist() == [100, 100, 100]


def test_nothing_changed() -> None:
    shift = color_shift(PICTURES, PICTURES)
    assert (shift.mean_rgb_distance, shift.earth_mover, shift.delta_b, shift.delta_l) == (0, 0, 0, 0)


def test_between_black_and_white_nothing_is_no_distance_of_zero() -> None:
    black = np.zeros((8, 8, 3), np.uint8)
    shift = color_shift([black], [black])
    assert shift.mean_rgb_distance is None
    assert (shift.earth_mover, shift.delta_l) == (0, 0)


def test_a_yellow_tint_is_signed_and_grows() -> None:
    shifts = [
        color_shift(PICTURES, [moved(one, yellow=size) for one in PICTURES]).delta_b
        for size in (-8, -4, 0, 4, 8)
    ]
    assert shifts == sorted(shifts)
    assert shifts[0] < -5
    assert shifts[4] > 5


def test_darkening_is_not_yellowing() -> None:
    shift = color_shift(PICTURES, [moved(one, lightness=-9) for one in PICTURES])
    assert shift.delta_l == pytest.approx(-9, abs=1)
    assert abs(shift.delta_b) < 1.5


def test_flatter_contrast_moves_earth_though_the_mean_stays() -> None:
    flatter = [(128 + (one.astype(float) - 128) * 0.6).astype(np.uint8) for one in PICTURES]
    shift = color_shift(PICTURES, flatter)
    assert shift.mean_rgb_distance is not None
    assert shift.mean_rgb_distance < 6
    assert shift.earth_mover > 10


def test_pictures_of_other_sizes_compare() -> None:
    shift = color_shift(PICTURES[:1], [np.repeat(np.repeat(PICTURES[0], 2, axis=0), 2, axis=1)])
    assert shift.earth_mover == pytest.approx(0)


@pytest.mark.parametrize(("inputs", "outputs"), [([], []), (PICTURES[:1], PICTURES[:2])])
def test_what_cannot_be_paired_is_refused(inputs: list[np.ndarray], outputs: list[np.ndarray]) -> None:
    with pytest.raises(ValueError, match="one input for each output"):
        color_shift(inputs, outputs)
