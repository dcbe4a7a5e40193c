"""The lines of "planted against recovered", sorted into parts and columns."""

import re
from collections.abc import Sequence

import msgspec

CheckLine = tuple[str, str, bool | None]

_COLUMNS = re.compile(
    r"(?P<name>.*?\S)\s{2,}(?P<value>-?[\d.]\S*|-)(?:\s+(?P<bound>[<>]=? \S+))?(?:\s+(?P<words>.*))?"
)


class PlantedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One check. `passed` is None where it is shown without a bound that counts."""

    name: str
    value: str
    bound: str
    words: str
    passed: bool | None


class PlantedPart(msgspec.Struct, frozen=True, kw_only=True):
    """The checks of one part of the loop."""

    title: str
    lines: tuple[PlantedLine, ...]
    held: int
    broken: int
    shown: int


def planted_parts(checks: Sequence[CheckLine]) -> list[PlantedPart]:
    """Parts in the order in which they first appear."""
    parts: list[PlantedPart] = []
    for title in dict.fromkeys(part for part, _, _ in checks):
        lines = tuple(_line(text, passed) for part, text, passed in checks if part == title)
        parts.append(
            PlantedPart(
                title=title,
                lines=lines,
                held=sum(line.passed is True for line in lines),
                broken=sum(line.passed is False for line in lines),
                shown=sum(line.passed is None for line in lines),
            )
        )
    return parts


def _line(text: str, passed: bool | None) -> PlantedLine:
    """A line whose columns are not found is shown whole."""
    found = _COLUMNS.fullmatch(text.strip()[:2000])
    if found is None:
        return PlantedLine(name=text.strip(), value="", bound="", words="", passed=passed)
    return PlantedLine(
        name=found["name"],
        value=found["value"],
        bound=found["bound"] or "",
        words=found["words"] or "",
        passed=passed,
    )
