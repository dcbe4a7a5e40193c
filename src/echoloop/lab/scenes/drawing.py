"""Scene to pixels."""

import math
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from echoloop.images import Pixels
from echoloop.lab.scenes.glyphs import HEIGHT, PITCH, WIDTH, glyphs
from echoloop.lab.scenes.scene import Face, Lettering, Scene, Thing
from echoloop.lab.scenes.vocabulary import (
    BACKGROUND_RGB,
    CELLS,
    COLOUR_RGB,
    DARK_INK,
    HAIR_RGB,
    RGB,
    SKIN_RGB,
    Cell,
    Noun,
    ink_on,
)

MOST_SHIFT = 5
_BAND, _MARGIN = 27, 3
_SPAN = {"small": 26, "large": 40}
_FACE_SPAN = 40
_EYE_REACH = {"close": 0.12, "even": 0.20, "wide": 0.28}
_FINE = 4


def draw(scene: Scene, shift: tuple[int, int] = (0, 0)) -> Pixels:
    """The scene at its size; `shift` moves its whole content by up to MOST_SHIFT pixels (right, down)."""
    if max(map(abs, shift)) > MOST_SHIFT:
        raise ValueError(f"shift is {shift}; each part may be at most {MOST_SHIFT} pixels")
    canvas = Image.new("RGB", (scene.width, scene.height), BACKGROUND_RGB[scene.background])
    ink = ink_on(scene.background)
    for thing in scene.things:
        _paste_thing(canvas, thing, shift)
    for face in scene.faces:
        _paste_face(canvas, face, ink, shift)
    for lettering in scene.words:
        _paste_word(canvas, lettering, ink, shift)
    return np.array(canvas, dtype=np.uint8)


def _unit(canvas: Image.Image) -> float:
    return min(canvas.size) / 192


def _corner(canvas: Image.Image, cell: Cell, span: int, shift: tuple[int, int]) -> tuple[int, int]:
    row, column = divmod(CELLS.index(cell), 3)
    band = _BAND * _unit(canvas)
    across = canvas.width * (column + 0.5) / 3
    down = band + (canvas.height - 2 * band) * (row + 0.5) / 3
    return round(across - span / 2) + shift[0], round(down - span / 2) + shift[1]


def _paste_thing(canvas: Image.Image, thing: Thing, shift: tuple[int, int]) -> None:
    span = round(_SPAN[thing.size] * _unit(canvas))
    canvas.paste(
        COLOUR_RGB[thing.colour], _corner(canvas, thing.cell, span, shift), _stencil(thing.noun, span)
    )


def _paste_face(canvas: Image.Image, face: Face, ink: RGB, shift: tuple[int, int]) -> None:
    span = round(_FACE_SPAN * _unit(canvas))
    plain = Face(skin=face.skin, hair=face.hair, eyes=face.eyes, mouth=face.mouth, cell="centre")
    canvas.paste(_portrait(plain, span, ink), _corner(canvas, face.cell, span, shift), _stencil("ball", span))


def _paste_word(canvas: Image.Image, lettering: Lettering, ink: RGB, shift: tuple[int, int]) -> None:
    scale = max(2, math.floor(3 * _unit(canvas)))
    mask = _word_mask(lettering.word, scale)
    margin = round(_MARGIN * _unit(canvas))
    left = (canvas.width - mask.width) // 2 + shift[0]
    top = (margin if lettering.band == "top" else canvas.height - margin - mask.height) + shift[1]
    inside = (
        min(max(left, 1), canvas.width - mask.width - 1),
        min(max(top, 1), canvas.height - mask.height - 1),
    )
    canvas.paste(ink, inside, mask)


@lru_cache(maxsize=1024)
def _word_mask(word: str, scale: int) -> Image.Image:
    dots = np.zeros((HEIGHT, PITCH * len(word) - (PITCH - WIDTH)), np.uint8)
    for at, letter in enumerate(word):
        dots[:, PITCH * at : PITCH * at + WIDTH] = 255 * glyphs()[letter]
    return Image.fromarray(dots.repeat(scale, axis=0).repeat(scale, axis=1))


@lru_cache(maxsize=256)
def _stencil(noun: Noun, span: int) -> Image.Image:
    side = span * _FINE
    mask = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(mask)
    end = side - 1
    match noun:
        case "ball":
            pen.ellipse((0, 0, end, end), 255)
        case "box":
            pen.rectangle((0, 0, end, end), 255)
        case "ring":
            pen.ellipse((0, 0, end, end), 255)
            pen.ellipse((0.25 * side, 0.25 * side, 0.75 * side, 0.75 * side), 0)
        case "moon":
            pen.ellipse((-0.22 * side, 0, 0.78 * side, end), 255)
            pen.ellipse((-0.62 * side, 0.08 * side, 0.42 * side, 0.92 * side), 0)
        case "tent" | "star" | "heart" | "kite":
            pen.polygon([(x * end, y * end) for x, y in _outline(noun)], 255)
    return mask.reduce(_FINE)


def _outline(noun: Noun) -> list[tuple[float, float]]:
    if noun == "tent":
        return [(0.5, 0.04), (1.0, 0.96), (0.0, 0.96)]
    if noun == "kite":
        return [(0.5, 0.0), (0.84, 0.36), (0.5, 1.0), (0.16, 0.36)]
    if noun == "star":
        reach = [0.52 if i % 2 == 0 else 0.21 for i in range(10)]
        turn = [math.pi * (i / 5 - 0.5) for i in range(10)]
        return [(0.5 + r * math.cos(t), 0.54 + r * math.sin(t)) for r, t in zip(reach, turn, strict=True)]
    turns = [2 * math.pi * i / 60 for i in range(60)]
    return [(0.5 + math.sin(t) ** 3 / 2, 0.44 - _heart_height(t) / 32) for t in turns]


def _heart_height(turn: float) -> float:
    return 13 * math.cos(turn) - 5 * math.cos(2 * turn) - 2 * math.cos(3 * turn) - math.cos(4 * turn)


@lru_cache(maxsize=1024)
def _portrait(face: Face, span: int, ink: RGB) -> Image.Image:
    side = span * _FINE
    canvas = Image.new("RGB", (side, side), ink)
    pen = ImageDraw.Draw(canvas)

    def box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return left * side, top * side, right * side, bottom * side

    head = box(0.06, 0.06, 0.94, 0.94)
    pen.ellipse(head, SKIN_RGB[face.skin])
    pen.chord(head, 201, 339, HAIR_RGB[face.hair])
    for x in (0.5 - _EYE_REACH[face.eyes], 0.5 + _EYE_REACH[face.eyes]):
        pen.ellipse(box(x - 0.065, 0.42, x + 0.065, 0.55), DARK_INK)
    match face.mouth:
        case "smiling":
            pen.arc(box(0.28, 0.46, 0.72, 0.82), 20, 160, DARK_INK, round(0.075 * side))
        case "serious":
            pen.rectangle(box(0.31, 0.69, 0.69, 0.76), DARK_INK)
        case "surprised":
            pen.ellipse(box(0.40, 0.63, 0.60, 0.84), DARK_INK)
    return canvas.reduce(_FINE)
