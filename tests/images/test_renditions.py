import io

import numpy as np
import pytest
from PIL import Image

from echoloop.images import (
    BadBox,
    Box,
    Rendition,
    content_hash,
    crop,
    decode,
    encode_jpeg,
    encode_png,
    from_lab,
    hash_distance,
    measure,
    perceptual_hash,
    render,
    thumbnail,
    to_lab,
)


def landscape(seed: int, width: int = 320, height: int = 240) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))


def test_sides_are_bounded_and_never_enlarged() -> None:
    data = encode_jpeg(landscape(1))
    assert measure(render(data, Rendition(shortest_side=120)))[:2] == (160, 120)
    assert measure(render(data, Rendition(longest_side=64, format="png"))) == (64, 48, "image/png")
    assert measure(render(data, Rendition(shortest_side=999)))[:2] == (320, 240)
    assert measure(render(data, Rendition(shortest_side=200, longest_side=100)))[:2] == (100, 75)


def test_extreme_shapes_keep_a_pixel() -> None:
    assert measure(render(encode_png(landscape(1, 900, 3)), Rendition(longest_side=20)))[:2] == (20, 1)


def test_names_are_stable_and_tell_settings_apart() -> None:
    assert Rendition(shortest_side=512).name == "short512-jpeg85"
    assert Rendition(longest_side=64, format="png").name == "long64-png"
    assert Rendition(quality=70).name == "jpeg70"
    with pytest.raises(ValueError, match="quality"):
        Rendition(quality=100)


def test_rendition_of_a_large_jpeg_stays_close_to_the_exact_one() -> None:
    pixels = landscape(2, 2000, 1500)
    small = decode(render(encode_jpeg(pixels, 95), Rendition(longest_side=200, format="png"))).pixels
    exact = np.asarray(Image.fromarray(pixels).resize((200, 150), Image.Resampling.LANCZOS))
    assert np.abs(small.astype(int) - exact).mean() < 3


def test_metadata_does_not_survive() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    out = io.BytesIO()
    Image.fromarray(landscape(3)).save(out, "JPEG", exif=exif.tobytes(), comment=b"secret note")
    assert b"secret" in out.getvalue()
    assert b"secret" not in thumbnail(out.getvalue(), 64)
    assert b"secret" not in render(out.getvalue(), Rendition(format="png"))


def test_encoding_is_deterministic_and_lossless_where_promised() -> None:
    pixels = landscape(4)
    assert encode_png(pixels) == encode_png(pixels.copy())
    assert encode_jpeg(pixels) == encode_jpeg(pixels.copy())
    assert (decode(encode_png(pixels)).pixels == pixels).all()
    with pytest.raises(ValueError, match="uint8"):
        encode_png(pixels.astype(np.float64))  # type: ignore[arg-type]


def test_perceptual_hash_survives_jpeg_and_resize_and_tells_pictures_apart() -> None:
    for seed in range(20):
        pixels = landscape(seed)
        original = perceptual_hash(pixels)
        assert 0 <= original < 2**64
        assert hash_distance(original, perceptual_hash(encode_jpeg(pixels, 60))) <= 6
        smaller = render(encode_png(pixels), Rendition(longest_side=120))
        assert hash_distance(original, perceptual_hash(smaller)) <= 6
        assert hash_distance(original, perceptual_hash(landscape(seed + 100))) > 14


def test_content_hash_is_sha256() -> None:
    assert content_hash(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_crop_clamps_and_refuses_nothing() -> None:
    pixels = landscape(5, 20, 10)
    assert (crop(pixels, Box(left=-5, top=2, right=7, bottom=99)) == pixels[2:, :7]).all()
    for bad in (Box(left=5, top=0, right=5, bottom=9), Box(left=30, top=0, right=40, bottom=9)):
        with pytest.raises(BadBox, match="20 x 10"):
            crop(pixels, bad)


def test_overlap_of_boxes() -> None:
    a = Box(left=0, top=0, right=10, bottom=10)
    assert a.overlap(a) == 1
    assert a.overlap(Box(left=5, top=0, right=15, bottom=10)) == pytest.approx(1 / 3)
    assert a.overlap(Box(left=20, top=0, right=30, bottom=10)) == 0


def test_lab_knows_white_and_comes_back() -> None:
    white = to_lab(np.array([[255, 255, 255]], np.uint8))[0]
    assert np.allclose(white, [100, 0, 0], atol=0.05)
    assert np.allclose(to_lab(np.array([255, 0, 0], np.uint8)), [53.24, 80.09, 67.20], atol=0.1)
    pixels = landscape(6)
    assert np.abs(from_lab(to_lab(pixels)).astype(int) - pixels).max() <= 1
