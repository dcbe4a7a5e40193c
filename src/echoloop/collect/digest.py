"""What an archive holds, as one hash: its lines and the pictures beside it. Other content is other input."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from echoloop.collect.importing import NotHere, PictureFile, picture_file
from echoloop.records import Mistake, admit_text

_WHOLE = 256 * 1024
_BLOCKS = 4
_BLOCK = 64 * 1024


class _Picture(msgspec.Struct):
    url: str


class _Line(msgspec.Struct):
    image_urls: list[_Picture] = []


def archive_digest(path: Path) -> str:
    """The archive's content, wherever it lies: a changed picture, or one that came back, changes it too.

    Of a large picture the size and four stretches of its bytes are looked at: a picture that is replaced differs there,
    and thousands of them are looked at in a second.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            urls = _named_pictures(_hashed(file, digest))
    except OSError as error:
        raise Mistake(
            f"the archive cannot be read: {error.strerror}",
            where=path,
            remedy="Check `archive` under [collect] in echoloop.toml.",
        ) from error
    pictures = [PictureFile(folder=str(path.parent), url=url) for url in sorted(urls) if "://" not in url]
    with ThreadPoolExecutor() as pool:
        for picture, content in zip(pictures, pool.map(_content, pictures), strict=True):
            digest.update(msgspec.json.encode((picture.url, content)))
    return digest.hexdigest()


def _hashed(file: BinaryIO, digest: Any) -> Iterator[bytes]:
    for line in file:
        digest.update(line)
        yield line


def _named_pictures(lines: Iterable[bytes]) -> set[str]:
    decoder = msgspec.json.Decoder(_Line)
    return {picture.url for line in lines if b"image_urls" in line for picture in _pictures(line, decoder)}


def _pictures(line: bytes, decoder: "msgspec.json.Decoder[_Line]") -> list[_Picture]:
    """What a line names; nothing where it is no post: such a line counts by its bytes."""
    try:
        return decoder.decode(line).image_urls
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _pictures_of_odd(line)


def _pictures_of_odd(line: bytes) -> list[_Picture]:
    """JSON that only Python's own reader takes, such as a lone surrogate somewhere in the text."""
    try:
        plain = json.dumps(json.loads(line.decode("utf-8", "surrogateescape")), ensure_ascii=False)
        return msgspec.json.decode(admit_text(plain).text, type=_Line).image_urls
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return []


def _content(picture: PictureFile) -> str:
    file = picture_file(picture)
    if isinstance(file, NotHere):
        return file.reason
    digest = hashlib.sha256()
    try:
        with file.open("rb") as opened:
            size = file.stat().st_size
            if size <= _WHOLE:
                digest.update(opened.read())
            else:
                for number in range(_BLOCKS):
                    opened.seek((size - _BLOCK) * number // (_BLOCKS - 1))
                    digest.update(opened.read(_BLOCK))
    except OSError as error:
        return error.strerror or "unreadable"
    return f"{size} {digest.hexdigest()}"
