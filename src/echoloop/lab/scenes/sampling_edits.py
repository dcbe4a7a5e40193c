"""Seeded edits that make sense for the pictures they are asked of."""

from collections.abc import Callable

import numpy as np

from echoloop.lab.scenes.requests import (
    Add,
    AddWord,
    ChangeBackground,
    Combine,
    Edit,
    KeepFace,
    Recolour,
    Remove,
    RewriteWord,
)
from echoloop.lab.scenes.sampling import WORDS, pick
from echoloop.lab.scenes.scene import Scene
from echoloop.lab.scenes.vocabulary import (
    BACKGROUNDS,
    BANDS,
    CELLS,
    COLOURS,
    NOUNS,
    SIZES,
    Background,
    Cell,
    Colour,
)


def sample_edit(rng: np.random.Generator, *scenes: Scene) -> Edit:
    """An edit the first scene allows; with a second scene of another background, often a Combine."""
    first = scenes[0]
    makers: list[Callable[[np.random.Generator, Scene], Edit]] = [_change_background]
    if first.things:
        makers += [_recolour, _recolour, _remove]
    if first.faces:
        makers += [_keep_face, _keep_face]
    if len(first.taken()) < len(CELLS):
        makers.append(_add)
    if first.words:
        makers.append(_rewrite)
    if len(first.words) < len(BANDS):
        makers.append(_add_word)
    if len(scenes) > 1 and first.things and scenes[1].background != first.background and rng.random() < 0.7:
        thing = pick(rng, first.things)
        return Combine(noun=thing.noun, colour=thing.colour)
    return pick(rng, makers)(rng, first)


def _other_background(rng: np.random.Generator, scene: Scene) -> Background:
    return pick(rng, [name for name in BACKGROUNDS if name != scene.background])


def _change_background(rng: np.random.Generator, scene: Scene) -> Edit:
    return ChangeBackground(background=_other_background(rng, scene))


def _keep_face(rng: np.random.Generator, scene: Scene) -> Edit:
    return KeepFace(background=_other_background(rng, scene))


def _recolour(rng: np.random.Generator, scene: Scene) -> Edit:
    thing = pick(rng, scene.things)
    taken = {other.colour for other in scene.things if other.noun == thing.noun}
    free: list[Colour] = [colour for colour in COLOURS if colour not in taken]
    if not free:
        return Remove(noun=thing.noun, colour=thing.colour)
    return Recolour(noun=thing.noun, old=thing.colour, new=pick(rng, free))


def _remove(rng: np.random.Generator, scene: Scene) -> Edit:
    thing = pick(rng, scene.things)
    return Remove(noun=thing.noun, colour=thing.colour)


def _add(rng: np.random.Generator, scene: Scene) -> Edit:
    free: list[Cell] = [cell for cell in CELLS if cell not in scene.taken()]
    return Add(noun=pick(rng, NOUNS), colour=pick(rng, COLOURS), size=pick(rng, SIZES), cell=pick(rng, free))


def _add_word(rng: np.random.Generator, scene: Scene) -> Edit:
    taken = {lettering.band for lettering in scene.words}
    words = [word for word in WORDS if word not in {lettering.word for lettering in scene.words}]
    return AddWord(word=pick(rng, words), band=pick(rng, [band for band in BANDS if band not in taken]))


def _rewrite(rng: np.random.Generator, scene: Scene) -> Edit:
    old = pick(rng, scene.words).word
    return RewriteWord(old=old, new=pick(rng, [word for word in WORDS if word != old]))
