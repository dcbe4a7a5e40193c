"""Reading scores and verdicts in what a judge said: tolerant of how they are written, never of what they are.

A number counts where the judge says that it is the score. Two different ones, one out of range or on another scale, or one that
merely occurs in a sentence are no score: ValueError says so, and the answer is unparsed.
"""

import json
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_EMPHASIS = re.compile(r"\*+|`+|(?<!\w)_+|_+(?!\w)|~~")
_DECODER = json.JSONDecoder()
_MOST_OBJECTS = 64
_SAME_SHAPE = str.maketrans("：．，／－−＝［］（）％", ":.,/--=[]()%")

_NUMBER = r"[-+]?\d+(?:[.,]\d+)*"
_TOKEN = re.compile(
    rf"(?P<number>{_NUMBER})"
    r"(?:\s*(?:/|out of|von|sur|de)\s*(?P<whole>\d+(?:[.,]\d+)?))?"
    rf"(?P<range>\s*(?:-|–|—|~|to\b|or\b)\s*{_NUMBER})?"
    r"(?P<percent>\s*%)?"
)
_SCORE_LABELS = (
    "score", "rating", "grade", "final score", "punktzahl", "wertung", "note", "puntuación", "puntuacion", "pontuação",
    "оценка", "балл", "评分", "得分", "分数", "評分", "スコア", "点数", "점수",
)  # fmt: skip
_BRACKETS = re.compile(r"\[\[\s*([^\[\]]*?)\s*\]\]")

_YES = frozenset({"yes", "y", "true", "correct", "да", "是", "是的", "有", "はい", "예", "네", "sí", "si", "oui", "ja", "sim"})  # fmt: skip
_NO = frozenset({"no", "n", "false", "incorrect", "нет", "否", "不是", "没有", "いいえ", "아니요", "아니오", "non", "nein", "não", "nao"})  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_ANSWER_LABEL = re.compile(
    r"\b(?:final answer|answer|verdict|antwort|respuesta|réponse)\s*[:=]\s*", re.IGNORECASE
)


def read_number(text: str, low: float, high: float) -> float:
    """The one score in an answer: named as such, in double brackets, as JSON, or standing alone."""
    said = _plain(text)
    marked = [_whole_number(found, low, high) for found in _BRACKETS.findall(said)]
    if marked:
        return _one(marked, "score")
    named = _in_objects(text, _SCORE_LABELS, low, high) or _labelled(said, _SCORE_LABELS, low, high)
    if named:
        return _one(named, "score")
    lines = [line.strip(" .。!") for line in said.splitlines() if line.strip()]
    alone = [line for line in lines if _TOKEN.fullmatch(line)]
    if not alone:
        raise ValueError("no number is said to be the score")
    return _one([_whole_number(line, low, high) for line in alone], "score")


def read_scores(text: str, names: Mapping[str, Sequence[str]], low: float, high: float) -> dict[str, float]:
    """A score for each name. `names` gives the labels under which each may stand, the first being the one for messages."""
    said = _plain(text)
    scores: dict[str, float] = {}
    for name, labels in names.items():
        found = _in_objects(text, labels, low, high) or _labelled(said, labels, low, high)
        if not found:
            raise ValueError(f"no score for {labels[0]!r}")
        scores[name] = _one(found, labels[0])
    return scores


def read_score_list(text: str, labels: Sequence[str], count: int, low: float, high: float) -> list[float]:
    """So many scores in one JSON list under a label, such as {"score": [8, 7]}."""
    found: list[list[float]] = []
    for value in objects_in(text):
        listed = _value_of(value, labels)
        if listed is None:
            continue
        if not isinstance(listed, list) or len(listed) != count:
            raise ValueError(f"{labels[0]!r} is not a list of {count} numbers")
        found.append([_json_number(one, low, high) for one in listed])
    if not found:
        raise ValueError(f"no list of scores under {labels[0]!r}")
    if any(one != found[0] for one in found):
        raise ValueError(f"two answers: {found[0]} and {next(one for one in found if one != found[0])}")
    return found[0]


def read_flag(text: str, labels: Sequence[str]) -> bool:
    """A yes or no under a label, in JSON or in words: 1, true, "yes"."""
    flags = [_flag(value) for one in objects_in(text) if (value := _value_of(one, labels)) is not None]
    if not flags:
        pattern = re.compile(rf"(?<!\w)(?:{_any(labels)})\"?\s*[:=]\s*\"?([^\W_]+)", re.IGNORECASE)
        flags = [_flag(found) for found in pattern.findall(_plain(text))]
    if not flags:
        raise ValueError(f"nothing is said of {labels[0]!r}")
    if any(flag != flags[0] for flag in flags):
        raise ValueError(f"two answers for {labels[0]!r}: yes and no")
    return flags[0]


def read_yes_no(text: str) -> bool:
    """A verdict in words: as a JSON "answer", after "Answer:", as the first word, or alone in the last line."""
    given = [
        value for one in objects_in(text) if (value := _value_of(one, ("answer", "verdict"))) is not None
    ]
    if given:
        return _agreed([_flag(value) for value in given])
    said = _plain(text)
    labelled = [_verdict(said[found.end() :]) for found in _ANSWER_LABEL.finditer(said)]
    if any(one is not None for one in labelled):
        return _agreed([one for one in labelled if one is not None])
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    first = _verdict(lines[0]) if lines else None
    last = _verdict(lines[-1]) if lines and len(_WORD.findall(lines[-1])) == 1 else None
    verdicts = [one for one in (first, last) if one is not None]
    if not verdicts:
        raise ValueError("neither yes nor no")
    return _agreed(verdicts)


