"""A page of pictures to its words and boxes."""

from typing import Literal

import msgspec

from echoloop.images import Box
from echoloop.lab.annotators.sight import Sight


class ScreenshotQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """The data block of a request about a screenshot."""

    width: int | None = None
    height: int | None = None
    coordinates: Literal["pixels", "thousandths"] = "pixels"


class ScreenshotReading(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: boxes are left, top, right, bottom, in the unit that was asked for."""

    prompt: str
    inputs: list[list[float]] = []
    outputs: list[list[float]] = []


def read_screenshot(question: ScreenshotQuestion, sight: Sight | None) -> ScreenshotReading:
    """What the page holds; nothing where the picture is no page."""
    screen = sight.screen if sight else None
    if screen is None:
        return ScreenshotReading(prompt="")
    return ScreenshotReading(
        prompt=screen.text,
        inputs=[_corners(box, question) for box in screen.inputs],
        outputs=[_corners(box, question) for box in screen.outputs],
    )


def _corners(box: Box, question: ScreenshotQuestion) -> list[float]:
    if question.coordinates == "pixels" or not question.width or not question.height:
        return [box.left, box.top, box.right, box.bottom]
    across, down = 1000 / question.width, 1000 / question.height
    return [
        round(number, 1)
        for number in (box.left * across, box.top * down, box.right * across, box.bottom * down)
    ]
