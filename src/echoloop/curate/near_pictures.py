"""Pictures that show nearly the same: perceptual hashes at most 4 of 64 bits apart, and about the same colours everywhere.

The hash knows light and dark only, so two diagrams, or two things on white, may share one; the colours tell them apart.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from echoloop.images import BadImage, Rendition, decode, perceptual_hash, render
from echoloop.workspace import ImageDamaged, ImageMissing, ImageStore

NEAR_BITS = 4
NEAR_COLOURS = 20
_GRID = 4
_SMALL = Rendition(longest_side=256, quality=90)
_LEAST_BITS = 16
_BLOCKS = (13, 13, 13, 13, 12)
_AT_ONCE = 1_024


class StoredPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture to be looked at."""

    sha256: str


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What a picture looks like from afar: its perceptual hash, and the mean colours of its sixteenths."""

    bits: int
    colours: tuple[int, ...]


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """A look, or none: the picture cannot be read, or is so plain that its hash says nothing. Such a one is like its own copies
    only."""

    look: Look | None = None
    readable: bool = True


def look_at(picture: StoredPicture, images: ImageStore) -> Looked:
    """Never raises for a picture."""
    try:
        pixels = decode(render(images.read(picture.sha256), _SMALL)).pixels
    except (BadImage, ImageMissing, ImageDamaged):
        return Looked(readable=False)
    bits = perceptual_hash(pixels)
    if bits.bit_count() < _LEAST_BITS:
        return Looked()
    grid = np.asarray(Image.fromarray(pixels).resize((_GRID, _GRID), Image.Resampling.BOX))
    return Looked(look=Look(bits=bits, colours=tuple(int(value) for value in grid.ravel())))


class Likeness:
    """Which pictures are near which."""

    def __init__(self, looks: Mapping[str, Look | None]) -> None:
        self._near: dict[str, set[str]] = defaultdict(set)
        by_bits: dict[int, list[str]] = defaultdict(list)
        for name in sorted(looks):
            look = looks[name]
            if look is not None:
                by_bits[look.bits].append(name)
        values = sorted(by_bits)
        same = ((value, value) for value in values)
        close = ((values[one], values[other]) for one, other in near_hashes(values))
        for pairs in (same, close):
            for one, other in pairs:
                self._compare(looks, by_bits[one], by_bits[other])

    def touching(self, shown: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
        """Enough pairs of places to join all that show a picture near one of another's."""
        holders = _holders(shown)
        for name, places in holders.items():
            yield from ((places[0], place) for place in places[1:])
            near = (holders[other][0] for other in self._near.get(name, ()) if other in holders)
            yield from ((places[0], place) for place in near if place != places[0])

    def matching(self, shown: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
        """Every pair of places that show as many pictures, each near one of the other's."""
        holders = _holders(shown)
        for place, own in enumerate(shown):
            near = {other for name in own[:1] for other in (name, *self._near.get(name, ()))}
            candidates = {other for name in near for other in holders.get(name, ()) if other > place}
            for other in sorted(candidates):
                if len(own) == len(shown[other]) and self._cover(own, shown[other]):
                    yield place, other

    def _compare(self, looks: Mapping[str, Look | None], some: Sequence[str], others: Sequence[str]) -> None:
        colours = [
            np.array([look.colours for name in names if (look := looks[name])], dtype=np.int16)
            for names in (some, others)
        ]
        for name, own in zip(some, colours[0], strict=True):
            apart = np.abs(colours[1] - own).max(axis=1)
            for at in np.flatnonzero(apart <= NEAR_COLOURS).tolist():
                if others[at] != name:
                    self._near[name].add(others[at])
                    self._near[others[at]].add(name)

    def _cover(self, one: Sequence[str], other: Sequence[str]) -> bool:
        """Each picture of either has one near it in the other."""
        return all(
            any(name == found or found in self._near.get(name, ()) for found in across)
            for own, across in ((one, other), (other, one))
            for name in own
        )


def near_hashes(hashes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of places of different hashes that are near. Of five blocks, four changed bits leave one as it is."""
    values = np.array(hashes, dtype=np.uint64)
    seen: set[tuple[int, int]] = set()
    shift = 0
    for bits in _BLOCKS:
        block = (values >> np.uint64(shift)) & np.uint64((1 << bits) - 1)
        shift += bits
        for places in _same(block):
            for pair in _near_among(values, places):
                if pair not in seen:
                    seen.add(pair)
                    yield pair


def _same(block: NDArray[np.uint64]) -> Iterator[NDArray[np.intp]]:
    """Places with the same value, where there are at least two."""
    order = np.argsort(block, kind="stable")
    ends = np.flatnonzero(np.diff(block[order])) + 1
    yield from (group for group in np.split(order, ends) if len(group) > 1)


def _near_among(values: NDArray[np.uint64], places: NDArray[np.intp]) -> Iterator[tuple[int, int]]:
    own = values[places]
    for start in range(0, len(places), _AT_ONCE):
        apart = np.bitwise_count(own[start : start + _AT_ONCE, None] ^ own[None, :])
        for one, other in zip(*np.nonzero(apart <= NEAR_BITS), strict=True):
            first, second = sorted((int(places[start + one]), int(places[other])))
            if first < second:
                yield first, second


def _holders(shown: Sequence[Sequence[str]]) -> dict[str, list[int]]:
    holders: dict[str, list[int]] = {}
    for place, names in enumerate(shown):
        for name in dict.fromkeys(names):
            holders.setdefault(name, []).append(place)
    return holders
