"""Three judges mark what they see, and not who made it."""

import numpy as np
import pytest

from echoloop.grading import read_grade
from echoloop.images import encode_png
from echoloop.lab.annotators import JUDGES, Annotators
from echoloop.lab.painters import PAINTERS, Painted, paint
from echoloop.lab.scenes import Scene, Thing, describe, draw, sample_scene

JUDGE = "lab-judge-fair"


def mean_score(judge: str, prompt: str, picture: bytes, references: tuple[bytes, ...] = ()) -> float:
    """Over thirty requests that differ in nothing but their noise."""
    annotators = Annotators()
    shown = (*references, picture)
    texts = [annotators.answer(judge, None, {"prompt": prompt}, shown, b"%d" % at) for at in range(30)]
    return float(np.mean([read_grade(text).score for text in texts if "[[" in text]))


PROMPT = "Draw two red balls and a blue star, against a night sky."
RIGHT = Scene(
    background="night",
    things=(
        Thing(noun="ball", colour="red", cell="centre"),
        Thing(noun="ball", colour="red", cell="top left"),
        Thing(noun="star", colour="blue", cell="top right"),
    ),
)
WRONG = Scene(background="sand", things=RIGHT.things[:1])


@pytest.mark.parametrize("judge", sorted(JUDGES))
def test_every_judge_marks_the_right_picture_higher(judge: str) -> None:
    right, wrong = (mean_score(judge, PROMPT, encode_png(draw(scene))) for scene in (RIGHT, WRONG))
    assert right > 9 > wrong + 3


def test_judges_differ_in_strictness() -> None:
    half = encode_png(draw(Scene(background="night", things=RIGHT.things[:1])))
    strict, fair, lenient = (
        mean_score(f"lab-judge-{name}", PROMPT, half) for name in ("strict", "fair", "lenient")
    )
    assert strict < fair < lenient


def test_only_the_lenient_judge_sometimes_gives_no_mark() -> None:
    annotators, picture = Annotators(), encode_png(draw(RIGHT))
    silent = {
        judge: sum(
            "[[" not in annotators.answer(judge, None, {"prompt": PROMPT}, [picture], b"%d" % at)
            for at in range(400)
        )
        for judge in JUDGES
    }
    assert silent["lab-judge-strict"] == silent["lab-judge-fair"] == 0
    assert 4 <= silent["lab-judge-lenient"] <= 32


def test_the_same_request_is_always_marked_alike_and_says_why() -> None:
    picture = encode_png(draw(WRONG))
    texts = {Annotators().answer(JUDGE, None, {"prompt": PROMPT}, [picture], b"bytes") for _ in range(3)}
    assert len(texts) == 1
    text = texts.pop()
    assert "blue star" in text
    assert read_grade(text).rationale


def test_an_edit_that_was_not_made_is_marked_low() -> None:
    reference = encode_png(draw(RIGHT))
    assert mean_score(JUDGE, "Remove every blue star.", reference, (reference,)) <= 3.5


def test_a_prompt_beyond_the_judge_gets_the_middle() -> None:
    assert 4 < mean_score(JUDGE, "something nice for my aunt", encode_png(draw(RIGHT))) < 6


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg/>"])
def test_no_picture_is_worth_nothing(data: bytes) -> None:
    assert mean_score(JUDGE, PROMPT, data) <= 2


def test_painters_come_out_in_their_planted_order() -> None:
    rng = np.random.default_rng(6)
    annotators = Annotators()
    totals = dict.fromkeys(("ochre", "cobalt", "fern", "hazel"), 0.0)
    for _ in range(60):
        prompt = describe(sample_scene(rng), "en", rng)
        for painter in PAINTERS:
            painted = paint(painter, prompt, []) if painter.name in totals else None
            if isinstance(painted, Painted):
                data = encode_png(painted.pixels)
                text = annotators.answer(JUDGE, None, {"prompt": prompt}, [data], data)
                totals[painter.name] += read_grade(text).score / 60
    assert list(totals.values()) == sorted(totals.values(), reverse=True)
