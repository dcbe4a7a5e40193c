"""Reading which of two pictures a judge prefers: the last double bracket counts, and what does not fit is no choice."""

import re

import msgspec

from echoloop.records import Choice

_BRACKETS = re.compile(r"\[\[([^\[\]]*)\]\]")
_CHOICES: dict[str, Choice] = {"A": "first", "B": "second", "TIE": "tie"}


class Preference(msgspec.Struct, frozen=True):
    """A choice and all that the judge said."""

    choice: Choice
    rationale: str


def read_choice(text: str) -> Preference:
    """The choice in a judge's answer; ValueError says why there is none."""
    brackets = _BRACKETS.findall(text)
    if not brackets:
        raise ValueError("no [[A]], [[B]] or [[tie]] in the answer")
    choice = _CHOICES.get(brackets[-1].strip().upper())
    if choice is None:
        raise ValueError(f"[[{brackets[-1][:40]}]] is neither A nor B nor tie")
    return Preference(choice, text)
