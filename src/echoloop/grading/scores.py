"""Reading a judge's score strictly: the last double bracket counts, and what does not fit is no score."""

import re

import msgspec

_BRACKETS = re.compile(r"\[\[([^\[\]]*)\]\]")
_WHOLE = re.compile(r"\s*\d{1,3}\s*")
_AS_RELEASED = re.compile(r"\[\[\s*(10|[1-9])\s*\]\]")
LOWEST, HIGHEST = 1, 10


class Grade(msgspec.Struct, frozen=True):
    """A score and all that the judge said."""

    score: float
    rationale: str


def read_grade(text: str) -> Grade:
    """The grade in a judge's answer; ValueError says why there is none. What follows the last bracket counts for nothing."""
    brackets = list(_BRACKETS.finditer(text))
    if not brackets:
        raise ValueError("no [[score]] in the answer")
    last = brackets[-1]
    said = last.group(1)[:40]
    if not (_WHOLE.fullmatch(said) and said.isascii()):
        raise ValueError(f"[[{said}]] is not a whole number")
    score = int(said)
    if not LOWEST <= score <= HIGHEST:
        raise ValueError(f"[[{score}]] is not between {LOWEST} and {HIGHEST}")
    return Grade(float(score), text)


def score_as_released(text: str) -> float | None:
    """The score that ECHO's public code reads: the first bracket with a whole number from 1 to 10, wherever it stands."""
    found = _AS_RELEASED.search(text)
    return float(found.group(1)) if found else None
