"""One patch of pixels to one thing, face or word."""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from echoloop.images import Box, Lab, Pixels, to_lab
from echoloop.lab.scenes.glyphs import HEIGHT, PITCH, WIDTH, glyphs
from echoloop.lab.scenes.scene import SeenFace, SeenThing
from echoloop.lab.scenes.stencils import SIDE, stencils
from echoloop.lab.scenes.vocabulary import (
    CELLS,
    COLOUR_RGB,
    COLOURS,
    HAIR_RGB,
    HAIRS,
    NOUNS,
    RGB,
    SKIN_RGB,
    SKINS,
    Background,
    Cell,
    Eyes,
    Mouth,
)

_LARGE_FROM = 33
_UNLIKE_ANYTHING = 0.18
_UNLIKE_ANY_WORD = 0.15
_BAND = 27
_FACE = 40
_T = TypeVar("_T", bound=np.generic)


@dataclass(frozen=True)
class Patch:
    """A connected region of the normalised view, with what is known about the whole picture."""

    view: Pixels
    box: Box
    mask: NDArray[np.bool_]
    plain: Pixels
    shift: Lab
    scale: tuple[float, float]

    @property
    def pixels(self) -> Pixels:
        return self.view[self.box.top : self.box.bottom, self.box.left : self.box.right]

    @property
    def cell(self) -> Cell:
        height, width = self.view.shape[:2]
        across = (self.box.left + self.box.right) / 2 * 3 / width
        down = ((self.box.top + self.box.bottom) / 2 - _BAND) * 3 / (height - 2 * _BAND)
        return CELLS[3 * min(max(int(down), 0), 2) + min(max(int(across), 0), 2)]

    @property
    def original_box(self) -> Box:
        wide, high = self.scale
        return Box(
            left=round(self.box.left * wide),
            top=round(self.box.top * high),
            right=round(self.box.right * wide),
            bottom=round(self.box.bottom * high),
        )

    def nearest(self, pixels: NDArray[np.uint8], palette: list[RGB]) -> int:
        """The palette entry nearest to the median pixel once the picture's own shift is taken off."""
        seen = to_lab(np.median(pixels.reshape(-1, 3), axis=0).astype(np.uint8)) - self.shift
        away = seen - to_lab(np.array(palette, np.uint8))
        return int(np.argmin((away**2 * (1, 1, 0.4)).sum(axis=-1)))


