"""Pixels to scene: an independent detector that knows the palette, the alphabet and its own stencils."""

from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from echoloop.images import Box, Lab, Pixels, to_lab
from echoloop.lab.scenes.reading_parts import Patch, face_in, is_face, thing_in, trimmed, word_in
from echoloop.lab.scenes.scene import Lettering, SceneReading, SeenFace, SeenThing
from echoloop.lab.scenes.vocabulary import BACKGROUND_RGB, BACKGROUNDS, Background, Band

_SIDE = 192
_LONGEST = 4 * _SIDE
_CONTRAST = 40
_SMALLEST, _SMALLEST_LETTER = 60, 15
_MOST_PATCHES = 60
_BAND = 27


def read(pixels: Pixels) -> SceneReading:
    """What is in the picture, from its pixels alone."""
    height, width = int(pixels.shape[0]), int(pixels.shape[1])
    view = _normalised(pixels)
    plain = _plain(view)
    background, shift = _background(plain)
    things: list[SeenThing] = []
    faces: list[SeenFace] = []
    letters: dict[Band, list[Box]] = {"top": [], "bottom": []}
    scale = width / view.shape[1], height / view.shape[0]
    for box, mask in _patches(view, plain):
        patch = Patch(view, box, mask, plain, shift, scale)
        band = _band_of(box, view.shape[0])
        if band is not None:
            letters[band].append(box)
        elif mask.sum() < _SMALLEST:
            continue
        elif is_face(patch):
            faces.append(face_in(patch))
        elif (thing := thing_in(trimmed(patch))) is not None:
            things.append(thing)
    words: list[tuple[Band, str | None]] = [
        (band, word_in(view, boxes, background)) for band, boxes in letters.items() if boxes
    ]
    return SceneReading(
        width=width,
        height=height,
        background=background,
        things=tuple(things),
        words=tuple(Lettering(word=word, band=band) for band, word in words if word is not None),
        faces=tuple(faces),
        tint=float(shift[2]),
        darkening=float(shift[0]),
    )


def _normalised(pixels: Pixels) -> Pixels:
    height, width = int(pixels.shape[0]), int(pixels.shape[1])
    scale = _SIDE / min(width, height)
    size = min(round(width * scale), _LONGEST), min(round(height * scale), _LONGEST)
    if size == (width, height):
        return pixels
    return np.array(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))


def _plain(view: Pixels) -> Pixels:
    """The colour of the left and right edges, where nothing is ever drawn."""
    rows = slice(_BAND + 6, view.shape[0] - _BAND - 6)
    edge = np.concatenate((view[rows, :3].reshape(-1, 3), view[rows, -3:].reshape(-1, 3)))
    return np.median(edge, axis=0).astype(np.uint8)


def _background(plain: Pixels) -> tuple[Background, Lab]:
    """The background's name, and how far the whole picture is shifted from it in Lab (a* is left alone)."""
    seen = to_lab(plain)
    known = to_lab(np.array([BACKGROUND_RGB[name] for name in BACKGROUNDS], np.uint8))
    away = seen - known
    nearest = int(np.argmin((away**2 * (1, 1, 0.4)).sum(axis=-1)))
    return BACKGROUNDS[nearest], (away[nearest] * (1, 0, 1)).astype(np.float32)


def _patches(view: Pixels, plain: Pixels) -> list[tuple[Box, NDArray[np.bool_]]]:
    """Connected regions that differ from the background, top to bottom; what lies inside another is part of it."""
    red, green, blue = (np.abs(view[..., c].astype(np.int16) - int(plain[c])) for c in range(3))
    apart = np.maximum(np.maximum(red, green), blue) > _CONTRAST
    found = ndimage.label(apart, structure=np.ones((3, 3)))
    labels, count = cast(tuple[NDArray[np.int32], int], found)
    areas = np.bincount(labels.ravel(), minlength=count + 1)
    spots = ndimage.find_objects(labels)
    keep = [label for label in np.argsort(-areas[1:])[:_MOST_PATCHES] + 1 if areas[label] >= _SMALLEST_LETTER]
    patches: list[tuple[Box, NDArray[np.bool_]]] = []
    for label in sorted(keep):
        down, across = spots[label - 1]
        box = Box(left=across.start, top=down.start, right=across.stop, bottom=down.stop)
        patches.append((box, labels[down, across] == label))
    return [patch for patch in patches if not any(_inside(patch[0], other) for other, _ in patches)]


def _inside(box: Box, other: Box) -> bool:
    """Strictly: the eye of a face, not the face itself."""
    return (
        other.left < box.left
        and box.right < other.right
        and other.top < box.top
        and box.bottom < other.bottom
    )


def _band_of(box: Box, height: int) -> Band | None:
    """Where only letters are ever found."""
    if box.bottom <= _BAND + 9:
        return "top"
    return "bottom" if box.top >= height - _BAND - 9 else None
