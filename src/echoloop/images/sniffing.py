"""What a file is, by its bytes; names and content types from outside are never trusted."""

from echoloop.images.gif import SIGNATURES as GIF_SIGNATURES
from echoloop.images.gif import read_gif
from echoloop.images.header import Header, refuse
from echoloop.images.jpeg import SIGNATURE as JPEG_SIGNATURE
from echoloop.images.jpeg import read_jpeg
from echoloop.images.limits import BadImage, Limits, MediaType
from echoloop.images.png import SIGNATURE as PNG_SIGNATURE
from echoloop.images.png import read_png
from echoloop.images.webp import is_webp, read_webp


def sniff(data: bytes) -> MediaType | None:
    """The media type of a raster format we read, or None."""
    if data.startswith(PNG_SIGNATURE):
        return "image/png"
    if data.startswith(JPEG_SIGNATURE):
        return "image/jpeg"
    if data.startswith(GIF_SIGNATURES):
        return "image/gif"
    return "image/webp" if is_webp(data) else None


def measure(data: bytes, limits: Limits | None = None) -> tuple[int, int, MediaType]:
    """Upright width, height and media type from the header alone, with the same refusals as `decode`."""
    header = inspect(data, limits or Limits())
    size = (header.height, header.width) if header.orientation >= 5 else (header.width, header.height)
    return *size, header.media_type


def inspect(data: bytes, limits: Limits) -> Header:
    """The file's header, once every limit that needs no decompression has been checked."""
    if not data:
        raise BadImage("empty", "the file is empty; fetch it again")
    if len(data) > limits.file_bytes:
        raise BadImage(
            "too_many_bytes",
            f"the file has {len(data):,} bytes, the limit is {limits.file_bytes:,}; raise Limits.file_bytes",
        )
    header = _read(data, limits)
    _check_size(header, limits)
    if header.frames > limits.frames:
        raise BadImage(
            "too_many_frames",
            f"the {header.media_type} is an animation of {header.frames} frames, the limit is {limits.frames}; "
            "raise Limits.frames to keep its first frame",
        )
    return header


def _read(data: bytes, limits: Limits) -> Header:
    kind = sniff(data)
    if kind is None:
        foreign = _foreign_name(data)
        if foreign is None:
            raise BadImage(
                "not_an_image", f"the file begins with {data[:8]!r}, which is no image format we know"
            )
        raise BadImage("format_not_allowed", f"the file is {foreign}; convert it to PNG, JPEG, WebP or GIF")
    if kind not in limits.formats:
        allowed = ", ".join(sorted(limits.formats))
        raise BadImage("format_not_allowed", f"the file is {kind}, allowed are {allowed}; convert it")
    match kind:
        case "image/png":
            return read_png(data)
        case "image/jpeg":
            return read_jpeg(data)
        case "image/gif":
            return read_gif(data)
        case "image/webp":
            return read_webp(data)


def _check_size(header: Header, limits: Limits) -> None:
    width, height = header.width, header.height
    if width < 1 or height < 1:
        raise refuse("corrupt", f"the {header.media_type} declares {width} x {height} pixels")
    if width * height > limits.pixels or max(width, height) > limits.side:
        raise BadImage(
            "too_many_pixels",
            f"the {header.media_type} declares {width:,} x {height:,} pixels, the limit is {limits.pixels:,} pixels "
            f"and {limits.side:,} a side; raise Limits.pixels and Limits.side, or shrink the picture",
        )


def _foreign_name(data: bytes) -> str | None:
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<svg") or (
        start.startswith((b"<?xml", b"<!doctype", b"<!--")) and b"<svg" in start
    ):
        return "SVG (a program that draws, never opened)"
    if data[4:8] == b"ftyp":
        return "AVIF, HEIC or a video"
    names = {
        b"BM": "BMP",
        b"II*\0": "TIFF",
        b"MM\0*": "TIFF",
        b"%PDF": "PDF",
        b"\0\0\1\0": "ICO",
        b"8BPS": "PSD",
    }
    return next((name for magic, name in names.items() if data.startswith(magic)), None)
