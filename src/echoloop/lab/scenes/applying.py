"""Requests carried out: an edit on what was read from its inputs, a prompt on an empty canvas."""

from collections.abc import Sequence

import msgspec
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
    SceneRequest,
)
from echoloop.lab.scenes.scene import Lettering, Scene, SceneReading, Thing, scene_of
from echoloop.lab.scenes.vocabulary import CELLS, Cell


def apply_edit(edit: Edit, inputs: Sequence[SceneReading]) -> Scene:
    """The faultless result of an edit; what it names but the picture lacks is left as it is."""
    scene = scene_of(inputs[0])
    match edit:
        case Recolour(noun=noun, old=old, new=new):
            return _with_things(
                scene,
                [
                    msgspec.structs.replace(thing, colour=new)
                    if (thing.noun, thing.colour) == (noun, old)
                    else thing
                    for thing in scene.things
                ],
            )
        case Remove(noun=noun, colour=colour):
            return _with_things(scene, [t for t in scene.things if (t.noun, t.colour) != (noun, colour)])
        case Add(noun=noun, colour=colour, size=size, cell=cell):
            kept = [thing for thing in scene.things if thing.cell != cell]
            added = Thing(noun=noun, colour=colour, size=size, cell=cell)
            faces = tuple(face for face in scene.faces if face.cell != cell)
            return msgspec.structs.replace(scene, things=(*kept, added), faces=faces)
        case ChangeBackground(background=background) | KeepFace(background=background):
            return msgspec.structs.replace(scene, background=background)
        case AddWord(word=word, band=band):
            others = [lettering for lettering in scene.words if lettering.band != band]
            return msgspec.structs.replace(scene, words=(*others, Lettering(word=word, band=band)))
        case RewriteWord(old=old, new=new):
            words = [Lettering(word=new, band=w.band) if w.word == old else w for w in scene.words]
            return msgspec.structs.replace(scene, words=tuple(words))
        case Combine(noun=noun, colour=colour):
            kept = [thing for thing in scene.things if (thing.noun, thing.colour) == (noun, colour)]
            return Scene(
                width=scene.width, height=scene.height, background=inputs[1].background, things=tuple(kept)
            )


def realise(request: SceneRequest, rng: np.random.Generator, *, width: int = 192, height: int = 192) -> Scene:
    """A scene that fulfils the request as far as nine cells allow; what was left open is drawn by lot."""
    reserved = {face.cell for face in request.faces} | {cell for w in request.things for cell in w.cells}
    free: list[Cell] = [cell for cell in CELLS if cell not in reserved]
    rng.shuffle(free)
    used = {face.cell for face in request.faces}
    things: list[Thing] = []
    for wanted in request.things:
        size = wanted.size or ("large" if rng.random() < 0.5 else "small")
        for cell in wanted.cells or tuple(free.pop() for _ in range(min(wanted.count, len(free)))):
            if cell not in used:
                used.add(cell)
                things.append(Thing(noun=wanted.noun, colour=wanted.colour, size=size, cell=cell))
    words = {lettering.band: lettering for lettering in request.words}
    faces = {face.cell: face for face in request.faces}
    return Scene(
        width=width,
        height=height,
        background=request.background,
        things=tuple(things),
        words=tuple(words.values()),
        faces=tuple(faces.values()),
    )


def _with_things(scene: Scene, things: list[Thing]) -> Scene:
    return msgspec.structs.replace(scene, things=tuple(things))
