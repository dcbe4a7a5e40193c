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
from echoloop.lab.scenes.vocabulary import BACKGROUNDS, CELLS, COLOURS, Background, Cell, Noun

SIDE = 32
REFERENCE_SIDE = 16
_CLOSE = slice(64, 128)
_NOUNS: tuple[Noun, ...] = ("ball", "box", "tent", "heart", "ring", "moon")
"""What the reader still tells apart at 32 pixels: a star and a kite are blurred into others."""
_HELD_OUT = 10
_PLACES = {
    "white": "a plain white backdrop",
    "sky": "a blue sky",
    "night": "a night sky",
    "sand": "a sandy beach",
    "meadow": "a green meadow",
    "lilac": "a lilac wall",
}
_WISHES = (
    "Put the thing from the first picture in the {first} and the thing from the second picture in the {second}, against {ground}.",
    "With {ground} behind: what the first picture shows goes in the {first}, what the second picture shows in the {second}.",
    "Combine both pictures: the second one's thing in the {second}, the first one's thing in the {first}. Use {ground} as the background.",
)


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """A wish, its references, and a scene that fulfils it."""

    instruction: str
    references: tuple[Thing, ...] = ()
    scene: Scene

    @property
    def picture(self) -> Pixels:
        return small(self.scene)

    @property
    def reference_pictures(self) -> tuple[Pixels, ...]:
        return tuple(
            _close_up(thing, BACKGROUNDS[_mark(f"{thing.noun} {thing.colour} {place}") % len(BACKGROUNDS)])
            for place, thing in enumerate(self.references)
        )


def text_lessons(count: int, seed: int, *, held_out: bool = False) -> Iterator[Lesson]:
    """A thing of a colour in a place, on a background: all four in words."""
    rng = np.random.default_rng((seed, 1))
    for _ in range(count):
        scene = _scene(rng, 1, held_out)
        yield Lesson(instruction=describe_request(_wish(scene), "en", rng), scene=scene)


def reference_lessons(count: int, seed: int, *, held_out: bool = False) -> Iterator[Lesson]:
    """Two things shown close up become one scene; the words name neither of them."""
    rng = np.random.default_rng((seed, 2))
    for _ in range(count):
        scene = _scene(rng, 2, held_out)
        first, second = scene.things
        wish = _WISHES[int(rng.integers(len(_WISHES)))]
        yield Lesson(
            instruction=wish.format(first=first.cell, second=second.cell, ground=_PLACES[scene.background]),
            references=(first, second),
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


def _close_up(thing: Thing, background: Background) -> Pixels:
    alone = msgspec.structs.replace(thing, cell="centre")
    drawn = draw(Scene(background=background, things=(alone,)))[_CLOSE, _CLOSE]
    size = (REFERENCE_SIDE, REFERENCE_SIDE)
    return np.asarray(Image.fromarray(drawn).resize(size, Image.Resampling.LANCZOS))


def _scene(rng: np.random.Generator, things: int, held_out: bool) -> Scene:
    while True:
        cells: list[Cell] = [CELLS[place] for place in rng.permutation(len(CELLS))[:things]]
        scene = Scene(
            background=BACKGROUNDS[int(rng.integers(len(BACKGROUNDS)))],
            things=tuple(
                Thing(
                    noun=_NOUNS[int(rng.integers(len(_NOUNS)))],
                    colour=COLOURS[int(rng.integers(len(COLOURS)))],
                    cell=cell,
                )
                for cell in cells
            ),
        )
        content = sorted(f"{thing.noun} {thing.colour} {thing.cell}" for thing in scene.things)
        if (_mark(f"{scene.background} {content}") % _HELD_OUT == 0) == held_out:
            return scene


def _wish(scene: Scene) -> SceneRequest:
    """Sizes are not asked for: all things are large."""
    kinds: dict[tuple[str, str], list[Thing]] = {}
    for thing in scene.things:
        kinds.setdefault((thing.noun, thing.colour), []).append(thing)
    return SceneRequest(
        background=scene.background,
        things=tuple(
            Wanted(
                noun=alike[0].noun,
                colour=alike[0].colour,
                count=len(alike),
                cells=tuple(sorted((thing.cell for thing in alike), key=CELLS.index)),
            )
            for alike in kinds.values()
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


def _mark(text: str) -> int:
    return zlib.crc32(text.encode())
