"""The lab's eyes for suites that a detector judges: they read pixels and know neither the task nor who painted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoloop.images import Box, Pixels, to_lab
from echoloop.lab.scenes import read
from echoloop.lab.scenes.vocabulary import COLOUR_RGB, COLOURS, NOUNS, Colour

_SURE = 0.99
_CONTRAST = 40
_GREY = 153
_NEAR_GREY = 14


@dataclass(frozen=True)
class SeenObject:
    """A thing as the reader found it: what it names it is sure of, and what is like no thing it does not name."""

    name: str
    confidence: float
    box: tuple[float, float, float, float]
    mask: NDArray[np.bool_] | None = None


class LabDetector:
    """The reader of scenes as a detector of the lab's eight nouns."""

    @property
    def names(self) -> Sequence[str]:
        return NOUNS

    def find(self, pixels: Pixels) -> Sequence[SeenObject]:
        """Every thing in the picture, with the pixels of its box that are not background."""
        apart = _apart(pixels)
        return [
            SeenObject(
                name=thing.noun, confidence=_SURE, box=_corners(thing.box), mask=_within(apart, thing.box)
            )
            for thing in read(pixels).things
        ]


class LabColours:
    """The nearest name of the lab's palette to what stands out in a crop."""

    @property
    def colours(self) -> Sequence[str]:
        return COLOURS

    def classify(self, crops: Sequence[Pixels], name: str, choices: Sequence[str]) -> list[str]:
        """A colour for each crop, whatever is in it: so does CLIP."""
        del name
        return [_colour(crop, [colour for colour in COLOURS if colour in choices]) for crop in crops]


@dataclass(frozen=True)
class LabEyes:
    """What `--detector echoloop.lab.detector:open_detector` opens."""

    detector: LabDetector
    colours: LabColours


def open_detector() -> LabEyes:
    """The lab's eyes: nothing has to be fetched."""
    return LabEyes(LabDetector(), LabColours())


def _apart(pixels: Pixels) -> NDArray[np.bool_]:
    """What is not of the colour of the left and right edges, where nothing is ever drawn."""
    edges = np.concatenate((pixels[:, :3].reshape(-1, 3), pixels[:, -3:].reshape(-1, 3)))
    plain = np.median(edges, axis=0).astype(np.int16)
    return np.abs(pixels.astype(np.int16) - plain).max(axis=-1) > _CONTRAST


def _within(apart: NDArray[np.bool_], box: Box) -> NDArray[np.bool_]:
    mask = np.zeros_like(apart)
    mask[box.top : box.bottom, box.left : box.right] = apart[box.top : box.bottom, box.left : box.right]
    return mask


def _corners(box: Box) -> tuple[float, float, float, float]:
    return float(box.left), float(box.top), float(box.right), float(box.bottom)


def _colour(crop: Pixels, choices: Sequence[Colour]) -> str:
    """The choice nearest to the median of what is not the grey of a mask; a picture's tint counts little, as for the reader."""
    flat = crop.reshape(-1, 3)
    coloured = np.abs(flat.astype(np.int16) - _GREY).max(axis=1) > _NEAR_GREY
    seen = to_lab(np.median(flat[coloured] if coloured.any() else flat, axis=0).astype(np.uint8))
    away = seen - to_lab(np.array([COLOUR_RGB[choice] for choice in choices], np.uint8))
    return choices[int(np.argmin((away**2 * (1, 1, 0.4)).sum(axis=-1)))]
