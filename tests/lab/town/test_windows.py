"""Screenshots hold their pictures where the boxes say, untouched at scale one."""

import numpy as np

from echoloop.images import Pixels
from echoloop.lab.scenes import Scene, Thing, draw
from echoloop.lab.town.window_text import LINE, as_written, width_of, wrap, write_line
from echoloop.lab.town.windows import BUBBLE, chat_window, collage
from echoloop.records import Box

BEFORE = draw(Scene(background="sky", things=(Thing(noun="ball", colour="red", cell="centre"),)))
AFTER = draw(Scene(background="night", things=(Thing(noun="kite", colour="pink", cell="top left"),)))


def part(pixels: Pixels, box: Box) -> Pixels:
    return pixels[box.top : box.bottom, box.left : box.right]


def test_the_answer_lies_in_its_box() -> None:
    shot = chat_window("Lab Painter", "DRAW A PINK KITE", [], AFTER, 1.0)
    assert shot.input_boxes == ()
    assert np.array_equal(part(shot.pixels, shot.output_boxes[0]), AFTER)


def test_two_inputs_lie_side_by_side_in_the_bubble() -> None:
    shot = chat_window("Lab Painter", "COMBINE THEM", [BEFORE, AFTER], AFTER, 1.25)
    first, second = shot.input_boxes
    assert first.right < second.left
    assert first.top == second.top
    for box in (first, second):
        assert tuple(shot.pixels[box.top - 1, box.left]) == BUBBLE
        assert box.right < shot.pixels.shape[1]
    answer = shot.output_boxes[0]
    assert answer.top > first.bottom
    assert answer.right - answer.left == 240


def test_a_collage_keeps_both_pictures() -> None:
    shot = collage(BEFORE, AFTER, 6)
    assert np.array_equal(part(shot.pixels, shot.input_boxes[0]), BEFORE)
    assert np.array_equal(part(shot.pixels, shot.output_boxes[0]), AFTER)


def test_a_window_writes_capitals_and_a_few_marks() -> None:
    assert as_written('Draw "HELLO", please…  now!') == 'DRAW "HELLO", PLEASE NOW!'


def test_lines_break_at_spaces_and_never_overflow() -> None:
    lines = wrap("DRAW THREE SMALL RED BALLS INCOMPREHENSIBILITIES", 12)
    assert lines == ["DRAW THREE", "SMALL RED", "BALLS", "INCOMPREHENS"]


def test_ink_stays_within_its_line() -> None:
    canvas: Pixels = np.full((LINE, width_of("HELLO, YOU."), 3), 255, dtype=np.uint8)
    write_line(canvas, "HELLO, YOU.", 0, 0)
    assert (canvas[:14] == 20).any()
    assert (canvas[14:] == 255).all()
