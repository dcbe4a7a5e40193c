"""The metrics there are, and how anybody's own joins them: by the name `package.module:METRIC`."""

import importlib
import importlib.util
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from echoloop.diagnose.metric import Metric
from echoloop.diagnose.metrics.aspect_ratio import ASPECT_RATIO
from echoloop.diagnose.metrics.color_shift import COLOR_SHIFT
from echoloop.diagnose.metrics.face_similarity import FACE_SIMILARITY
from echoloop.diagnose.metrics.framing import FRAMING
from echoloop.diagnose.metrics.object_count import OBJECT_COUNT
from echoloop.diagnose.metrics.structure_distance import STRUCTURE_DISTANCE, STRUCTURE_SPLICE
from echoloop.diagnose.metrics.text_ocr import TEXT_OCR
from echoloop.diagnose.metrics.text_rendering import TEXT_RENDERING
from echoloop.records import Mistake

BUILT_IN: tuple[Metric, ...] = (
    COLOR_SHIFT,
    STRUCTURE_DISTANCE,
    STRUCTURE_SPLICE,
    FACE_SIMILARITY,
    TEXT_RENDERING,
    TEXT_OCR,
    ASPECT_RATIO,
    OBJECT_COUNT,
    FRAMING,
)
UNASKED: frozenset[str] = frozenset({"structure_splice", "text_ocr"})
"""Built in, and measured only where settings name them: they cost much and say what another metric says too."""


def default_metrics() -> tuple[str, ...]:
    """What is measured unless settings say otherwise."""
    return tuple(metric.name for metric in BUILT_IN if metric.name not in UNASKED)


def open_metrics(names: Sequence[str]) -> tuple[Metric, ...]:
    """The metrics of these names, in this order; none stands for the default ones."""
    found = tuple(_open(name) for name in names or default_metrics())
    twice = sorted({one.name for one in found if [other.name for other in found].count(one.name) > 1})
    if twice:
        raise Mistake(
            f"more than one metric is called {', '.join(twice)}",
            where="metrics under [diagnose]",
            remedy="Name each metric once; give your own another name than the built-in ones.",
        )
    return found


def source_of_own(name: str) -> str:
    """A hash of the file that somebody's own metric is written in; nothing for a built-in one."""
    module, colon, _ = name.partition(":")
    found = importlib.util.find_spec(module) if colon else None
    if found is None or found.origin is None or not Path(found.origin).is_file():
        return ""
    return sha256(Path(found.origin).read_bytes()).hexdigest()[:16]


def _open(name: str) -> Metric:
    for metric in BUILT_IN:
        if metric.name == name:
            return metric
    module, colon, attribute = name.partition(":")
    if not colon:
        raise _unknown(name, "no metric has this name")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise _unknown(name, str(error)) from error
    if not isinstance(found, Metric):
        raise _unknown(name, f"it is a {type(found).__name__}")
    return found


def _unknown(name: str, why: str) -> Mistake:
    known = ", ".join(metric.name for metric in BUILT_IN)
    return Mistake(
        f"{name!r} is no metric: {why}",
        where="metrics under [diagnose]",
        remedy=f'Use one of: {known}; or "package.module:METRIC" for one of your own.',
    )
