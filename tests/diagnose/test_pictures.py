"""Whatever kind of file a picture comes as, it is measured as the upright 8-bit sRGB picture that it shows."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from echoloop.diagnose import color_shift
from echoloop.images import BadImage, decode, encode_png

RGB = np.random.default_rng(3).integers(40, 210, (30, 40, 3), dtype=np.uint8)


def saved(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    data = io.BytesIO()
    image.save(data, form, **options)
    return data.getvalue()


def rotated() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(Image.fromarray(RGB), "JPEG", quality=95, exif=exif)


def sixteen() -> bytes:
    return saved(Image.fromarray((np.arange(1200).reshape(30, 40) * 50).astype(np.uint16)))


KINDS = {
    "grey": saved(Image.fromarray(RGB).convert("L")),
    "rgba": saved(Image.fromarray(np.dstack((RGB, np.full((30, 40), 128, np.uint8))))),
    "palette": saved(Image.fromarray(RGB).convert("P")),
    "sixteen": sixteen(),
    "cmyk": saved(Image.fromarray(RGB).convert("CMYK"), "JPEG"),
    "rotated": rotated(),
    "icc": saved(
        Image.fromarray(RGB), icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    ),
    "webp": saved(Image.fromarray(RGB), "WEBP"),
    "one": encode_png(RGB[:1, :1]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_what_decoding_makes_of_it(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(KINDS[kind])
    pixels = np.array(decode(KINDS[kind]).pixels)
    same = color_shift([path], [pixels])
    assert (same.earth_mover, same.delta_b, same.delta_l) == (0, 0, 0)
    shift = color_shift([path], [RGB])
    assert np.isfinite([shift.earth_mover, shift.delta_b, shift.delta_l]).all()


def test_threads_change_no_number(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.png" for number in range(40)]
    for number, path in enumerate(paths):
        path.write_bytes(encode_png(np.roll(RGB, number, axis=2) // (1 + number % 3)))
    alone, together = color_shift(paths, paths[::-1]), color_shift(paths, paths[::-1], threads=3)
    assert alone == together


def test_large_pictures_are_looked_at_on_a_grid_and_come_out_alike() -> None:
    large = np.random.default_rng(5).integers(0, 255, (700, 900, 3), dtype=np.uint8)
    warm = np.clip(large.astype(int) + np.array([20, 5, -20]), 0, 255).astype(np.uint8)
    part = color_shift([large], [warm])
    whole = [
        color_shift([large[r : r + 100, c : c + 100]], [warm[r : r + 100, c : c + 100]])
        for r in range(0, 700, 100)
        for c in range(0, 900, 100)
    ]
    assert part.delta_b == pytest.approx(np.mean([one.delta_b for one in whole]), abs=0.2)
    assert part.delta_l == pytest.approx(np.mean([one.delta_l for one in whole]), abs=0.2)


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.png"
    path.write_text("not a picture")
    with pytest.raises(BadImage):
        color_shift([path], [RGB])
    for array in (RGB[..., 0], RGB.astype(float), RGB[:0]):
        with pytest.raises(ValueError, match="a picture is an array"):
            color_shift([RGB], [array])


def test_importing_diagnose_imports_no_extra() -> None:
    code = (
        "import sys, echoloop.diagnose; "
        "print([name for name in ('torch', 'transformers', 'insightface', 'onnxruntime', 'rapidocr', 'cv2') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
