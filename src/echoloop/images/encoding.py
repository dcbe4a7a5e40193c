"""Pixels to bytes, without metadata: the same pixels give the same bytes."""

import io

from PIL import Image

from echoloop.images.decoding import Pixels


def as_image(pixels: Pixels) -> Image.Image:
    if pixels.dtype != "uint8" or pixels.ndim != 3 or pixels.shape[2] != 3 or 0 in pixels.shape:
        raise ValueError(f"pixels are {pixels.dtype} {pixels.shape}; pass uint8 of shape (height, width, 3)")
    return Image.fromarray(pixels)


def encode_png(pixels: Pixels) -> bytes:
    return png_bytes(as_image(pixels))


def encode_jpeg(pixels: Pixels, quality: int = 85) -> bytes:
    return jpeg_bytes(as_image(pixels), quality)


def png_bytes(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=6, icc_profile=None, exif=b"")
    return out.getvalue()


def jpeg_bytes(image: Image.Image, quality: int) -> bytes:
    if not 1 <= quality <= 95:
        raise ValueError(f"JPEG quality is {quality}; choose 1..95")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=2, icc_profile=None, exif=b"")
    return out.getvalue()
