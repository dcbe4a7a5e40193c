from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoloop.suites.detecting import RULES, Corners, Rules, check, kept, masked_crop, relations

BLANK = np.full((100, 100, 3), 255, np.uint8)


@dataclass(frozen=True)
class Thing:
    name: str
    confidence: float = 0.95
    box: Corners = (0.0, 0.0, 10.0, 10.0)
    mask: np.ndarray | None = None


@dataclass
class Scripted:
    """Finds what it is told to, and calls every crop by the colour of its middle."""

    things: list[Thing]
    names: tuple[str, ...] = ("cat", "dog")
    crops: list[np.ndarray] = field(default_factory=list)

    @property
    def detector(self):
        return self

    @property
    def colours(self):
        return self.Painted(self.crops)

    def find(self, pixels):
        return self.things

    @dataclass
    class Painted:
        crops: list[np.ndarray]
        colours: tuple[str, ...] = ("red", "blue")

        def classify(self, crops, name, choices):
            self.crops += crops
            return [
                "red" if crop[crop.shape[0] // 2, crop.shape[1] // 2, 0] > 200 else "blue" for crop in crops
            ]


def verdict(wanted, things, *, counting=False, pixels=BLANK):
    return check(pixels, wanted, Scripted(things), counting)


def want(name, count=1, **other):
    return {"class": name, "count": count, **other}


def test_counts_have_a_threshold_of_their_own():
    three = [Thing("cat", sure) for sure in (0.95, 0.91, 0.5)]
    wanted = {"include": [want("cat", 2)], "exclude": [want("cat", 3)]}
    assert verdict(wanted, three, counting=True).correct
    assert not verdict(wanted, three).correct
    assert not verdict({"include": [want("cat")]}, [Thing("cat", 0.3)]).correct, (
        "above, not at, the threshold"
    )
    assert "0 of 1 dog" in verdict({"include": [want("dog")]}, three).reason


def test_only_the_surest_of_a_kind_are_looked_at():
    pixels = BLANK.copy()
    pixels[:, :50] = (255, 0, 0)
    pixels[:, 50:] = (0, 0, 255)
    red, blue = (0.0, 0.0, 40.0, 40.0), (60.0, 0.0, 90.0, 40.0)
    wanted = {"include": [want("cat", color="red")]}
    assert verdict(wanted, [Thing("cat", 0.6, blue), Thing("cat", 0.9, red)], pixels=pixels).correct
    wrong = verdict(wanted, [Thing("cat", 0.9, blue), Thing("cat", 0.6, red)], pixels=pixels)
    assert not wrong.correct
    assert "they are blue" in wrong.reason


def test_a_crop_shows_the_object_alone_on_grey():
    mask = np.zeros((100, 100), bool)
    mask[20:30, 20:30] = True
    crop = masked_crop(BLANK, Thing("cat", box=(19.6, 20.0, 31.0, 30.0), mask=mask))
    assert crop.shape == (10, 11, 3)
    assert (crop[:, :10] == 255).all()
    assert (crop[:, 10] == 0x99).all()
    assert masked_crop(BLANK, Thing("cat", box=(99.9, 99.9, 140.0, 140.0))).shape == (1, 1, 3)


@pytest.mark.parametrize(
    ("box", "said"),
    [
        ((0.0, 40.0, 20.0, 60.0), {"left of"}),
        ((80.0, 40.0, 100.0, 60.0), {"right of"}),
        ((40.0, 0.0, 60.0, 20.0), {"above"}),
        ((40.0, 80.0, 60.0, 100.0), {"below"}),
        ((0.0, 0.0, 20.0, 20.0), {"left of", "above"}),
        ((42.0, 41.0, 61.0, 62.0), set()),
        ((37.0, 40.0, 55.0, 60.0), set()),
    ],
)
def test_places(box, said):
    assert relations(box, (40.0, 40.0, 60.0, 60.0), RULES.position) == said


@given(st.tuples(*[st.floats(0, 100)] * 8))
def test_places_are_mirrored(sides):
    one = (min(sides[0], sides[2]), min(sides[1], sides[3]), max(sides[0], sides[2]), max(sides[1], sides[3]))
    other = (
        min(sides[4], sides[6]),
        min(sides[5], sides[7]),
        max(sides[4], sides[6]),
        max(sides[5], sides[7]),
    )
    turned = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}
    there, back = relations(one, other, 0.1), relations(other, one, 0.1)
    assert {turned[name] for name in there} == back
    assert len(there) <= 2


def test_a_place_needs_what_it_refers_to():
    left, right = (0.0, 0.0, 10.0, 10.0), (80.0, 0.0, 90.0, 10.0)
    wanted = {"include": [want("dog"), want("cat", position=["left of", 0])]}
    assert verdict(wanted, [Thing("dog", box=right), Thing("cat", box=left)]).correct
    assert (
        "not left of dog but right of"
        in verdict(wanted, [Thing("dog", box=left), Thing("cat", box=right)]).reason
    )
    assert "what is not there" in verdict(wanted, [Thing("cat", box=left)]).reason


def test_what_the_eyes_cannot_know_is_no_fault_of_the_picture():
    with pytest.raises(ValueError, match="knows no 'zebra'"):
        verdict({"include": [want("zebra")]}, [])
    with pytest.raises(ValueError, match="knows no 'pink'"):
        verdict({"include": [want("cat", color="pink")]}, [Thing("cat")])


def test_many_and_overlapping_objects():
    many = [Thing("cat", 0.9 - place / 100) for place in range(30)]
    assert len(kept(many, 0.3)["cat"]) == 16
    assert len(kept(many, 0.3, Rules(overlap=0.5))["cat"]) == 1
