"""Reading a judge's score strictly: the double bracket that ends the text counts, and what does not fit is no score."""

import re

import msgspec

_BRACKETS = re.compile(r"\[\[([^\[\]]*)\]\]")
_NOTHING = re.compile(r"[\s*.。]*")
_WHOLE = re.compile(r"\s*\d{1,3}\s*")
LOWEST, HIGHEST = 1, 10


class Grade(msgspec.Struct, frozen=True):
    """A score and the words that led to it."""

    score: float
    rationale: str


def read_grade(text: str) -> Grade:
    """The grade in a judge's answer; ValueError says why there is none."""
    brackets = list(_BRACKETS.finditer(text))
    if not brackets:
        raise ValueError("no [[score]] in the answer")
    last = brackets[-1]
    if not _NOTHING.fullmatch(text, last.end()):
        raise ValueError(f"[[{last.group(1)[:40]}]] is not the end of the answer")
    if not _WHOLE.fullmatch(last.group(1)):
        raise ValueError(f"[[{last.group(1)[:40]}]] is not a whole number")
    score = int(last.group(1))
    if not LOWEST <= score <= HIGHEST:
        raise ValueError(f"[[{score}]] is not between {LOWEST} and {HIGHEST}")
    return Grade(float(score), text[: last.start()].strip())
