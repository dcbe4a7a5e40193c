"""Reads the RIFF chunks of a WebP."""

from echoloop.images.header import Header, exif_orientation, refuse


def is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def _declared_size(kind: bytes, body: bytes) -> tuple[int, int]:
    if kind == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF


def read_webp(data: bytes) -> Header:
    promised = int.from_bytes(data[4:8], "little") + 8
    if promised > len(data) + 1:
        raise refuse("truncated", f"WebP promises {promised} bytes and has {len(data)}")
    size: tuple[int, int] | None = None
    frames, orientation, at = 0, 1, 12
    while at + 8 <= min(promised, len(data)):
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        body = data[at + 8 : at + 8 + length]
        if len(body) < length:
            raise refuse("truncated", f"WebP chunk at byte {at} is cut off")
        if size is None and kind in (b"VP8X", b"VP8L", b"VP8 ") and len(body) >= 10 - 5 * (kind == b"VP8L"):
            size = _declared_size(kind, body)
        if kind == b"ANMF":
            frames += 1
        elif kind == b"EXIF":
            orientation = exif_orientation(body.removeprefix(b"Exif\0\0"))
        at += 8 + length + (length & 1)
    if size is None:
        raise refuse("corrupt", "WebP holds no picture header")
    return Header("image/webp", *size, max(frames, 1), orientation, ((0, len(data)),))
