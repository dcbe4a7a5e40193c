"""How the public scripts of OmniContext and of VIEScore's kin find scores in an answer; nobody else should read so."""

import json
import math
import re
from typing import Any

_KEYS = re.compile(r"(\w+):")
_PAIRS = re.compile(r'(".*?"):(.*?)(,|})')
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class NothingRead(ValueError):
    """The public script finds nothing in this answer; what it then does is a quirk of its own."""


def read_as_released(text: str) -> float:
    """OmniContext's score: `score` of the object between the outermost braces, or an answer that is nothing but a whole number."""
    value = _object(text).get("score")
    return _number(value)


def read_list_as_released(text: str) -> list[float]:
    """VIEScore's scores: `score` of the object between the outermost braces, a bare [a, b], or a bare whole number."""
    marked = text.split("||V^=^V||")
    said = marked[1] if len(marked) == 3 else text
    start, end = said.find("{"), said.rfind("}") + 1
    if start >= 0 and end > 0:
        value = _loaded(said[start:end].strip().replace("\n", ""))
        found: Any = value.get("score") if isinstance(value, dict) else None
    else:
        listed = said[said.find("[") : said.rfind("]") + 1]
        found = json.loads(listed) if re.fullmatch(r"\[\d+, ?\d+\]", listed) else _bare(said)
    if not isinstance(found, list) or not found:
        raise NothingRead("no list under `score`")
    return [_number(one) for one in found]


def _number(value: Any) -> float:
    """A number that a mean can hold: the scripts stop on anything else, or end in NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NothingRead("no number under `score`")
    try:
        number = float(value)
    except OverflowError as error:
        raise NothingRead("a number beyond all bounds") from error
    if not math.isfinite(number):
        raise NothingRead(f"`score` is {number}")
    return number


def _object(text: str) -> dict[str, Any]:
    start, end = text.find("{"), text.rfind("}") + 1
    if start < 0 or end == 0:
        return {"score": _bare(text)[0]}
    written = text[start:end].strip().replace("\n", "")
    try:
        value = _loaded(written)
    except NothingRead:
        value = _loaded(_quoted(written))
    if not isinstance(value, dict):
        raise NothingRead("not an object")
    return value


def _loaded(written: str) -> Any:
    try:
        return json.loads(written)
    except (ValueError, RecursionError) as error:
        raise NothingRead("not JSON") from error


def _bare(text: str) -> list[int]:
    try:
        value = int(text)
    except ValueError as error:
        raise NothingRead("no JSON") from error
    if not 0 <= value <= 10:
        raise NothingRead(f"{value} is not between 0 and 10")
    return [value]


def _quoted(written: str) -> str:
    """The script's mending: keys and texts are put in quotes, and a number becomes a list, which is then no number."""

    def value_of(match: re.Match[str]) -> str:
        key, value, comma = match[1], match[2].strip(), match[3]
        if _NUMBER.fullmatch(value):
            return f"{key}: [{value}]{comma}"
        if value.lower() in ("true", "false", "null"):
            return f"{key}: {value}{comma}"
        return f'{key}: "{value}"{comma}'

    return _PAIRS.sub(value_of, _KEYS.sub(r'"\1":', written))
