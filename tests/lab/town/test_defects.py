"""A planted defect is really in the picture, and nothing else is."""

import numpy as np
import pytest

from echoloop.images import to_lab
from echoloop.lab.scenes import Face, Lettering, Scene, Thing, draw, read
from echoloop.lab.town.defects import WEIGHTS, choose_defect, spoil_pixels, spoil_scene
from echoloop.lab.town.truth import Defect

SCENE = Scene(
    background="meadow",
    things=(
        Thing(noun="ball", colour="red", cell="top left"),
        Thing(noun="ball", colour="red", cell="top right"),
    ),
    words=(Lettering(word="HELLO", band="bottom"),),
    faces=(Face(skin="tan", hair="brown", eyes="even", mouth="smiling", cell="centre"),),
)


@pytest.mark.parametrize(
    ("defect", "field"),
    [
        ("wrong count", "things"),
        ("wrong colour", "things"),
        ("layout moved", "things"),
        ("bad spelling", "words"),
        ("face changed", "faces"),
    ],
)
def test_a_defect_of_the_scene_changes_one_field_and_can_be_seen(defect: Defect, field: str) -> None:
    for seed in range(20):
        spoilt = spoil_scene(SCENE, defect, np.random.default_rng(seed))
        changed = [name for name in Scene.__struct_fields__ if getattr(spoilt, name) != getattr(SCENE, name)]
        assert changed == [field]
        assert len(read(draw(spoilt)).things) == len(spoilt.things)


def test_a_wrong_count_is_off_by_one() -> None:
    counts = {
        len(spoil_scene(SCENE, "wrong count", np.random.default_rng(seed)).things) for seed in range(20)
    }
    assert counts == {1, 3}


def test_a_yellow_tint_shifts_the_whole_picture() -> None:
    before = draw(SCENE)
    shift = to_lab(spoil_pixels(before, "yellow tint"))[..., 2] - to_lab(before)[..., 2]
    assert float(np.median(shift)) == pytest.approx(14, abs=1)


def test_a_cropped_picture_lacks_its_foot() -> None:
    before = draw(SCENE)
    after = spoil_pixels(before, "cropped")
    assert after.shape[0] < before.shape[0]
    assert not read(after).words


def test_only_possible_defects_are_chosen() -> None:
    plain = Scene(things=(Thing(noun="ball", colour="red", cell="centre"),))
    rng = np.random.default_rng(3)
    assert {choose_defect(plain, edited=False, rng=rng) for _ in range(200)} == {
        "yellow tint",
        "wrong colour",
        "cropped",
    }
    assert {choose_defect(SCENE, edited=True, rng=rng) for _ in range(500)} == set(WEIGHTS)
