"""Prompts that say nearly the same: all pairs that share enough of their pairs of neighbouring words, none missed.

Two such prompts must share one of their rarest word pairs (a handful of each: what may be lacking, and one), so only those
are looked up. MinHash would miss some, and compares every prompt of a popular template with every other.

Chinese and Japanese have no spaces, so there every letter is a word. Word pairs are strict with short prompts ("two red balls" is
not "two blue balls") and lenient with long ones, in which a changed word changes little.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from echoloop.curate.folding import fold

NEAR = 0.8
_LETTERS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER = re.compile(f"[{_LETTERS}]")
_WORD = re.compile(rf"[{_LETTERS}]|[^\W_{_LETTERS}]+")
_ASCII_WORD = re.compile("[a-z0-9]+")
_OPENING = 200

Shingles = frozenset[str]
Ints = NDArray[np.int64]


def words_of(text: str) -> list[str]:
    """The words of a text in one form: case, width and marks do not count."""
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    return _WORD.findall(fold(text).casefold())


def opening(prompt: str) -> str:
    """The first two words, written as their script writes them."""
    first = words_of(prompt[:_OPENING])[:2]
    return ("" if all(map(_LETTER.match, first)) else " ").join(first)


def shingles(prompt: str) -> Shingles:
    """The pairs of neighbouring words; a single word stands for itself."""
    words = words_of(prompt)
    return frozenset(map(" ".join, pairwise(words)) if len(words) > 1 else words)


def alike(one: Shingles, other: Shingles) -> bool:
    """They share at least four of five of all that either has. Nothing is like a prompt without words."""
    shared = len(one & other)
    return shared > 0 and shared >= NEAR * (len(one) + len(other) - shared)


def near_prompts(prompts: Sequence[Shingles]) -> Iterator[tuple[int, int]]:
    """Enough pairs of places that are alike to join all that are: what is joined already is not compared again."""
    first: dict[Shingles, int] = {}
    for place, own in enumerate(prompts):
        if own:
            earlier = first.setdefault(own, place)
            if earlier != place:
                yield earlier, place
    yield from _different(list(first), list(first.values()))


def _different(prompts: list[Shingles], places: list[int]) -> Iterator[tuple[int, int]]:
    group = list(range(len(prompts)))
    members = [[number] for number in group]
    lengths = np.fromiter(map(len, prompts), np.int64, len(prompts))
    shown: dict[int, dict[_Stand, list[int]]] = defaultdict(dict)
    for one, place, shingle in _rarest(prompts, lengths):
        own = prompts[one]
        here = _Stand(place, len(own))
        for there, others in shown[shingle].items():
            if _may_be_alike(here, there):
                for other in others:
                    if group[other] != group[one] and alike(own, prompts[other]):
                        yield min(places[one], places[other]), max(places[one], places[other])
                        _join(group, members, one, other)
        shown[shingle].setdefault(here, []).append(one)


class _Stand(NamedTuple):
    """Where a shingle stands among its prompt's, the rarest first, and how many there are."""

    place: int
    of: int


def _may_be_alike(one: _Stand, other: _Stand) -> bool:
    """Whether enough can be shared when this is the rarest that is: it, and at most what comes after it in both."""
    shared = min(one.of - one.place, other.of - other.place)
    return shared >= NEAR * (one.of + other.of - shared)


def _rarest(prompts: Sequence[Shingles], lengths: Ints) -> Iterator[tuple[int, int, int]]:
    """For each prompt its rarest shingles with their places, one more than a near-duplicate may lack: it cannot lack them all.

    Left out are those that nobody else has. Shingles go by hash: two that shared one would only be compared once more.
    """
    hashes = np.fromiter(map(hash, chain.from_iterable(prompts)), np.int64, int(lengths.sum()))
    _, shingle, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    owner = np.repeat(np.arange(len(prompts)), lengths)
    order = np.lexsort((shingle, counts[shingle], owner))
    place = np.arange(len(order)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    needed = lengths - np.ceil(NEAR * lengths).astype(np.int64) + 1
    chosen = (place < needed[owner]) & (counts[shingle[order]] > 1)
    triples = owner[chosen].tolist(), place[chosen].tolist(), shingle[order[chosen]].tolist()
    return zip(*triples, strict=True)


def _join(group: list[int], members: list[list[int]], one: int, other: int) -> None:
    """The smaller group takes the name of the larger."""
    smaller, larger = sorted((group[one], group[other]), key=lambda name: len(members[name]))
    for place in members[smaller]:
        group[place] = larger
    members[larger] += members[smaller]
    members[smaller] = []
