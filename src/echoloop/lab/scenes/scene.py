"""A picture as a list of what is in it, and the same as a reader found it."""

import re

import msgspec

from echoloop.images import Box
from echoloop.lab.scenes.vocabulary import (
    Background,
    Band,
    Cell,
    Colour,
    Eyes,
    Hair,
    Mouth,
    Noun,
    Size,
    Skin,
)

WORD = re.compile(r"[A-Z0-9]{1,10}")
SMALLEST_SIDE = 128


class BadScene(ValueError):
    """A scene that cannot be drawn, with the field at fault."""


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """One object in one cell of the 3 x 3 grid."""

    noun: Noun
    colour: Colour
    size: Size = "large"
    cell: Cell


class Lettering(msgspec.Struct, frozen=True, kw_only=True):
    """A word of A-Z and 0-9, at most ten letters, along the top or the bottom."""

    word: str
    band: Band = "top"


class Face(msgspec.Struct, frozen=True, kw_only=True):
    """A cartoon face whose identity is skin, hair and eye spacing; the mouth is its mood."""

    skin: Skin
    hair: Hair
    eyes: Eyes
    mouth: Mouth
    cell: Cell


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """A drawable picture: nothing overlaps, every word fits."""

    width: int = 192
    height: int = 192
    background: Background = "white"
    things: tuple[Thing, ...] = ()
    words: tuple[Lettering, ...] = ()
    faces: tuple[Face, ...] = ()

    def __post_init__(self) -> None:
        if min(self.width, self.height) < SMALLEST_SIDE:
            raise BadScene(f"Scene is {self.width} x {self.height}; both sides need at least {SMALLEST_SIDE}")
        cells = self.taken()
        if len(set(cells)) != len(cells):
            raise BadScene(f"Scene has two objects in one cell: {sorted(cells)}; give each its own")
        bands = [lettering.band for lettering in self.words]
        if len(set(bands)) != len(bands):
            raise BadScene("Scene has two words in one band; use top and bottom once each")
        for lettering in self.words:
            if not WORD.fullmatch(lettering.word):
                raise BadScene(f"Scene word {lettering.word!r} is not 1..10 letters of A-Z0-9")

    def taken(self) -> tuple[Cell, ...]:
        """The cells that hold something."""
        return tuple(held.cell for held in (*self.things, *self.faces))


class SeenThing(msgspec.Struct, frozen=True, kw_only=True):
    """A thing as found in pixels; `box` is in the pixels of the picture that was read."""

    noun: Noun
    colour: Colour
    size: Size
    cell: Cell
    box: Box


class SeenFace(msgspec.Struct, frozen=True, kw_only=True):
    """A face as found in pixels."""

    skin: Skin
    hair: Hair
    eyes: Eyes
    mouth: Mouth
    cell: Cell
    box: Box


class SceneReading(msgspec.Struct, frozen=True, kw_only=True):
    """What the detector found. `tint` and `darkening` estimate the picture's global shift in b* and L*."""

    width: int
    height: int
    background: Background
    things: tuple[SeenThing, ...] = ()
    words: tuple[Lettering, ...] = ()
    faces: tuple[SeenFace, ...] = ()
    tint: float = 0.0
    darkening: float = 0.0


def scene_of(reading: SceneReading) -> Scene:
    """The scene a reading claims; a second claim on a cell or band is dropped."""
    faces = {seen.cell: _face(seen) for seen in reversed(reading.faces)}
    things = {seen.cell: _thing(seen) for seen in reversed(reading.things)}
    words = {lettering.band: lettering for lettering in reversed(reading.words)}
    return Scene(
        width=max(reading.width, SMALLEST_SIDE),
        height=max(reading.height, SMALLEST_SIDE),
        background=reading.background,
        things=tuple(reversed([thing for cell, thing in things.items() if cell not in faces])),
        words=tuple(reversed(list(words.values()))),
        faces=tuple(reversed(list(faces.values()))),
    )


def _thing(seen: SeenThing) -> Thing:
    return Thing(noun=seen.noun, colour=seen.colour, size=seen.size, cell=seen.cell)


def _face(seen: SeenFace) -> Face:
    return Face(skin=seen.skin, hair=seen.hair, eyes=seen.eyes, mouth=seen.mouth, cell=seen.cell)
