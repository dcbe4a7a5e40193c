"""What can be wrong with a picture, planted on purpose so that a complaint about it is true."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
from msgspec.structs import replace

from echoloop.images import Pixels, from_lab, to_lab
from echoloop.lab.scenes.scene import Face, Lettering, Scene, Thing
from echoloop.lab.scenes.vocabulary import CELLS, COLOURS, HAIRS, SKINS, Cell
from echoloop.lab.town.truth import Defect

DEFECT_RATE = 0.4
"""The share of output pictures that get a defect in a faulty town."""

WEIGHTS: Mapping[Defect, float] = {
    "yellow tint": 4,
    "wrong count": 1.5,
    "bad spelling": 6,
    "face changed": 30,
    "wrong colour": 1.5,
    "layout moved": 6,
    "cropped": 1,
}
"""How likely among those that a picture can have; few pictures have a word or a face that could suffer."""

_YELLOW_SHIFT = 14.0
_KEPT_WHEN_CROPPED = 0.72

T = TypeVar("T")


def choose_defect(scene: Scene, *, edited: bool, rng: np.random.Generator) -> Defect:
    """One of the defects that this scene can have; faces and layouts change only where there was a picture before."""
    possible: list[Defect] = [defect for defect in WEIGHTS if _possible(defect, scene, edited)]
    weights = np.array([WEIGHTS[defect] for defect in possible])
    return possible[int(rng.choice(len(possible), p=weights / weights.sum()))]


def spoil_scene(scene: Scene, defect: Defect, rng: np.random.Generator) -> Scene:
    """The scene that is drawn instead; the same scene for defects of the whole picture."""
    match defect:
        case "wrong count":
            return replace(scene, things=_miscounted(scene, rng))
        case "bad spelling":
            return replace(scene, words=(_misspelt(scene.words[0], rng), *scene.words[1:]))
        case "face changed":
            return replace(scene, faces=(_changed(scene.faces[0], rng), *scene.faces[1:]))
        case "wrong colour":
            things, at = scene.things, int(rng.integers(len(scene.things)))
            other = replace(things[at], colour=_other(COLOURS, things[at].colour, rng))
            return replace(scene, things=(*things[:at], other, *things[at + 1 :]))
        case "layout moved":
            moved = replace(scene.things[0], cell=_pick(_free_cells(scene), rng))
            return replace(scene, things=(moved, *scene.things[1:]))
        case "yellow tint" | "cropped":
            return scene


def spoil_pixels(pixels: Pixels, defect: Defect | None) -> Pixels:
    """The defects that are in no scene."""
    if defect == "yellow tint":
        return from_lab(to_lab(pixels) + np.array([0, 0, _YELLOW_SHIFT], dtype=np.float32))
    if defect == "cropped":
        return pixels[: int(pixels.shape[0] * _KEPT_WHEN_CROPPED)].copy()
    return pixels


def _possible(defect: Defect, scene: Scene, edited: bool) -> bool:
    match defect:
        case "bad spelling":
            return bool(scene.words)
        case "face changed":
            return edited and bool(scene.faces)
        case "wrong count":
            return len(scene.things) > 1
        case "wrong colour":
            return bool(scene.things)
        case "layout moved":
            return edited and bool(scene.things) and bool(_free_cells(scene))
        case "yellow tint" | "cropped":
            return True


def _miscounted(scene: Scene, rng: np.random.Generator) -> tuple[Thing, ...]:
    free = _free_cells(scene)
    if free and rng.random() < 0.5:
        return (*scene.things, replace(scene.things[-1], cell=_pick(free, rng)))
    return scene.things[:-1]


def _misspelt(lettering: Lettering, rng: np.random.Generator) -> Lettering:
    at = int(rng.integers(len(lettering.word)))
    letter = _other("AEKMORSTUX", lettering.word[at], rng)
    return replace(lettering, word=lettering.word[:at] + letter + lettering.word[at + 1 :])


def _changed(face: Face, rng: np.random.Generator) -> Face:
    if rng.random() < 0.5:
        return replace(face, hair=_other(HAIRS, face.hair, rng))
    return replace(face, skin=_other(SKINS, face.skin, rng))


def _free_cells(scene: Scene) -> list[Cell]:
    taken = scene.taken()
    return [cell for cell in CELLS if cell not in taken]


def _pick(choices: Sequence[T], rng: np.random.Generator) -> T:
    return choices[int(rng.integers(len(choices)))]


def _other(choices: Sequence[T], present: T, rng: np.random.Generator) -> T:
    return _pick([choice for choice in choices if choice != present], rng)
