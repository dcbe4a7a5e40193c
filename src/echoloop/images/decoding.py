"""Bytes to pixels: the only place where a file from outside is decompressed."""

import io
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from echoloop.images.header import Header, refuse
from echoloop.images.limits import BadImage, Limits, MediaType
from echoloop.images.sniffing import inspect

Pixels = NDArray[np.uint8]
Conversion = Literal["rotated", "profile", "sixteen_bit", "cmyk", "palette", "grey", "alpha", "first_frame"]

_DECODER_FAULTS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    OverflowError,
    AttributeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
_PILLOW_NAMES: Mapping[MediaType, str] = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
}
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Picture:
    """An upright 8-bit sRGB picture, with what had to be done to get there."""

    pixels: Pixels
    media_type: MediaType
    conversions: tuple[Conversion, ...] = ()

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def format(self) -> str:
        """The source's format: png, jpeg, webp or gif."""
        return self.media_type.removeprefix("image/")


def decode(data: bytes, limits: Limits | None = None) -> Picture:
    """The picture in `data`, or BadImage.

    Rules: EXIF rotation is applied; an embedded profile is converted to sRGB (a broken profile is ignored);
    transparency lies on white; 16-bit keeps the high byte; grey, palette and CMYK become RGB.
    """
    image, header, done = open_rgb(data, limits or Limits())
    pixels = np.array(image, dtype=np.uint8)
    pixels.flags.writeable = False
    return Picture(pixels, header.media_type, done)


def open_rgb(
    data: bytes, limits: Limits, enough: tuple[int, int] | None = None
) -> tuple[Image.Image, Header, tuple[Conversion, ...]]:
    """An upright RGB image; a JPEG larger than `enough` (upright width, height) is decoded at a cheaper scale."""
    header = inspect(data, limits)
    essence = b"".join(data[start:end] for start, end in header.spans)
    try:
        with Image.open(io.BytesIO(essence), formats=[_PILLOW_NAMES[header.media_type]]) as source:
            if source.size != (header.width, header.height):
                raise refuse(
                    "corrupt", f"header says {header.width} x {header.height}, content says {source.size}"
                )
            if enough is not None and header.media_type == "image/jpeg":
                source.draft(None, enough[::-1] if header.orientation >= 5 else enough)  # pyright: ignore[reportArgumentType]
            source.load()
            done: list[Conversion] = ["first_frame"] if header.frames > 1 else []
            image = _to_rgb(source, done)
    except BadImage:
        raise
    except _DECODER_FAULTS as fault:
        raise refuse("corrupt", f"the {header.media_type} cannot be decoded ({fault})") from fault
    if header.orientation in _UPRIGHT:
        done.append("rotated")
        image = image.transpose(_UPRIGHT[header.orientation])
    return image, header, tuple(done)


def _to_rgb(source: Image.Image, done: list[Conversion]) -> Image.Image:
    colour, alpha = _split_alpha(source, done)
    profile = source.info.get("icc_profile")
    converted = _through_profile(colour, profile) if isinstance(profile, bytes) and profile else None
    if converted is not None:
        done.append("profile")
    rgb = converted or colour.convert("RGB")
    if alpha is None:
        return rgb
    done.append("alpha")
    return Image.composite(rgb, Image.new("RGB", rgb.size, "white"), alpha)


def _split_alpha(source: Image.Image, done: list[Conversion]) -> tuple[Image.Image, Image.Image | None]:
    """Colour in a mode a profile can apply to (L, RGB, CMYK), and the alpha channel if there is one."""
    if source.mode.startswith("I") or source.mode == "F":
        return _from_sixteen_bit(source, done)
    named: dict[str, Conversion] = {"P": "palette", "L": "grey", "LA": "grey", "1": "grey", "CMYK": "cmyk"}
    if source.mode in named:
        done.append(named[source.mode])
    if source.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in source.info:
        rgba = source.convert("RGBA")
        alpha = rgba.getchannel("A")
        return rgba.convert("RGB"), None if alpha.getextrema() == (255, 255) else alpha
    if source.mode in ("L", "RGB", "CMYK"):
        return source, None
    return source.convert("L" if source.mode == "1" else "RGB"), None


def _from_sixteen_bit(source: Image.Image, done: list[Conversion]) -> tuple[Image.Image, Image.Image | None]:
    done.append("sixteen_bit")
    values = np.asarray(source).astype(np.int64)
    grey = Image.fromarray(np.clip(values >> 8, 0, 255).astype(np.uint8))
    hidden = source.info.get("transparency")
    if not isinstance(hidden, int):
        return grey, None
    return grey, Image.fromarray(np.where(values == hidden, 0, 255).astype(np.uint8))


def _through_profile(colour: Image.Image, profile: bytes) -> Image.Image | None:
    """None where the profile is sRGB already, does not fit the mode, or is broken."""
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(opened):
            return None
        return ImageCms.profileToProfile(colour, opened, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
