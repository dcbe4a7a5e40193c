"""Prompts that say nearly the same: the pairs of neighbouring words that they share, found by MinHash and then counted exactly.

Chinese and Japanese have no spaces, so there every letter is a word. Word pairs are strict with short prompts ("two red balls" is
not "two blue balls") and lenient with long ones, in which a changed word changes little.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from echoloop.curate.folding import fold

NEAR = 0.8
_LETTERS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER = re.compile(f"[{_LETTERS}]")
_WORD = re.compile(rf"[{_LETTERS}]|[^\W_{_LETTERS}]+")
_ASCII_WORD = re.compile("[a-z0-9]+")
_BANDS, _ROWS = 20, 7  # finds 99 of 100 pairs that share exactly NEAR, and 14 of 100 that share half
_SEED = 20_251_015
_OPENING = 200
_AT_ONCE = 2_048

Shingles = frozenset[str]


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
    if len(prompts) < 2:
        return
    from rensa.rensa import (
        RMinHash,
        RMinHashLSH,
    )  # where it is compiled: the package's own front shows no names

    hashes = RMinHash.from_token_sets(prompts, _BANDS * _ROWS, _SEED)
    index = RMinHashLSH(NEAR, _BANDS * _ROWS, _BANDS)
    index.insert_many(hashes)
    group = list(range(len(hashes)))
    members = [[place] for place in group]
    for start in range(0, len(hashes), _AT_ONCE):
        for one, found in enumerate(index.query_all(hashes[start : start + _AT_ONCE]), start=start):
            for other in found:
                if group[other] != group[one] and alike(prompts[one], prompts[other]):
                    yield places[one], places[other]
                    _join(group, members, one, other)


def _join(group: list[int], members: list[list[int]], one: int, other: int) -> None:
    """The smaller group takes the name of the larger."""
    smaller, larger = sorted((group[one], group[other]), key=lambda name: len(members[name]))
    for place in members[smaller]:
        group[place] = larger
    members[larger] += members[smaller]
    members[smaller] = []
