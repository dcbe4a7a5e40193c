"""Reads the block list of a GIF."""

from echoloop.images.header import Header, refuse

SIGNATURES = (b"GIF87a", b"GIF89a")


def _table_bytes(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _after_sub_blocks(data: bytes, at: int) -> int:
    while at < len(data):
        length = data[at]
        at += 1 + length
        if length == 0:
            return at
    raise refuse("truncated", "GIF ends inside a data block")


def read_gif(data: bytes) -> Header:
    """Width and height cover the logical screen and every frame: a decoder grows the canvas to hold them."""
    if len(data) < 13:
        raise refuse("truncated", "GIF ends before its screen description")
    width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    frames, at = 0, 13 + _table_bytes(data[10])
    while at < len(data):
        kind = data[at]
        if kind == 0x3B:
            break
        if kind == 0x21:
            at = _after_sub_blocks(data, at + 2)
        elif kind == 0x2C and at + 10 <= len(data):
            left, top, wide, high = (
                int.from_bytes(data[at + i : at + i + 2], "little") for i in (1, 3, 5, 7)
            )
            width, height, frames = max(width, left + wide), max(height, top + high), frames + 1
            at = _after_sub_blocks(data, at + 11 + _table_bytes(data[at + 9]))
        else:
            raise refuse("corrupt", f"GIF has an unknown block at byte {at}")
    else:
        raise refuse("truncated", "GIF ends before its trailer")
    if frames == 0:
        raise refuse("corrupt", "GIF holds no picture")
    return Header("image/gif", width, height, frames, 1, ((0, at + 1),))