def is_face(patch: Patch) -> bool:
    """A filled disc with a little ink near its middle: no thing has both."""
    wide, high = patch.box.right - patch.box.left, patch.box.bottom - patch.box.top
    if not (0.85 < wide / high < 1.18 and 33 <= high <= 50):
        return False
    mask = patch.mask
    filled = np.maximum.accumulate(mask, axis=1) & np.maximum.accumulate(mask[:, ::-1], axis=1)[:, ::-1]
    if not 0.7 < float(filled.mean()) < 0.88:
        return False
    bright = patch.pixels.mean(axis=-1)
    neutral = patch.pixels.max(axis=-1).astype(np.int16) - patch.pixels.min(axis=-1) < 62
    features = slice(round(0.4 * high), round(0.88 * high)), slice(wide // 6, -wide // 6)
    nose = slice(round(0.57 * high), round(0.61 * high)), slice(round(0.4 * wide), round(0.6 * wide))
    ink = neutral & (bright < min(80.0, 0.65 * float(np.median(bright[features]))))
    return 0.02 < float(ink[features].mean()) < 0.3 and float(ink[nose].mean()) < 0.5


def trimmed(patch: Patch) -> Patch:
    """Without the fringe that lossy chroma leaves: only what is at least half as far from plain as the whole."""
    apart = np.abs(patch.pixels.astype(np.int16) - patch.plain.astype(np.int16)).max(axis=-1)
    mask = patch.mask & (apart > 0.5 * float(np.median(apart[patch.mask])))
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, left, bottom, right = int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1
    box = Box(
        left=patch.box.left + left,
        top=patch.box.top + top,
        right=patch.box.left + right,
        bottom=patch.box.top + bottom,
    )
    return replace(patch, box=box, mask=mask[top:bottom, left:right])


def thing_in(patch: Patch) -> SeenThing | None:
    """The thing this patch is, or None where it is like no thing."""
    frame = Image.fromarray(patch.mask.astype(np.uint8) * 255).resize((SIDE, SIDE), Image.Resampling.BOX)
    coverage = np.asarray(frame, dtype=np.float64) / 255
    unlike = [float(np.mean((coverage - stencils()[noun]) ** 2)) for noun in NOUNS]
    best = int(np.argmin(unlike))
    if unlike[best] > _UNLIKE_ANYTHING:
        return None
    span = max(patch.box.right - patch.box.left, patch.box.bottom - patch.box.top)
    colour = patch.nearest(patch.pixels[patch.mask], list(COLOUR_RGB.values()))
    return SeenThing(
        noun=NOUNS[best],
        colour=COLOURS[colour],
        size="large" if span >= _LARGE_FROM else "small",
        cell=patch.cell,
        box=patch.original_box,
    )


def face_in(patch: Patch) -> SeenFace:
    """The parameters of the face this patch is."""
    face = np.asarray(Image.fromarray(patch.pixels).resize((_FACE, _FACE), Image.Resampling.BILINEAR))
    skin_pixels = _region(face, 0.57, 0.61, 0.3, 0.7)
    dark = face.mean(axis=-1) < 0.6 * np.median(skin_pixels.mean(axis=-1))
    return SeenFace(
        skin=SKINS[patch.nearest(skin_pixels, list(SKIN_RGB.values()))],
        hair=HAIRS[patch.nearest(_region(face, 0.12, 0.25, 0.35, 0.65), list(HAIR_RGB.values()))],
        eyes=_eyes(_region(dark, 0.43, 0.55, 0.12, 0.88)),
        mouth=_mouth(_region(dark, 0.61, 0.87, 0.22, 0.78)),
        cell=patch.cell,
        box=patch.original_box,
    )


def _region(face: NDArray[_T], top: float, bottom: float, left: float, right: float) -> NDArray[_T]:
    rows = slice(round(top * _FACE), round(bottom * _FACE))
    return face[rows, round(left * _FACE) : round(right * _FACE)]


def _eyes(dark: NDArray[np.bool_]) -> Eyes:
    weight = dark.sum(axis=0)
    if not weight.any():
        return "even"
    reach = np.abs((np.arange(len(weight)) + 0.5) / _FACE - len(weight) / 2 / _FACE)
    away = float((reach * weight).sum() / weight.sum())
    return "close" if away < 0.16 else "even" if away < 0.24 else "wide"


def _mouth(dark: NDArray[np.bool_]) -> Mouth:
    rows, columns = dark.any(axis=1).sum(), dark.any(axis=0).sum()
    shape = float(columns) / max(float(rows), 1.0)
    return "surprised" if shape < 1.7 else "smiling" if shape < 3.6 else "serious"


def word_in(view: Pixels, letters: list[Box], background: Background) -> str | None:
    """The word whose letters lie in these boxes, read against the alphabet."""
    left, right = min(box.left for box in letters), max(box.right for box in letters)
    top, bottom = min(box.top for box in letters), max(box.bottom for box in letters)
    bright = view[top:bottom, left:right].mean(axis=-1)
    inked = bright if background == "night" else 255 - bright
    inked = _trimmed((inked - inked.min()) / max(float(np.ptp(inked)), 1.0))
    if inked.shape[0] < HEIGHT:
        return None
    pitch = inked.shape[0] / HEIGHT * PITCH
    count = round((inked.shape[1] + pitch / PITCH) / pitch)
    if not 1 <= count <= 10:
        return None
    soft = Image.fromarray((inked * 255).astype(np.uint8))
    dots = np.asarray(soft.resize((PITCH * count - (PITCH - WIDTH), HEIGHT), Image.Resampling.BOX)) / 255
    names, shapes = list(glyphs()), np.array(list(glyphs().values()), dtype=np.float64)
    word: list[str] = []
    unlike = 0.0
    for at in range(count):
        away = ((shapes - dots[:, PITCH * at : PITCH * at + WIDTH]) ** 2).mean(axis=(1, 2))
        unlike += float(away.min()) / count
        word.append(names[int(np.argmin(away))])
    return "".join(word) if unlike < _UNLIKE_ANY_WORD else None


def _trimmed(inked: NDArray[np.floating]) -> NDArray[np.floating]:
    """Without the blurred rim: rows and columns from the first to the last that hold real ink."""
    rows, columns = np.flatnonzero((inked > 0.5).any(axis=1)), np.flatnonzero((inked > 0.5).any(axis=0))
    if not rows.size:
        return inked[:0, :0]
    return inked[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
