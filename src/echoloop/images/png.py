"""Reads the chunk list of a PNG."""

from echoloop.images.header import Header, exif_orientation, refuse

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_NEEDED = frozenset({b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"IDAT", b"IEND"})
_LARGEST_PROFILE = 512 * 1024


def read_png(data: bytes) -> Header:
    if data[12:16] != b"IHDR":
        raise refuse("truncated" if len(data) < 33 else "corrupt", "PNG does not begin with its IHDR chunk")
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    frames, orientation, at, ended = 1, 1, 8, False
    spans: list[tuple[int, int]] = [(0, 8)]
    while at + 12 <= len(data) and not ended:
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(data):
            raise refuse("truncated", f"PNG chunk at byte {at} promises {length} bytes that are not there")
        if kind == b"IHDR" and at != 8:
            raise refuse("corrupt", f"PNG has a second IHDR chunk at byte {at}")
        if kind == b"acTL":
            frames = int.from_bytes(data[at + 8 : at + 12], "big")
        elif kind == b"eXIf":
            orientation = exif_orientation(data[at + 8 : end - 4])
        if kind in _NEEDED and not (kind == b"iCCP" and length > _LARGEST_PROFILE):
            spans.append((at, end))
        ended = kind == b"IEND"
        at = end
    if not ended:
        raise refuse("truncated", "PNG ends before its IEND chunk")
    return Header("image/png", width, height, max(frames, 1), orientation, tuple(spans))
