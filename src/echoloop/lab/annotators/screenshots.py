"""A page of pictures to its words and boxes."""

import msgspec

from echoloop.images import Box
from echoloop.lab.annotators.sight import Sight


class ScreenshotReading(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: boxes are left, top, right, bottom."""

    prompt: str
    inputs: list[list[int]] = []
    outputs: list[list[int]] = []


def read_screenshot(sight: Sight | None) -> ScreenshotReading:
    """What the page holds; nothing where the picture is no page."""
    screen = sight.screen if sight else None
    if screen is None:
        return ScreenshotReading(prompt="")
    return ScreenshotReading(
        prompt=screen.text,
        inputs=[_corners(box) for box in screen.inputs],
        outputs=[_corners(box) for box in screen.outputs],
    )


def _corners(box: Box) -> list[int]:
    return [box.left, box.top, box.right, box.bottom]
