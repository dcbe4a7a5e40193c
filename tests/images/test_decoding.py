"""Hostile and odd files, each made here."""

import contextlib
import io
import pickle
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from echoloop.images import BadImage, Limits, decode, encode_jpeg, encode_png, measure, sniff


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(*chunks: bytes) -> bytes:
    plain = encode_png(np.full((4, 4, 3), 90, np.uint8))
    return plain[:33] + b"".join(chunks) + plain[33:]


def refusal(data: bytes, limits: Limits | None = None) -> BadImage:
    with pytest.raises(BadImage) as caught:
        decode(data, limits)
    return caught.value


def halves(left: tuple[int, int, int], right: tuple[int, int, int]) -> Image.Image:
    image = Image.new("RGB", (32, 16), left)
    image.paste(right, (16, 0, 32, 16))
    return image


HUGE = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\0" * 100))
    + chunk(b"IEND", b"")
)
NOISE = np.random.default_rng(3).integers(0, 255, (64, 80, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"hello world", "not_an_image"),
        (b"<html><body>404</body></html>", "not_an_image"),
        (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "format_not_allowed"),
        (b"\xef\xbb\xbf  <SVG onload='alert(1)'>", "format_not_allowed"),
        (saved(Image.new("RGB", (4, 4)), "BMP"), "format_not_allowed"),
        (saved(Image.new("RGB", (4, 4)), "TIFF"), "format_not_allowed"),
        (HUGE, "too_many_pixels"),
        (HUGE.replace(struct.pack(">II", 50_000, 50_000), struct.pack(">II", 0, 5)), "corrupt"),
        (encode_jpeg(NOISE)[:1500], "truncated"),
        (encode_jpeg(NOISE)[:3], "truncated"),
        (encode_png(NOISE)[:5000], "truncated"),
        (encode_png(NOISE)[:20], "truncated"),
        (saved(Image.fromarray(NOISE), "WEBP")[:800], "truncated"),
        (saved(Image.fromarray(NOISE), "GIF")[:900], "truncated"),
        (b"GIF89a", "truncated"),
        (b"RIFF\x04\0\0\0WEBP", "corrupt"),
        (encode_png(NOISE)[:60] + b"\0\0\0" + encode_png(NOISE)[63:], "corrupt"),
    ],
)
def test_refuses_with_a_reason(data: bytes, reason: str) -> None:
    assert refusal(data).reason == reason


def test_svg_message_names_it_and_the_remedy() -> None:
    assert "SVG" in str(refusal(b"<svg/>"))
    assert "convert" in str(refusal(b"<svg/>"))


def test_measure_refuses_what_decode_refuses_before_decoding() -> None:
    with pytest.raises(BadImage, match="50,000"):
        measure(HUGE)


def test_refusals_travel_between_processes() -> None:
    again = pickle.loads(pickle.dumps(refusal(b"")))  # noqa: S301
    assert again.reason == "empty"


@pytest.mark.parametrize("cut", range(1, 12))
def test_every_truncation_of_every_format_is_refused(cut: int) -> None:
    image = Image.fromarray(NOISE)
    for kind in ("PNG", "JPEG", "WEBP", "GIF"):
        whole = saved(image, kind)
        with pytest.raises(BadImage):
            decode(whole[: len(whole) * cut // 12])


@pytest.mark.parametrize("seed", range(40))
def test_flipped_bytes_give_a_picture_or_a_refusal(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for kind in ("PNG", "JPEG", "WEBP", "GIF"):
        broken = bytearray(saved(Image.fromarray(NOISE[:16, :16]), kind))
        for at in rng.integers(0, len(broken), 6):
            broken[at] = int(rng.integers(0, 256))
        with contextlib.suppress(BadImage):
            assert decode(bytes(broken)).pixels.ndim == 3


def test_bytes_and_format_limits() -> None:
    png = encode_png(NOISE)
    assert refusal(png, Limits(file_bytes=100)).reason == "too_many_bytes"
    assert refusal(png, Limits(formats=frozenset({"image/jpeg"}))).reason == "format_not_allowed"
    assert refusal(png, Limits(side=70)).reason == "too_many_pixels"
    with pytest.raises(ValueError, match=r"Limits\.pixels"):
        Limits(pixels=10**9)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_animation_is_refused_unless_allowed_then_its_first_frame_is_kept(kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "lime")]
    options = {"lossless": True} if kind == "WEBP" else {}
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    assert refusal(data).reason == "too_many_frames"
    picture = decode(data, Limits(frames=3))
    assert picture.pixels[4, 4].tolist() == [255, 0, 0]
    assert "first_frame" in picture.conversions


def test_gif_frame_larger_than_its_screen_counts() -> None:
    data = bytearray(saved(Image.new("P", (8, 8)), "GIF"))
    at = data.index(b"\x2c\0\0\0\0\x08\0\x08\0")
    data[at + 5 : at + 9] = struct.pack("<HH", 60_000, 60_000)
    assert refusal(bytes(data)).reason == "too_many_pixels"


def test_second_png_header_cannot_smuggle_a_size() -> None:
    huge = chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0))
    assert refusal(png_with(huge)).reason == "corrupt"


