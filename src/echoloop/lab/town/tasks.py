"""What the people of the town ask for: the words of a prompt, the pictures that go in, and the one that is meant."""

import msgspec
import numpy as np
from msgspec.structs import replace

from echoloop.images import Box
from echoloop.lab.scenes import (
    STYLES,
    Combine,
    Language,
    Scene,
    SceneReading,
    SeenFace,
    SeenThing,
    Style,
    apply_edit,
    describe,
    describe_edit,
    sample_edit,
    sample_scene,
)
from echoloop.lab.scenes.vocabulary import COLOURS

_NOWHERE = Box(left=0, top=0, right=1, bottom=1)
_FACE_IN_EDITS = 0.6
_SIZES = ((192, 192), (192, 192), (192, 192), (192, 192), (240, 192), (192, 240))


class Wording(msgspec.Struct, frozen=True):
    """The same wording of a slightly changed picture is a slightly changed prompt."""

    style: Style
    seed: int


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A request; an edit has no wording of its own."""

    prompt: str
    inputs: tuple[Scene, ...] = ()
    output: Scene
    wording: Wording | None = None


def draw_task(rng: np.random.Generator, language: Language, word: float = 0.34) -> Task:
    """A picture from words alone; `word` is how often something is written in it."""
    wording = Wording(STYLES[int(rng.integers(len(STYLES)))], int(rng.integers(1 << 32)))
    return _worded(_picture(rng, word=word), wording, language)


def changed_task(task: Task, rng: np.random.Generator, language: Language) -> Task:
    """The same request but for the colour of one kind of thing."""
    if task.wording is None:
        raise ValueError("an edit cannot be reworded: pass a task made by draw_task")
    changed = task
    while changed.prompt == task.prompt:
        chosen = task.output.things[int(rng.integers(len(task.output.things)))]
        kind, colour = (chosen.noun, chosen.colour), COLOURS[int(rng.integers(len(COLOURS)))]
        things = tuple(
            replace(each, colour=colour) if (each.noun, each.colour) == kind else each
            for each in task.output.things
        )
        changed = _worded(replace(task.output, things=things), task.wording, language)
    return changed


def edit_task(rng: np.random.Generator, language: Language) -> Task:
    """A change to one picture."""
    before = _picture(rng, face=_FACE_IN_EDITS)
    edit = sample_edit(rng, before)
    after = apply_edit(edit, [as_read(before)])
    return Task(prompt=describe_edit(edit, language, rng), inputs=(before,), output=after)


def combine_task(rng: np.random.Generator, language: Language) -> Task:
    """Something from one picture in the place of another."""
    first, second = _picture(rng), _picture(rng)
    while first.background == second.background:
        second = _picture(rng)
    chosen = first.things[int(rng.integers(len(first.things)))]
    edit = Combine(noun=chosen.noun, colour=chosen.colour)
    after = apply_edit(edit, [as_read(first), as_read(second)])
    return Task(prompt=describe_edit(edit, language, rng), inputs=(first, second), output=after)


def _worded(scene: Scene, wording: Wording, language: Language) -> Task:
    prompt = describe(scene, language, np.random.default_rng(wording.seed), wording.style)
    return Task(prompt=prompt, output=scene, wording=wording)


def _picture(rng: np.random.Generator, face: float = 0.2, word: float = 0.34) -> Scene:
    width, height = _SIZES[int(rng.integers(len(_SIZES)))]
    return sample_scene(rng, width=width, height=height, face=face, word=word)


def as_read(scene: Scene) -> SceneReading:
    """What a faultless reader would find; where exactly does not matter to an edit."""
    return SceneReading(
        width=scene.width,
        height=scene.height,
        background=scene.background,
        things=tuple(
            SeenThing(noun=each.noun, colour=each.colour, size=each.size, cell=each.cell, box=_NOWHERE)
            for each in scene.things
        ),
        words=scene.words,
        faces=tuple(
            SeenFace(
                skin=each.skin, hair=each.hair, eyes=each.eyes, mouth=each.mouth, cell=each.cell, box=_NOWHERE
            )
            for each in scene.faces
        ),
    )
