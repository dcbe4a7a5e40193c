"""Two spellings of one text made alike, and a text as words: what a prompt and a post are compared in."""

import re
import unicodedata
from typing import NamedTuple

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»〝〞", '"'),
        **dict.fromkeys("‘’‚‛`´", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
)
_SPACE = re.compile(r"\s+")
_WIDE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u0670\u06d6-\u06ed\u0900-\u0dff\u0e31-\u0e4e"
_WORD = re.compile(f"( ?)([{_WIDE}]|(?:[^\\W{_WIDE}]|[{_MARKS}])+|[^\\w\\s])")
_LETTER = re.compile(r"\w")
_WIDE_LETTER = re.compile(f"[{_WIDE}]")


class Words(NamedTuple):
    """A folded text as words; a mark, or a letter of a script without spaces, is a word. `spaced`: a space stands before it."""

    texts: list[str]
    spaced: list[bool]


def fold(text: str) -> str:
    """Whitespace, quotes, dashes and forms of one letter made alike, the invisible left out; case and wording are kept."""
    if text.isascii():
        return " ".join(_INVISIBLE.sub("", text.replace("`", "'")).split())
    visible = _INVISIBLE.sub("", text.translate(_ALIKE))
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", visible).translate(_ALIKE)).strip()


def words(folded: str) -> Words:
    """The words of a folded text, in order."""
    pairs = _WORD.findall(folded)
    return Words([word for _, word in pairs], [bool(space) for space, _ in pairs])


def weight(texts: list[str]) -> int:
    """How much words say: a word 2; a mark, or a letter of a script without spaces, 1."""
    return sum(
        2 if _LETTER.match(text) and not (len(text) == 1 and _WIDE_LETTER.match(text)) else 1
        for text in texts
    )
