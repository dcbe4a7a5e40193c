"""The same picture posted twice, as platforms encode and scale it anew: found before anybody is asked what it is."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from echoloop.images import BadImage, Rendition, decode, hash_distance, perceptual_hash
from echoloop.records import Post, Problem, Sample
from echoloop.workspace import ImageStore

SMALL = Rendition(longest_side=64, format="png")
_GRID = 32
_MOST_BITS = 16
_MOST_APART, _MOST_APART_ON_AVERAGE = 18, 3.0
_MOST_UNEVEN = 0.04


class Album(msgspec.Struct, frozen=True, kw_only=True):
    """The pictures of one conversation, each file once, in the order in which they were posted."""

    thread: str
    pictures: tuple[str, ...]


class _Look(NamedTuple):
    """A picture as far as it is compared."""

    hash: int
    grid: NDArray[np.int16]
    shape: float


def albums_of(samples: Sequence[Sample], posts: Mapping[str, Post]) -> list[Album]:
    """The pictures of each conversation, the earliest post's first, where there are several to compare."""
    urls: dict[str, dict[str, None]] = {}
    for sample in samples:
        urls.setdefault(sample.thread, {}).update(dict.fromkeys(sample.post_urls))
    albums: list[Album] = []
    for thread in sorted(urls):
        told = sorted((posts[url] for url in urls[thread]), key=_when)
        files = dict.fromkeys(image.sha256 for post in told for image in post.images if image.sha256)
        if len(files) > 1:
            albums.append(Album(thread=thread, pictures=tuple(files)))
    return albums


def _when(post: Post) -> tuple[bool, float, str]:
    at = post.created_at
    return at is None, at.timestamp() if at else 0.0, post.url


def first_of_same(album: Album, images: ImageStore) -> tuple[int, ...]:
    """For each picture the place of the first that is the same one to the eye; its own place where there is none before it.

    Two results of one prompt, or a picture before and after a small edit, are alike and not the same: a hash of light and
    dark only finds whom to compare, and no spot of the pictures may then differ by more than an encoder's noise.
    """
    looks = [_look(sha256, images) for sha256 in album.pictures]
    firsts: list[int] = []
    for at, look in enumerate(looks):
        before = (first for first in dict.fromkeys(firsts) if _same(looks[first], look))
        firsts.append(next(before, at))
    return tuple(firsts)


def canonical_pictures(
    albums: Sequence[Album], firsts: Iterable[Sequence[int]]
) -> Mapping[tuple[str, str], str]:
    """(conversation, picture) -> the picture it stands for; only those that stand for another."""
    return {
        (album.thread, sha256): album.pictures[first]
        for album, places in zip(albums, firsts, strict=True)
        for sha256, first in zip(album.pictures, places, strict=True)
        if album.pictures[first] != sha256
    }


def _look(sha256: str, images: ImageStore) -> _Look | None:
    """None where there is nothing to look at; whoever asks about the picture says why."""
    try:
        pixels = decode(images.read(images.rendition(sha256, SMALL))).pixels
    except (BadImage, Problem, OSError):
        return None
    grid = Image.fromarray(pixels).resize((_GRID, _GRID), Image.Resampling.BOX)
    return _Look(perceptual_hash(pixels), np.asarray(grid, dtype=np.int16), pixels.shape[1] / pixels.shape[0])


def _same(one: _Look | None, other: _Look | None) -> bool:
    if one is None or other is None or hash_distance(one.hash, other.hash) > _MOST_BITS:
        return False
    if abs(one.shape - other.shape) > _MOST_UNEVEN * max(one.shape, other.shape):
        return False
    apart = np.abs(one.grid - other.grid)
    return bool(apart.max() <= _MOST_APART and apart.mean() <= _MOST_APART_ON_AVERAGE)
