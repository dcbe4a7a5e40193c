"""What a file says about itself, read from its structure without decompressing anything."""

from dataclasses import dataclass

from echoloop.images.limits import BadImage, MediaType, Reason


@dataclass(frozen=True)
class Header:
    """The declared facts of a file, and the byte spans a decoder needs.

    Metadata (text, thumbnails, EXIF, extra pictures) lies outside `spans`: the decoder never sees it,
    so it can neither warn about it nor be attacked through it.
    """

    media_type: MediaType
    width: int
    height: int
    frames: int
    orientation: int
    spans: tuple[tuple[int, int], ...]


def refuse(reason: Reason, message: str) -> BadImage:
    remedy = {
        "truncated": "fetch the file again",
        "corrupt": "fetch the file again or convert it to PNG",
    }.get(reason)
    return BadImage(reason, f"{message}; {remedy}" if remedy else message)


def exif_orientation(exif: bytes) -> int:
    """The EXIF orientation tag (1 when absent or nonsense), from a TIFF block of any trustworthiness."""
    order = {b"II": "little", b"MM": "big"}.get(exif[:2])
    if order is None or len(exif) < 14:
        return 1
    little = order == "little"

    def number(at: int, size: int) -> int:
        return int.from_bytes(exif[at : at + size], "little" if little else "big")

    directory = number(4, 4)
    for entry in range(min(number(directory, 2), 256)):
        at = directory + 2 + 12 * entry
        if at + 12 > len(exif):
            return 1
        if number(at, 2) == 0x0112:
            value = number(at + 8, 2)
            return value if 1 <= value <= 8 else 1
    return 1
