"""A prompt as words, pairs of words and runs of words: what two prompts are compared in."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

_WIDE = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_WORD = re.compile(rf"[{_WIDE}]|[^\W_{_WIDE}]+")
_ASCII_WORD = re.compile("[a-z0-9]+")

Shingles = frozenset[str]


def words_of(text: str) -> list[str]:
    """The words in one form: case, width and marks do not count. Where a script has no spaces each letter is a word."""
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def shingles(words: Sequence[str]) -> Shingles:
    """The pairs of neighbouring words; a single word stands for itself."""
    return frozenset(map(" ".join, pairwise(words)) if len(words) > 1 else words)


def runs(words: Sequence[str], length: int) -> Iterator[str]:
    """Every run of so many words."""
    for start in range(len(words) - length + 1):
        yield " ".join(words[start : start + length])
