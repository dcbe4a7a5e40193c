"""Pictures that lie beside an archive, checked and moved into the store."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec

from echoloop.images import BadImage, Limits, decode
from echoloop.records import ImageRef
from echoloop.workspace import ImageStore

_ABSENT = "no such file beside the archive"
_OUTSIDE = "the path leads out of the archive's folder"
_REMOTE = "not fetched: pictures behind a URL are not downloaded from an archive"
_TOO_LARGE = "too_many_bytes: the file is larger than a picture may be"


class PictureFile(msgspec.Struct, frozen=True, kw_only=True):
    """A picture as an archive names it."""

    folder: str
    url: str


class NotHere(msgspec.Struct, frozen=True):
    """Why a picture that an archive names cannot be read."""

    reason: str


def picture_file(picture: PictureFile) -> Path | NotHere:
    """Where the picture lies: a plain file inside the archive's folder, or nowhere."""
    if "://" in picture.url:
        return NotHere(_REMOTE)
    try:
        folder = Path(picture.folder).resolve()
        file = (folder / picture.url).resolve()
        if not file.is_relative_to(folder):
            return NotHere(_OUTSIDE)
        if not file.is_file():
            return NotHere(_ABSENT)
        return NotHere(_TOO_LARGE) if file.stat().st_size > Limits().file_bytes else file
    except (OSError, ValueError, RuntimeError):
        return NotHere(_ABSENT)


def import_picture(picture: PictureFile, images: ImageStore) -> ImageRef:
    """The stored picture, or a reference that says why there is none."""
    file = picture_file(picture)
    if isinstance(file, NotHere):
        return ImageRef(sha256=None, url=picture.url, absence=file.reason)
    try:
        data = file.read_bytes()
        decoded = decode(data)
    except OSError:
        return ImageRef(sha256=None, url=picture.url, absence=_ABSENT)
    except BadImage as error:
        return ImageRef(sha256=None, url=picture.url, absence=f"{error.reason}: {error}")
    return ImageRef(
        sha256=images.put(data),
        url=picture.url,
        media_type=decoded.media_type,
        width=decoded.width,
        height=decoded.height,
    )


def absence_note(pictures: Iterable[ImageRef]) -> str:
    """One line on the pictures that are not here, the most frequent reason first; empty when all are."""
    found = list(pictures)
    reasons = Counter(
        image.absence.partition(":")[0].replace("_", " ") for image in found if image.sha256 is None
    )
    if not reasons:
        return ""
    ordered = sorted(reasons.items(), key=lambda reason: (-reason[1], reason[0]))
    listed = ", ".join(f"{reason} ({count:,})" for reason, count in ordered)
    remote = " (an archive's pictures must lie beside it)" if reasons["not fetched"] else ""
    return f"{reasons.total():,} of {len(found):,} pictures are not here: {listed}{remote}"
