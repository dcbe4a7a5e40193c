"""Small pictures to learn from: rows in the published layout of Echo-4o-Image, and whether a drawn one is right.

Some wishes are never among the rows to learn from: a wish is held out by its own content, whatever the seed.
"""

import io
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from PIL import Image

from echoloop.images import Pixels, encode_png
from echoloop.lab.scenes import Scene, SceneRequest, Thing, Wanted, check, describe_request, draw, facts, read
from echoloop.lab.scenes.vocabulary import BACKGROUNDS, CELLS, COLOURS, Noun

SIDE = 32
REFERENCE_SIDE = 16
_CLOSE = slice(64, 128)
_NOUNS: tuple[Noun, ...] = ("ball", "box", "tent", "heart", "ring", "moon")
"""What the reader still tells apart at 32 pixels: a star and a kite are blurred into others."""
_HELD_OUT = 10
_WISHES = (
    "Put the thing from the first picture in the {cell}, in front of what the second picture shows.",
    "Use the second picture as the background. In the {cell} goes the thing from the first picture.",
    "Combine both pictures: the first one's thing in the {cell}, against the second one's background.",
)


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """A wish, its references, and a scene that fulfils it."""

    instruction: str
    references: tuple[Scene, ...] = ()
    scene: Scene

    @property
    def picture(self) -> Pixels:
        return small(self.scene)

    @property
    def reference_pictures(self) -> tuple[Pixels, ...]:
        return tuple(_close_up(scene) for scene in self.references)


def text_lessons(count: int, seed: int, *, held_out: bool = False) -> Iterator[Lesson]:
    """A thing of a colour in a place, on a background: all four in words."""
    rng = np.random.default_rng((seed, 1))
    for _ in range(count):
        scene = _scene(rng, held_out)
        yield Lesson(instruction=describe_request(_wish(scene), "en", rng), scene=scene)


def reference_lessons(count: int, seed: int, *, held_out: bool = False) -> Iterator[Lesson]:
    """A thing shown close up, before a background that another picture shows; the words name neither of them."""
    rng = np.random.default_rng((seed, 2))
    for _ in range(count):
        scene = _scene(rng, held_out)
        thing = scene.things[0]
        elsewhere = BACKGROUNDS[int(rng.integers(len(BACKGROUNDS)))]
        alone = msgspec.structs.replace(thing, cell="centre")
        yield Lesson(
            instruction=_WISHES[int(rng.integers(len(_WISHES)))].format(cell=thing.cell),
            references=(Scene(background=elsewhere, things=(alone,)), Scene(background=scene.background)),
            scene=scene,
        )


def write_lessons(folder: Path, lessons: Sequence[Lesson], *, shuffled: int | None = None) -> None:
    """A data set in Echo-4o-Image's layout. `shuffled`: a seed by which the instructions change places among the pictures."""
    tracks = {
        "Instruction-Following-Image": [lesson for lesson in lessons if not lesson.references],
        "Multi-Reference-Image": [lesson for lesson in lessons if lesson.references],
    }
    for track, members in tracks.items():
        if members:
            _write_track(folder / track, members, shuffled)


def fully_right(lesson: Lesson, pixels: Pixels) -> bool:
    """Everything that was asked for is there, and nothing else is."""
    seen = read(pixels)
    holds = check(facts(_wish(lesson.scene)), seen)
    alone = len(seen.things) == len(lesson.scene.things) and not seen.faces and not seen.words
    return all(holds) and alone


def small(scene: Scene) -> Pixels:
    """The scene at the size the miniature draws."""
    return np.asarray(Image.fromarray(draw(scene)).resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def _close_up(scene: Scene) -> Pixels:
    """The middle of a scene."""
    size = (REFERENCE_SIDE, REFERENCE_SIDE)
    return np.asarray(Image.fromarray(draw(scene)[_CLOSE, _CLOSE]).resize(size, Image.Resampling.LANCZOS))


def _scene(rng: np.random.Generator, held_out: bool) -> Scene:
    while True:
        thing = Thing(
            noun=_NOUNS[int(rng.integers(len(_NOUNS)))],
            colour=COLOURS[int(rng.integers(len(COLOURS)))],
            cell=CELLS[int(rng.integers(len(CELLS)))],
        )
        scene = Scene(background=BACKGROUNDS[int(rng.integers(len(BACKGROUNDS)))], things=(thing,))
        content = f"{scene.background} {thing.noun} {thing.colour} {thing.cell}"
        if (zlib.crc32(content.encode()) % _HELD_OUT == 0) == held_out:
            return scene


def _wish(scene: Scene) -> SceneRequest:
    """Sizes are not asked for: all things are large."""
    return SceneRequest(
        background=scene.background,
        things=tuple(
            Wanted(noun=thing.noun, colour=thing.colour, cells=(thing.cell,)) for thing in scene.things
        ),
    )


def _write_track(folder: Path, lessons: Sequence[Lesson], shuffled: int | None) -> None:
    order = list(range(len(lessons)))
    if shuffled is not None:
        order = np.random.default_rng(shuffled).permutation(len(lessons)).tolist()
    folder.mkdir(parents=True)
    with (
        (folder / "rows.jsonl").open("wb") as rows,
        tarfile.open(folder / "images_0.tar.gz", "w:gz", compresslevel=1) as shard,
    ):
        for number, (lesson, told) in enumerate(zip(lessons, order, strict=True)):
            name = f"images/{number:06}"
            _add(shard, f"{name}.png", lesson.picture)
            row = {
                "task_type": "t2i",
                "type": "lab",
                "instruction": lessons[told].instruction,
                "output_image": f"{name}.png",
            }
            if lesson.references:
                inputs = [f"{name}-{place}.png" for place in range(len(lesson.references))]
                for at, pixels in zip(inputs, lesson.reference_pictures, strict=True):
                    _add(shard, at, pixels)
                row |= {"task_type": "edit", "input_images": inputs}
            rows.write(msgspec.json.encode(row) + b"\n")


def _add(shard: tarfile.TarFile, name: str, pixels: Pixels) -> None:
    data = encode_png(pixels)
    member = tarfile.TarInfo(name)
    member.size = len(data)
    shard.addfile(member, io.BytesIO(data))
