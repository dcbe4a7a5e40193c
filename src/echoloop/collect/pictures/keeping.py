"""Pictures into the store, a group at a time: nobody is told of a picture before it would survive a power cut."""

import os
from collections.abc import Sequence

import msgspec

from echoloop.collect.pictures.outcomes import PictureOutcome
from echoloop.collect.pictures.placing import Drafts, flush_disk
from echoloop.images import BadImage, Limits, content_hash, measure
from echoloop.workspace import ImageStore


class Arrived(msgspec.Struct, frozen=True):
    """A picture's bytes as they came."""

    url: str
    data: bytes


def examine(
    arrived: Sequence[Arrived], store: ImageStore, limits: Limits
) -> tuple[list[PictureOutcome], dict[str, bytes]]:
    """What there is to say of each picture, and the contents that are not stored yet, by their places."""
    new: dict[str, bytes] = {}
    return [_outcome(one, store, limits, new) for one in arrived], new


def keep_group(arrived: Sequence[Arrived], store: ImageStore, limits: Limits) -> list[PictureOutcome]:
    """Measure, hash and place; what the outcomes name is then on the disk. CouldNotWrite if that is full."""
    outcomes, new = examine(arrived, store, limits)
    if new:
        drafts = Drafts(new)
        flush_disk(store.folder)
        drafts.name()
        flush_disk(store.folder)
    return outcomes


def _outcome(one: Arrived, store: ImageStore, limits: Limits, new: dict[str, bytes]) -> PictureOutcome:
    """What there is to say of a picture; one that is not stored yet joins `new`."""
    try:
        width, height, media_type = measure(one.data, limits)
    except BadImage as error:
        return PictureOutcome(url=one.url, absence=f"{error.reason}: {error}")
    sha256 = content_hash(one.data)
    place = str(store.path(sha256))
    if not _has_size(place, len(one.data)):
        new[place] = one.data
    return PictureOutcome(url=one.url, sha256=sha256, media_type=media_type, width=width, height=height)


def _has_size(place: str, size: int) -> bool:
    try:
        return os.stat(place).st_size == size  # noqa: PTH116
    except OSError:
        return False
