"""What guards say, read strictly: every kind of guard ends in the hazard codes of MLCommons (S1 to S14)."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from echoloop.calls import ModerationResult

_CODES = re.compile(r"S(?:1[0-4]|[1-9])(?:\s*,\s*S(?:1[0-4]|[1-9]))*")
_CODE = re.compile(r"S(?:1[0-4]|[1-9])")
_SURE = 0.5
OTHER = "other"
"""A hazard that a moderation names and MLCommons has no code for. It removes a sample like any other."""

CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        "harassment": "S10",
        "harassment/threatening": "S1",
        "hate": "S10",
        "hate/threatening": "S10",
        "illicit": "S2",
        "illicit/violent": "S1",
        "self-harm": "S11",
        "self-harm/instructions": "S11",
        "self-harm/intent": "S11",
        "sexual": "S12",
        "sexual/minors": "S4",
        "violence": "S1",
        "violence/graphic": "S1",
    }
)
"""The categories of OpenAI's moderation as MLCommons codes. Codes themselves are taken as they are."""


def read_guard(text: str) -> list[str]:
    """`safe`, or `unsafe` with hazard codes on the next line; anything else is no verdict."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    if lines == ["safe"]:
        return []
    if len(lines) == 2 and lines[0] == "unsafe" and _CODES.fullmatch(lines[1]):
        return [code.strip() for code in lines[1].split(",")]
    raise ValueError('expected "safe", or "unsafe" and a line of codes such as S1,S9')


def moderated(result: ModerationResult) -> list[str]:
    """The codes of a moderation. Whether there is a hazard is the provider's word; its scores only say which.

    A flag without a category that stands out is a hazard all the same: its strongest category names it.
    """
    if not result.flagged:
        return []
    raised = [name for name, score in result.categories.items() if score >= _SURE]
    strongest = max(result.categories, key=lambda name: (result.categories[name], name), default="")
    return in_order(_code(name) for name in raised or [strongest])


def in_order(codes: Iterable[str]) -> list[str]:
    """Each code once, S2 before S10."""
    return sorted(set(codes), key=lambda code: (code == OTHER, len(code), code))


def _code(category: str) -> str:
    return category if _CODE.fullmatch(category) else CATEGORIES.get(category, OTHER)
