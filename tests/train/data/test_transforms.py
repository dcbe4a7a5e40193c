import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoloop.records import Mistake
from echoloop.train.data import LATENTS, PATCHES, UNDERSTANDING, Sizes, resized


@pytest.mark.parametrize(
    ("sizes", "source", "pictures", "expected"),
    [
        (LATENTS, (1024, 1024), 1, (1024, 1024)),
        (LATENTS, (1536, 1024), 1, (1024, 688)),  # 682.67 -> 683 -> 43 strides
        (LATENTS, (300, 200), 1, (768, 512)),  # the shortest side wins over "never enlarge"
        (LATENTS, (2000, 500), 1, (1024, 256)),  # the longest side has the last word
        (LATENTS, (8000, 20), 1, (1024, 16)),  # at least one stride
        (PATCHES, (1024, 1024), 1, (518, 518)),
        (PATCHES, (640, 480), 1, (518, 392)),  # 388.5 -> 388 -> 27.7 strides
        (UNDERSTANDING, (2000, 2000), 1, (980, 980)),
        (UNDERSTANDING, (980, 980), 3, (616, 616)),  # by the ratio .627, not by its root
    ],
)
def test_sizes_by_hand(
    sizes: Sizes, source: tuple[int, int], pictures: int, expected: tuple[int, int]
) -> None:
    assert sizes.fit(*source, pictures) == expected


@given(
    width=st.integers(1, 20_000),
    height=st.integers(1, 20_000),
    pictures=st.integers(1, 8),
    sizes=st.sampled_from([LATENTS, PATCHES, UNDERSTANDING]),
)
def test_any_picture_fits_the_position_table(width: int, height: int, pictures: int, sizes: Sizes) -> None:
    for side in sizes.fit(width, height, pictures):
        assert side % sizes.stride == 0
        assert sizes.stride <= side <= sizes.most_tokens_per_side * sizes.stride


def test_pixels_are_resized_to_that_size_and_left_alone_where_they_have_it() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    assert resized(pixels, LATENTS).shape == (512, 768, 3)
    exact = np.zeros((512, 512, 3), np.uint8)
    assert resized(exact, LATENTS) is exact


def test_a_checkerboard_shrinks_to_grey_instead_of_stripes() -> None:
    board = np.indices((512, 512)).sum(0) % 2 * 255
    small = resized(
        np.repeat(board[..., None], 3, axis=2).astype(np.uint8), Sizes(stride=16, longest=128, shortest=16)
    )
    assert abs(small[16:-16, 16:-16].astype(float) - 127.5).max() < 8


def test_sizes_that_leave_no_picture_are_refused() -> None:
    with pytest.raises(Mistake, match="leave no picture"):
        Sizes(stride=16, longest=8, shortest=4)
