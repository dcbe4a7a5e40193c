"""Names of faults evened out: what differs only in how it is written is one name."""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

LONGEST = 60
_WORD = re.compile(r"\w+")
_INVISIBLE = frozenset(("Cc", "Cf", "Co", "Cs", "Cn"))
_SMALL = frozenset(("a", "an", "and", "in", "is", "it", "of", "on", "so", "the", "too", "very"))
_ENDINGS = (
    (re.compile(r"(?<=\w{2})our(?=s?$|ed$|ing$|ful$)"), "or"),
    (re.compile(r"(?<=\w{3})is(?=ed$|ing$|e$|ation$)"), "iz"),
    (re.compile(r"(?<=\w{2})ies$"), "y"),
    (re.compile(r"(?<=s|x|z)es$|(?<=ch|sh)es$"), ""),
    (re.compile(r"(?<=\w{2}[^siu])s$"), ""),
)
_VOICED = "\u3099\u309a"
"""Marks of kana that change the letter; accents do not."""
_OTHERWISE: Mapping[str, str] = MappingProxyType(
    {"grey": "gray", "centre": "center", "misspelt": "misspelled"}
)


def clean(keyword: str) -> str:
    """A name as it is kept: lower case, one form for each letter, nothing invisible, not longer than a name is."""
    even = unicodedata.normalize("NFKC", keyword[: 8 * LONGEST]).casefold()
    shown = "".join(" " if unicodedata.category(letter) in _INVISIBLE else letter for letter in even)
    return " ".join(shown.split())[:LONGEST].rstrip()


def spelt(keyword: str) -> str:
    """The same for names that differ in case, plural, hyphens, accents, word order, small words, British or American spelling."""
    apart = unicodedata.normalize("NFKD", clean(keyword))
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter) or letter in _VOICED)
    words = _WORD.findall(unicodedata.normalize("NFC", bare).replace("_", " "))
    told = sorted({_even(word) for word in words if word not in _SMALL})
    return " ".join(told) or clean(keyword)


def _even(word: str) -> str:
    for pattern, ending in _ENDINGS:
        word = pattern.sub(ending, word)
    return _OTHERWISE.get(word, word)
