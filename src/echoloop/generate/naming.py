"""Which item and which sample a file's name speaks of: tolerant of case, extensions and ways to number, never guessing."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

PICTURE_ENDINGS = frozenset(
    ["png", "jpg", "jpeg", "jpe", "jfif", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic", "heif", "svg"],
)
"""Endings of files that mean to be pictures; whether they are is seen in their bytes, not here."""

_ENDING = re.compile(r"\.([A-Za-z0-9]{1,5})$")
_NUMBERED = re.compile(r"(.+)[_-](\d{1,6})", re.DOTALL)
_NUMBER = re.compile(r"\d{1,6}")
_NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|\x00-\x1f]')


class Named(NamedTuple):
    """What a name says: an item, and the number in it (None: no number)."""

    item: str
    number: int | None


class ItemNames:
    """The items that files may be named for."""

    def __init__(self, items: Iterable[str]) -> None:
        self._exact: dict[str, str] = {}
        self._loose: dict[str, set[str]] = defaultdict(set)
        for item in items:
            self._exact[item] = item
            self._loose[_loosely(item)].add(item)

    def read(self, place: Sequence[str]) -> Named | str:
        """The item of a path (its folder, if any, and its name), or why there is none.

        A whole name goes before a numbered one: where items `cat` and `cat-1` are both there, `cat-1.png` is for `cat-1`.
        """
        if len(place) == 2:
            return self._inside(place[0], stem_of(place[1]))
        return self._alone(stem_of(place[0]))

    def _alone(self, stem: str) -> Named | str:
        if fits := self._fits(stem):
            return Named(fits[0], None) if len(fits) == 1 else _several(fits)
        numbered = _NUMBERED.fullmatch(stem)
        fits = self._fits(numbered[1]) if numbered else []
        if numbered and fits:
            return Named(fits[0], int(numbered[2])) if len(fits) == 1 else _several(fits)
        return "no item has this name"

    def _inside(self, folder: str, stem: str) -> Named | str:
        fits = self._fits(folder)
        if len(fits) != 1:
            return _several(fits) if fits else "no item has the name of its folder"
        if _NUMBER.fullmatch(stem):
            return Named(fits[0], int(stem))
        named = self._alone(stem)
        if isinstance(named, Named) and named.item == fits[0]:
            return named
        return "a file in an item's folder is named by a number"

    def _fits(self, name: str) -> list[str]:
        if name in self._exact:
            return [name]
        return sorted(self._loose.get(_loosely(name), ()))


def stem_of(name: str) -> str:
    """A name without its ending."""
    return _ENDING.sub("", name)


def ending_of(name: str) -> str:
    """The ending in small letters, without its dot."""
    found = _ENDING.search(name)
    return found[1].lower() if found else ""


def sample_numbers(numbers: Iterable[int | None]) -> dict[int | None, int]:
    """The sample that each number of one item stands for: counted from 0 where one says 0 or says nothing, else from 1."""
    said = set(numbers)
    start = 0 if said & {0, None} else 1
    return {number: 0 if number is None else number - start for number in said}


def _several(fits: Sequence[str]) -> str:
    return f"the name fits {len(fits)} items: {', '.join(fits[:3])}"


def _loosely(name: str) -> str:
    """Without case, without the characters that file systems do not take, in one Unicode form."""
    return _NOT_IN_NAMES.sub("_", unicodedata.normalize("NFC", name).casefold())
