"""Reads the segment list of a JPEG up to its scan data."""

from echoloop.images.header import Header, exif_orientation, refuse

SIGNATURE = b"\xff\xd8\xff"
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})


def _needed(marker: int, body: bytes) -> bool:
    if marker == 0xE2:
        return body.startswith(b"ICC_PROFILE\0")
    return marker not in range(0xE1, 0xEE) and marker not in (0xEF, 0xFE)


def read_jpeg(data: bytes) -> Header:
    size: tuple[int, int] | None = None
    orientation, at = 1, 2
    spans: list[tuple[int, int]] = [(0, 2)]
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise refuse("corrupt", f"JPEG has no marker at byte {at}")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _BARE:
            at += 2
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end > len(data):
            raise refuse("truncated", f"JPEG segment at byte {at} is cut off")
        body = data[at + 4 : end]
        if marker in _FRAME_MARKERS:
            if size is not None or len(body) < 6:
                raise refuse("corrupt", f"JPEG has a second or broken frame header at byte {at}")
            size = int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")
        elif marker == 0xE1 and body.startswith(b"Exif\0\0"):
            orientation = exif_orientation(body[6:])
        if marker == 0xDA:
            return _with_scan(data, at, size, orientation, spans)
        if _needed(marker, body):
            spans.append((at, end))
        at = end
    raise refuse("truncated", "JPEG ends before its image data")


def _with_scan(
    data: bytes, at: int, size: tuple[int, int] | None, orientation: int, spans: list[tuple[int, int]]
) -> Header:
    if size is None:
        raise refuse("corrupt", "JPEG has image data but no frame header")
    if data.rfind(b"\xff\xd9", at) < 0:
        raise refuse("truncated", "JPEG ends before its end marker")
    return Header("image/jpeg", *size, 1, orientation, (*spans, (at, len(data))))