def test_compressed_text_bomb_is_never_opened() -> None:
    bomb = chunk(b"zTXt", b"k\0\0" + zlib.compress(b"A" * 50_000_000))
    assert decode(png_with(bomb)).width == 4


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_exif_rotation_is_applied(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(halves((250, 0, 0), (0, 0, 250)), kind, exif=exif.tobytes(), quality=95)
    picture = decode(data)
    red = {1: (8, 8), 3: (8, 24), 6: (8, 8), 8: (24, 8)}[orientation]
    assert picture.pixels[red][0] > 200
    assert (picture.width, picture.height) == ((32, 16) if orientation < 5 else (16, 32))
    assert measure(data)[:2] == (picture.width, picture.height)


def test_broken_exif_is_ignored() -> None:
    data = saved(Image.new("RGB", (8, 8)), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\x7fjunk")
    assert decode(data).width == 8


def test_sixteen_bit_grey_keeps_the_high_byte() -> None:
    data = saved(Image.fromarray(np.full((4, 4), 0x8FFF, np.uint16)), "PNG")
    picture = decode(data)
    assert picture.pixels[0, 0].tolist() == [0x8F] * 3
    assert picture.conversions == ("sixteen_bit",)


def test_cmyk_jpeg_becomes_rgb() -> None:
    data = saved(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG", quality=95)
    red, green, blue = decode(data).pixels[8, 8].tolist()
    assert red > 200
    assert green < 60
    assert blue < 60


def test_transparency_lies_on_white() -> None:
    rgba = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    rgba.putpixel((0, 0), (255, 0, 0, 255))
    palette = Image.new("P", (4, 4), 1)
    palette.putpalette([0, 0, 0, 10, 200, 30])
    palette.putpixel((0, 0), 0)
    for data, solid in (
        (saved(rgba, "PNG"), [255, 0, 0]),
        (saved(rgba, "WEBP", lossless=True), [255, 0, 0]),
        (saved(palette, "PNG", transparency=1), [0, 0, 0]),
        (saved(palette, "GIF", transparency=1), [0, 0, 0]),
        (saved(palette, "PNG", transparency=b"\xff\x00"), [0, 0, 0]),
    ):
        pixels = decode(data).pixels
        assert pixels[3, 3].tolist() == [255, 255, 255]
        assert pixels[0, 0].tolist() == solid


def test_profile_is_converted_and_a_broken_one_ignored() -> None:
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = own.replace("sRGB".encode("utf-16-be"), "BGRx".encode("utf-16-be"))
    for old, new in ((b"rXYZ", b"????"), (b"bXYZ", b"rXYZ"), (b"????", b"bXYZ")):
        swapped = swapped.replace(old, new, 1)
    plain = Image.new("RGB", (4, 4), (10, 200, 30))
    assert decode(saved(plain, "PNG", icc_profile=own)).pixels[0, 0].tolist() == [10, 200, 30]
    converted = decode(saved(plain, "PNG", icc_profile=swapped))
    assert np.abs(converted.pixels[0, 0].astype(int) - [30, 200, 10]).max() <= 2
    assert "profile" in converted.conversions
    for broken in (b"not a profile", ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()):
        assert decode(saved(plain, "PNG", icc_profile=broken)).pixels[0, 0].tolist() == [10, 200, 30]


def test_one_pixel_and_read_only() -> None:
    picture = decode(encode_png(np.array([[[1, 2, 3]]], np.uint8)))
    assert (picture.width, picture.height, picture.format) == (1, 1, "png")
    with pytest.raises(ValueError, match="read-only"):
        picture.pixels[0, 0, 0] = 9


def test_sniff_trusts_bytes_alone() -> None:
    assert sniff(encode_jpeg(NOISE)) == "image/jpeg"
    assert sniff(saved(Image.fromarray(NOISE), "WEBP")) == "image/webp"
    assert sniff(b"<svg/>") is None
