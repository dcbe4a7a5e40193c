"""A page to its boxes, in the unit that was asked for."""

from echoloop.curate.screenshots import ScreenshotAnswer
from echoloop.images import encode_png
from echoloop.lab.scenes import Scene, Thing, draw
from echoloop.lab.town.windows import chat_window

RESULT = draw(Scene(background="night", things=(Thing(noun="kite", colour="pink", cell="top left"),)))
WRITTEN = "DRAW A SMALL PINK KITE AT THE TOP LEFT, AGAINST A NIGHT SKY. LEAVE OUT EVERYTHING ELSE."
WINDOW = chat_window("Lab Painter", WRITTEN, [], RESULT, 1.0)


def test_boxes_come_in_pixels_or_in_thousandths_as_asked(ask) -> None:
    height, width = WINDOW.pixels.shape[:2]
    page, size = encode_png(WINDOW.pixels), {"text": "", "width": width, "height": height}
    pixels = ask(ScreenshotAnswer, {**size, "coordinates": "pixels"}, [page])
    shares = ask(ScreenshotAnswer, {**size, "coordinates": "thousandths"}, [page])
    true = WINDOW.output_boxes[0]
    assert pixels.prompt == WRITTEN
    (box,), (share,) = pixels.outputs, shares.outputs
    for found, wanted in zip(box, (true.left, true.top, true.right, true.bottom), strict=True):
        assert abs(found - wanted) <= 2
    for found, number, side in zip(share, box, (width, height, width, height), strict=True):
        assert abs(found * side / 1000 - number) < 0.2
