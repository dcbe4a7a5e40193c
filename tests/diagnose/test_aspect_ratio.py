"""The shape that was asked for, wherever it was said."""

import json

import numpy as np
import pytest

from echoloop.diagnose import Absent, Pictures
from echoloop.diagnose.metrics.aspect_ratio import ASPECT_RATIO
from echoloop.lab.painters import Painted, Painter, PainterFaults, paint
from echoloop.lab.scenes import draw, sample_scene


def picture(width: int, height: int) -> np.ndarray:
    return np.zeros((height, width, 3), np.uint8)


def error(output: np.ndarray, prompt: str = "", parameters: str = "", *inputs: np.ndarray) -> float | Absent:
    assert ASPECT_RATIO.pixels is not None
    return ASPECT_RATIO.pixels(Pictures(output=output, inputs=inputs, prompt=prompt, parameters=parameters))[
        "aspect_error"
    ]


@pytest.mark.parametrize(
    ("prompt", "width", "height", "expected"),
    [
        ("a poster, 16:9", 1600, 900, 0),
        ("a poster, 16:9", 900, 900, 16 / 9 - 1),
        ("竖版 9：16", 900, 1600, 0),
        ("make it 1024x1536", 1024, 1536, 0),
        ("make it 1024 × 1536 px", 1536, 1024, 1.25),
        ("a square image of a cat", 100, 110, 0.1),
        ("in portrait format", 100, 150, 0),
        ("in landscape orientation", 100, 150, 0.5),
    ],
)
def test_the_prompt_names_a_shape(prompt: str, width: int, height: int, expected: float) -> None:
    assert error(picture(width, height), prompt) == pytest.approx(expected)


@pytest.mark.parametrize(
    "prompt", ["a clock that shows 10:30", "score 3:0 on a board", "a portrait of a king", "a square hat"]
)
def test_what_is_no_shape_is_none(prompt: str) -> None:
    found = error(picture(10, 20), prompt)
    assert isinstance(found, Absent)
    assert found.state == "not_applicable"


def test_words_come_before_parameters_and_these_before_the_input() -> None:
    given = json.dumps({"size": "200x100"})
    assert error(picture(100, 100), "1:1 please", given, picture(3, 1)) == 0
    assert error(picture(200, 100), "a cat", given, picture(3, 1)) == 0
    assert error(picture(300, 100), "a cat", "", picture(3, 1)) == 0
    assert error(picture(300, 100), "a cat", json.dumps({"width": 300, "height": 100})) == 0


@pytest.mark.parametrize(
    "parameters", ["", "[]", "{", '{"size": "auto"}', '{"size": "0x000"}', '{"width": 0, "height": 5}']
)
def test_parameters_that_say_nothing(parameters: str) -> None:
    assert isinstance(error(picture(1, 1), "", parameters), Absent)


def test_it_grows_with_the_planted_stretch() -> None:
    before = draw(sample_scene(np.random.default_rng(1)))
    found = []
    for stretch in (0.05, 0.1, 0.2, 0.4, 0.8):
        painter = Painter(name="p", developer="d", faults=PainterFaults(stretch=stretch))
        painted = paint(painter, 'Add the text "HELLO" along the top.', (before,))
        assert isinstance(painted, Painted)
        found.append(error(painted.pixels, "", "", before))
    assert found == pytest.approx([0.05, 0.1, 0.2, 0.4, 0.8], abs=0.01)


@pytest.mark.parametrize(
    "faults",
    [PainterFaults(tint=12), PainterFaults(jitter=5), PainterFaults(crop=0.4), PainterFaults(misspell=1.0)],
)
def test_no_other_fault_changes_the_shape(faults: PainterFaults) -> None:
    before = draw(sample_scene(np.random.default_rng(1)))
    painted = paint(
        Painter(name="p", developer="d", faults=faults), 'Add the text "HELLO" along the top.', (before,)
    )
    assert isinstance(painted, Painted)
    assert error(painted.pixels, "", "", before) == pytest.approx(0, abs=0.01)
