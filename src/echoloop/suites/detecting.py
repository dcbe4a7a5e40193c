"""GenEval's rules on what a detector found: thresholds, counts, places, colours of grey-masked crops.

The detector and the judge of colours are whatever fits these Protocols: real models, or the lab's reader.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from echoloop.images import Pixels

Corners: TypeAlias = tuple[float, float, float, float]

COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white")
RELATIONS = ("left of", "right of", "above", "below")
_GREY = 0x99


class Found(Protocol):
    """An object in a picture: `box` is left, top, right, bottom in its pixels, `mask` as large as the picture."""

    @property
    def name(self) -> str: ...
    @property
    def confidence(self) -> float: ...
    @property
    def box(self) -> Corners: ...
    @property
    def mask(self) -> NDArray[np.bool_] | None: ...


class Detector(Protocol):
    """Finds objects. `names` are all the kinds that it can find."""

    @property
    def names(self) -> Collection[str]: ...

    def find(self, pixels: Pixels) -> Sequence[Found]: ...


class ColourClassifier(Protocol):
    """Says which of some colours each crop of one kind of object has."""

    @property
    def colours(self) -> Collection[str]: ...

    def classify(self, crops: Sequence[Pixels], name: str, choices: Sequence[str]) -> Sequence[str]: ...


class Eyes(Protocol):
    """What `--detector` opens: a detector and a judge of colours."""

    @property
    def detector(self) -> Detector: ...
    @property
    def colours(self) -> ColourClassifier: ...


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Numbers of the rules, as published. `overlap` 1 means that boxes over each other are all kept."""

    threshold: float = 0.3
    counting_threshold: float = 0.9
    most_objects: int = 16
    overlap: float = 1.0
    position: float = 0.1


RULES = Rules()


class Verdict(NamedTuple):
    """Whether all that was asked for is there, and what is not."""

    correct: bool
    reason: str


def check(
    pixels: Pixels, wanted: Mapping[str, Any], eyes: Eyes, counting: bool, rules: Rules = RULES
) -> Verdict:
    """Hold a picture against `include` and `exclude`; ValueError says why these eyes cannot.

    A kind is there where at least so many are found; colours and places are looked at in the surest of them only. What is to be
    in some place of another refers to it by its number in `include`.
    """
    _need_known(wanted, eyes)
    threshold = rules.counting_threshold if counting else rules.threshold
    objects = kept(eyes.detector.find(pixels), threshold, rules)
    reasons: list[str] = []
    matched: list[Sequence[Found] | None] = []
    for entry in wanted.get("include", ()):
        name, count = entry["class"], entry["count"]
        there = objects.get(name, [])[:count]
        wrong = f"{len(there)} of {count} {name}" if len(there) < count else ""
        wrong = wrong or _colours_wrong(pixels, there, entry, eyes.colours)
        wrong = wrong or _places_wrong(there, entry, matched, rules)
        matched.append(None if wrong else there)
        reasons += [wrong] if wrong else []
    for entry in wanted.get("exclude", ()):
        seen = len(objects.get(entry["class"], ()))
        if seen >= entry["count"]:
            reasons.append(f"{seen} {entry['class']} where fewer than {entry['count']} should be")
    return Verdict(not reasons, "; ".join(reasons))


def kept(found: Sequence[Found], threshold: float, rules: Rules = RULES) -> dict[str, list[Found]]:
    """For each kind the objects above the threshold, the surest first, at most so many, without those that one before overlaps."""
    kinds: dict[str, list[Found]] = {}
    for one in sorted(found, key=lambda one: -one.confidence):
        if one.confidence > threshold:
            kinds.setdefault(one.name, []).append(one)
    return {name: _apart(own[: rules.most_objects], rules.overlap) for name, own in kinds.items()}


def relations(one: Corners, other: Corners, share: float) -> frozenset[str]:
    """Where the first box lies from the second, by their middles; what overlaps by much has no place to the other.

    How far the middles are apart in a direction counts only beyond that share of both boxes' sizes in it.
    """
    centre = np.array([_middle(one), _middle(other)])
    offset = centre[0] - centre[1]
    sizes = np.array([_size(one), _size(other)]).sum(axis=0)
    beyond = np.maximum(np.abs(offset) - share * sizes, 0) * np.sign(offset)
    if bool(np.all(np.abs(beyond) < 1e-3)):
        return frozenset()
    across, down = (beyond / np.linalg.norm(offset)).tolist()
    said = (across < -0.5, across > 0.5, down < -0.5, down > 0.5)
    return frozenset(name for name, holds in zip(RELATIONS, said, strict=True) if holds)


def masked_crop(pixels: Pixels, found: Found) -> Pixels:
    """An object alone, on grey, within its box: what is around it shall not lend it its colour."""
    seen = pixels if found.mask is None else np.where(found.mask[..., None], pixels, np.uint8(_GREY))
    height, width = pixels.shape[:2]
    left, top, right, bottom = (round(side) for side in found.box)
    left, top = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
    return seen[top : max(bottom, top + 1), left : max(right, left + 1)]


def _need_known(wanted: Mapping[str, Any], eyes: Eyes) -> None:
    """What a detector cannot know it does not find: that would be its fault, not the picture's."""
    entries = [*wanted.get("include", ()), *wanted.get("exclude", ())]
    for entry in entries:
        if entry["class"] not in eyes.detector.names:
            raise ValueError(f"the detector knows no {entry['class']!r}")
        if "color" in entry and entry["color"] not in eyes.colours.colours:
            raise ValueError(f"the colour classifier knows no {entry['color']!r}")


def _colours_wrong(
    pixels: Pixels, there: Sequence[Found], entry: Mapping[str, Any], classifier: ColourClassifier
) -> str:
    colour: str | None = entry.get("color")
    if colour is None:
        return ""
    choices = [name for name in COLOURS if name in classifier.colours]
    seen = classifier.classify([masked_crop(pixels, one) for one in there], entry["class"], choices)
    right = sum(name == colour for name in seen)
    if right >= entry["count"]:
        return ""
    return f"{right} of {entry['count']} {colour} {entry['class']}; they are {', '.join(seen)}"


def _places_wrong(
    there: Sequence[Found],
    entry: Mapping[str, Any],
    matched: Sequence[Sequence[Found] | None],
    rules: Rules,
) -> str:
    if "position" not in entry:
        return ""
    relation, number = entry["position"]
    others = matched[number]
    if others is None:
        return f"no {entry['class']} {relation} what is not there"
    for one in there:
        for other in others:
            seen = relations(one.box, other.box, rules.position)
            if relation not in seen:
                return f"{entry['class']} is not {relation} {other.name} but {' and '.join(sorted(seen)) or 'upon it'}"
    return ""


def _apart(objects: Sequence[Found], overlap: float) -> list[Found]:
    left: list[Found] = []
    for one in objects:
        if overlap >= 1 or all(_shared(one.box, other.box) < overlap for other in left):
            left.append(one)
    return left


def _shared(one: Corners, other: Corners) -> float:
    """Intersection over union, in whole pixels, both ends included."""
    inner = (max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3]))
    shared = _pixels(inner)
    union = _pixels(one) + _pixels(other) - shared
    return shared / union if union else 0.0


def _pixels(box: Corners) -> float:
    return max(box[2] - box[0] + 1, 0) * max(box[3] - box[1] + 1, 0)


def _middle(box: Corners) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _size(box: Corners) -> tuple[float, float]:
    return abs(box[2] - box[0]), abs(box[3] - box[1])
