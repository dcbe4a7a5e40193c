"""The words of a post that could be searched for: single words and neighbours, without what is no word at all."""

import re
from collections.abc import Iterable

from echoloop.collect.plan.matching import fold

_NO_WORDS = re.compile(r"https?://\S+|www\.\S+|[@＠][\w.@-]+|(?<!\w)[ur]/[\w-]+|&\w+;")
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff々〆"
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff"
_RUN = re.compile(
    rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}](?:[^\W_{_UNSPACED}]|[{_MARKS}]|['’](?=\w))*|[^\w\s]+|_+"
)
_PAIRED = re.compile(f"[{_UNSPACED}]")
_LONGEST = 10_000
_WORD_MOST = 40


def terms_of(text: str) -> set[str]:
    """Every term of a text, once: lowercase words, two neighbouring words, and pairs of characters where no blanks set words apart.

    Addresses, handles and numbers are none; a mark between two words keeps them from being neighbours.
    """
    found: set[str] = set()
    before = ""
    for run in _RUN.findall(_NO_WORDS.sub(" . ", fold(text[:_LONGEST]))):
        if _PAIRED.match(run):
            found.update(_pairs(run))
            before = ""
        elif _is_word(run):
            found.add(run)
            if before:
                found.add(f"{before} {run}")
            before = run
        else:
            before = ""
    return found


def _is_word(run: str) -> bool:
    return run[0].isalpha() and 1 < len(run) <= _WORD_MOST and any(letter.isalpha() for letter in run)


def _pairs(run: str) -> Iterable[str]:
    return (run[at : at + 2] for at in range(len(run) - 1))
