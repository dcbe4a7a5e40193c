"""Whether a result has the shape that was asked for."""

import json
import math
import re
from typing import Any

from echoloop.diagnose.metric import Absent, Metric, MetricField, Pictures, Values

_KNOWN = frozenset(
    {
        (1, 1),
        (2, 1),
        (3, 1),
        (3, 2),
        (4, 3),
        (5, 3),
        (5, 4),
        (7, 5),
        (16, 9),
        (16, 10),
        (18, 9),
        (21, 9),
        (32, 9),
    }
)
_RATIO = re.compile(r"(?<![\d:.])(\d{1,2})\s*[:：]\s*(\d{1,2})(?![\d:.])")
_SIZE = re.compile(r"(?<!\d)(\d{3,5})\s*[x×*]\s*(\d{3,5})(?!\d)", re.IGNORECASE)
_FRAME = r"(?:image|picture|photo|poster|format|frame|canvas|orientation|aspect|ratio|mode|layout|wallpaper)"
_SQUARE = re.compile(rf"\bsquare[\s-]+(?:\w+[\s-]+)?{_FRAME}", re.IGNORECASE)
_UPRIGHT = re.compile(
    r"\b(?:portrait|vertical|upright)[\s-]+(?:format|frame|orientation|aspect|ratio|mode|layout)",
    re.IGNORECASE,
)
_LYING = re.compile(
    r"\b(?:landscape|horizontal)[\s-]+(?:format|frame|orientation|aspect|ratio|mode|layout)", re.IGNORECASE
)


def asked_in_words(prompt: str) -> float | None:
    """Width over height as the prompt names it; a time of day ("at 10:30") is no shape."""
    for size in _SIZE.finditer(prompt):
        return _over(size[1], size[2])
    for ratio in _RATIO.finditer(prompt):
        pair = int(ratio[1]), int(ratio[2])
        if (max(pair), min(pair)) in _KNOWN:
            return _over(ratio[1], ratio[2])
    return 1.0 if _SQUARE.search(prompt) else None


def asked_in_parameters(parameters: str) -> float | None:
    """Width over height as the drawing call set it: size, aspect_ratio, or width and height."""
    try:
        given: Any = json.loads(parameters)
    except ValueError:
        return None
    if not isinstance(given, dict):
        return None
    if isinstance(width := given.get("width"), int) and isinstance(height := given.get("height"), int):
        return _over(str(width), str(height))
    for name, form in (("size", _SIZE), ("aspect_ratio", _RATIO)):
        if isinstance(value := given.get(name), str) and (found := form.fullmatch(value.strip())):
            return _over(found[1], found[2])
    return None


def aspect_error(width: int, height: int, wanted: float) -> float:
    """How far a shape is from the wanted one: 0 is exact, 0.1 a tenth too wide or too high."""
    return math.exp(abs(math.log(width / height / wanted))) - 1


def _over(width: str, height: str) -> float | None:
    return int(width) / int(height) if int(width) and int(height) else None


def _turned_wrong(prompt: str, width: int, height: int) -> float | None:
    """Where only upright or lying was asked for: how far the picture lies on the wrong side of a square."""
    upright, lying = _UPRIGHT.search(prompt) is not None, _LYING.search(prompt) is not None
    if upright == lying:
        return None
    return max(0.0, (width / height if upright else height / width) - 1)


def _measure(pictures: Pictures) -> Values:
    height, width = pictures.output.shape[:2]
    wanted = asked_in_words(pictures.prompt)
    if wanted is None and (turned := _turned_wrong(pictures.prompt, width, height)) is not None:
        return {"aspect_error": turned}
    wanted = wanted or asked_in_parameters(pictures.parameters)
    if wanted is None and pictures.inputs:
        wanted = pictures.inputs[0].shape[1] / pictures.inputs[0].shape[0]
    if wanted is None:
        return {"aspect_error": Absent(reason="no shape was asked for", state="not_applicable")}
    return {"aspect_error": aspect_error(width, height, wanted)}


ASPECT_RATIO = Metric(
    name="aspect_ratio",
    fields=(
        MetricField(
            name="aspect_error",
            meaning="how far the shape is from the one asked for; 0.1 is a tenth",
            better="low",
        ),
    ),
    answers=("wrong aspect ratio", "wrong size", "stretched"),
    needs=frozenset({"output", "prompt", "parameters"}),
    pixels=_measure,
)
