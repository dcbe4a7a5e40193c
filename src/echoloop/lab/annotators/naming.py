"""A cluster of prompts gets the name of what most of them share."""

import re
from collections import Counter

import msgspec

from echoloop.lab.annotators.wording import evened

_WORD = re.compile(r"[^\W\d_]{3,}")
_SMALL = frozenset(
    [
        "the",
        "and",
        "with",
        "its",
        "this",
        "that",
        "for",
        "from",
        "into",
        "one",
        "two",
        "three",
        "una",
        "uno",
        "con",
        "los",
        "las",
        "del",
        "por",
        "para",
        "que",
        "make",
        "made",
        "draw",
        "photo",
        "image",
        "picture",
        "please",
    ]
)


class NamingQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """The data block."""

    prompts: list[str] = []


class TaskName(msgspec.Struct, frozen=True, kw_only=True):
    """The answer."""

    name: str


def name_task(question: NamingQuestion) -> TaskName:
    """The two words that most prompts have, in the order of their frequency; "mixed" where half of them share none."""
    having = Counter(
        word
        for prompt in question.prompts
        for word in set(_WORD.findall(evened(prompt)))
        if word not in _SMALL
    )
    ordered = sorted(having.items(), key=lambda each: (-each[1], each[0]))
    shared = [word for word, count in ordered if 2 * count >= len(question.prompts)][:2]
    return TaskName(name=" ".join(shared)[:60] or "mixed")
