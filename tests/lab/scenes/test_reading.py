"""The detector against scenes whose truth is known."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from echoloop.images import Pixels, decode, encode_jpeg, from_lab, to_lab
from echoloop.lab.scenes import (
    BadScene,
    Face,
    Lettering,
    Scene,
    SceneReading,
    Thing,
    draw,
    read,
    sample_scene,
    scene_of,
)
from echoloop.lab.scenes.glyphs import glyphs


def right_and_all(scene: Scene, reading: SceneReading) -> tuple[int, int]:
    """How many of the scene's facts the reading has; whatever it invents counts as a fact missed."""
    claimed = scene_of(reading)
    right = len(set(scene.things) & set(claimed.things)) + len(set(scene.words) & set(claimed.words))
    total = len(set(scene.things) | set(claimed.things)) + len(set(scene.words) | set(claimed.words))
    by_cell = {face.cell: face for face in claimed.faces}
    for face in scene.faces:
        seen = by_cell.get(face.cell)
        right += sum(
            seen is not None and getattr(seen, p) == getattr(face, p)
            for p in ("skin", "hair", "eyes", "mouth")
        )
        total += 4
    right += claimed.background == scene.background
    return right, total + 1


def accuracy(seed: int, count: int, change: Callable[[Pixels], Pixels], jitter: int = 0) -> float:
    rng = np.random.default_rng(seed)
    right = total = 0
    for _ in range(count):
        scene = sample_scene(rng, word=0.5, face=0.4)
        shift = (int(rng.integers(-jitter, jitter + 1)), int(rng.integers(-jitter, jitter + 1)))
        one, of = right_and_all(scene, read(change(draw(scene, shift))))
        right, total = right + one, total + of
    return right / total


def jpeg(pixels: Pixels) -> Pixels:
    return decode(encode_jpeg(pixels, 85)).pixels


def resized(scale: float) -> Callable[[Pixels], Pixels]:
    def change(pixels: Pixels) -> Pixels:
        size = round(pixels.shape[1] * scale), round(pixels.shape[0] * scale)
        return np.array(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))

    return change


def tinted(b: float, lightness: float = 0) -> Callable[[Pixels], Pixels]:
    return lambda pixels: jpeg(from_lab(to_lab(pixels) + np.array([lightness, 0, b], np.float32)))


def test_clean_scenes_are_read_almost_perfectly() -> None:
    assert accuracy(1, 300, lambda pixels: pixels) >= 0.99


@pytest.mark.parametrize(
    "change",
    [
        jpeg,
        resized(2),
        resized(0.75),
        lambda p: jpeg(resized(0.75)(p)),
        tinted(18),
        tinted(-18),
        tinted(12, -9),
    ],
    ids=["jpeg", "double", "small", "small jpeg", "yellow", "blue", "yellow and dark"],
)
def test_survives_what_platforms_and_models_do_to_pictures(change: Callable[[Pixels], Pixels]) -> None:
    assert accuracy(2, 80, change, jitter=5) >= 0.97


@pytest.mark.parametrize("background", ["white", "sky", "night", "sand", "meadow", "lilac"])
def test_every_letter_is_read_on_every_background(background: str) -> None:
    letters = list(glyphs())
    for start in range(0, 36, 9):
        words = ("".join(letters[start : start + 9]), "".join(reversed(letters[start : start + 9])))
        scene = Scene(
            background=background,  # type: ignore[arg-type]
            words=(Lettering(word=words[0], band="top"), Lettering(word=words[1], band="bottom")),
        )
        assert scene_of(read(jpeg(draw(scene)))) == scene


@pytest.mark.parametrize("size", [(256, 192), (192, 256), (320, 320), (150, 150)])
def test_other_sizes_and_boxes_in_their_own_pixels(size: tuple[int, int]) -> None:
    scene = Scene(
        width=size[0],
        height=size[1],
        background="meadow",
        things=(Thing(noun="box", colour="blue", cell="bottom right"),),
        faces=(Face(skin="tan", hair="red", eyes="wide", mouth="smiling", cell="top left"),),
        words=(Lettering(word="HELLO2026"),),
    )
    reading = read(draw(scene))
    assert scene_of(reading) == scene
    box = reading.things[0].box
    inside = draw(scene)[box.top : box.bottom, box.left : box.right]
    assert np.abs(inside.astype(int) - [40, 85, 225]).mean() < 25


def test_tint_is_estimated_with_its_sign() -> None:
    scene = Scene(background="sky", things=(Thing(noun="ball", colour="red", cell="centre"),))
    assert abs(read(draw(scene)).tint) < 1
    assert read(tinted(12)(draw(scene))).tint == pytest.approx(12, abs=2)
    assert read(tinted(0, -9)(draw(scene))).darkening == pytest.approx(-9, abs=2)


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (3, 3), (200, 300)])
def test_foreign_pictures_are_read_without_complaint(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    scene_of(read(noise))
    assert read(np.full_like(noise, 120)).things == ()


def test_scenes_that_cannot_be_drawn_are_refused() -> None:
    ball = Thing(noun="ball", colour="red", cell="centre")
    with pytest.raises(BadScene, match="one cell"):
        Scene(things=(ball, Thing(noun="box", colour="red", cell="centre")))
    with pytest.raises(BadScene, match="A-Z0-9"):
        Scene(words=(Lettering(word="hello"),))
    with pytest.raises(BadScene, match="at least"):
        Scene(width=50)
    with pytest.raises(ValueError, match="at most"):
        draw(Scene(things=(ball,)), shift=(9, 0))


def test_sampling_is_seeded_and_varied() -> None:
    scenes = [sample_scene(np.random.default_rng(seed)) for seed in range(300)]
    assert scenes[7] == sample_scene(np.random.default_rng(7))
    assert 0.25 < sum(bool(scene.words) for scene in scenes) / 300 < 0.43
    assert 0.12 < sum(bool(scene.faces) for scene in scenes) / 300 < 0.28
    assert len({scene.background for scene in scenes}) == 6
