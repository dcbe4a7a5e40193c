"""Pictures that lie beside an archive, checked and moved into the store."""

from pathlib import Path

import msgspec

from echoloop.images import BadImage, decode
from echoloop.records import ImageRef
from echoloop.workspace import ImageStore

_ABSENT = "no such file beside the archive"
_OUTSIDE = "the path leads out of the archive's folder"
_REMOTE = "not fetched: pictures behind a URL are not downloaded from an archive"


class PictureFile(msgspec.Struct, frozen=True, kw_only=True):
    """A picture as an archive names it."""

    folder: str
    url: str


def import_picture(picture: PictureFile, images: ImageStore) -> ImageRef:
    """The stored picture, or a reference that says why there is none."""
    if "://" in picture.url:
        return ImageRef(sha256=None, url=picture.url, absence=_REMOTE)
    folder = Path(picture.folder).resolve()
    try:
        file = (folder / picture.url).resolve()
        if not file.is_relative_to(folder):
            return ImageRef(sha256=None, url=picture.url, absence=_OUTSIDE)
        data = file.read_bytes()
    except (OSError, ValueError):
        return ImageRef(sha256=None, url=picture.url, absence=_ABSENT)
    try:
        decoded = decode(data)
    except BadImage as error:
        return ImageRef(sha256=None, url=picture.url, absence=f"{error.reason}: {error}")
    return ImageRef(
        sha256=images.put(data),
        url=picture.url,
        media_type=decoded.media_type,
        width=decoded.width,
        height=decoded.height,
    )