def objects_in(text: str) -> list[dict[str, Any]]:
    """The JSON objects that stand in a text, fenced or not, outermost ones only."""
    found: list[dict[str, Any]] = []
    at = text.find("{")
    for _ in range(_MOST_OBJECTS):
        if at < 0:
            break
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            at = text.find("{", at + 1)
            continue
        if isinstance(value, dict):
            found.append(value)  # pyright: ignore[reportUnknownArgumentType]
        at = text.find("{", end)
    return found


def _plain(text: str) -> str:
    """Without emphasis, with the digits of every script as 0 to 9, and full-width signs as their usual forms."""
    digits = "".join(_digit(letter) for letter in text)
    return _EMPHASIS.sub("", digits.translate(_SAME_SHAPE))


def _digit(letter: str) -> str:
    if letter.isascii():
        return letter
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)


def _any(labels: Sequence[str]) -> str:
    """A pattern for the labels; their words may be joined by spaces, underscores or hyphens."""
    return "|".join(
        r"[\s_-]+".join(re.escape(word) for word in re.split(r"[\s_-]+", label)) for label in labels
    )


def _labelled(said: str, labels: Sequence[str], low: float, high: float) -> list[float]:
    pattern = re.compile(
        rf"(?<![^\W_])(?:{_any(labels)})\"?(?:\s+(?:score|rating))?\s*(?:\(\s*{_NUMBER}\s*[-–—]\s*{_NUMBER}\s*\))?\s*(?:[:=]|\bis\b)?\s*\"?\s*"
        r"(?=[-+]?\d)",
        re.IGNORECASE,
    )
    return [_number_at(said, found.end(), low, high) for found in pattern.finditer(said)]


def _in_objects(text: str, labels: Sequence[str], low: float, high: float) -> list[float]:
    values = (_value_of(one, labels) for one in objects_in(text))
    return [_json_number(value, low, high) for value in values if value is not None]


def _value_of(value: Mapping[str, Any], labels: Sequence[str]) -> Any:
    wanted = {_key(label) for label in labels}
    for name, one in value.items():
        if _key(name) in wanted:
            return one
    for inner in value.values():
        if isinstance(inner, dict) and (found := _value_of(inner, labels)) is not None:  # pyright: ignore[reportUnknownArgumentType]
            return found
    return None


def _key(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name.strip().casefold())


def _json_number(value: Any, low: float, high: float) -> float:
    if isinstance(value, dict):
        inner = _value_of(value, ("score", "rating", "value"))  # pyright: ignore[reportUnknownArgumentType]
        if inner is None or isinstance(inner, dict):
            raise ValueError("an object without a score stands where a score should")
        return _json_number(inner, low, high)
    if isinstance(value, str):
        return _whole_number(_plain(value).strip(), low, high)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{json.dumps(value)[:40]} is no number")
    try:
        return _in_range(float(value), str(value)[:40], low, high)
    except OverflowError:
        raise ValueError("a number without end stands where a score should") from None


def _whole_number(said: str, low: float, high: float) -> float:
    found = _TOKEN.fullmatch(said)
    if found is None:
        raise ValueError(f"{said[:40]!r} is no number")
    return _read_token(found, low, high)


def _number_at(said: str, at: int, low: float, high: float) -> float:
    found = _TOKEN.match(said, at)
    if found is None:
        raise ValueError("no number")
    after = said[found.end() : found.end() + 1]
    if after and ((after.isascii() and after.isalnum()) or unicodedata.numeric(after, None) is not None):
        raise ValueError(f"{said[at : found.end() + 8]!r} is no number")
    return _read_token(found, low, high)


def _read_token(found: re.Match[str], low: float, high: float) -> float:
    if found["range"]:
        raise ValueError(f"{found[0]!r} is a range")
    if found["percent"]:
        raise ValueError(f"{found[0]!r} is a percentage")
    value = _decimal(found["number"])
    if found["whole"] is not None and _decimal(found["whole"]) != high:
        raise ValueError(f"{found[0]!r} is on another scale than {low:g} to {high:g}")
    return _in_range(value, found["number"], low, high)


def _decimal(digits: str) -> float:
    """A point or one comma before one or two digits is decimal; anything else with signs in it is no number."""
    match = re.fullmatch(r"([-+]?\d+)(?:\.(\d+)|,(\d{1,2}))?", digits)
    if match is None:
        raise ValueError(f"{digits!r} is no number")
    return float(f"{match[1]}.{match[2] or match[3] or '0'}")


def _in_range(value: float, said: str, low: float, high: float) -> float:
    if not math.isfinite(value) or not low <= value <= high:
        raise ValueError(f"{said[:20]} is not between {low:g} and {high:g}")
    return value


def _one(found: Sequence[float], name: str) -> float:
    other = next((one for one in found if one != found[0]), None)
    if other is not None:
        raise ValueError(f"two answers for {name!r}: {found[0]:g} and {other:g}")
    return found[0]


def _flag(value: Any) -> bool:
    if isinstance(value, str):
        verdict = {"1": True, "0": False}.get(_plain(value).strip())
        verdict = _verdict(_plain(value)) if verdict is None else verdict
        if verdict is not None:
            return verdict
    elif value in (0, 1):
        return bool(value)
    raise ValueError(f"{str(value)[:40]!r} is neither yes nor no")


def _verdict(said: str) -> bool | None:
    """The verdict that a text begins with."""
    return next(_verdicts(said), None)


def _verdicts(said: str) -> Iterator[bool | None]:
    found = _WORD.match(said.lstrip(" \t\"'([<:-"))
    word = found[0].casefold() if found else ""
    yield True if word in _YES else False if word in _NO else None


def _agreed(verdicts: Sequence[bool]) -> bool:
    if any(one != verdicts[0] for one in verdicts):
        raise ValueError("two answers: yes and no")
    return verdicts[0]
