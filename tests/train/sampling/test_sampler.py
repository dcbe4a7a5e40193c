"""A checkpoint on disk, asked for pictures and text."""

from pathlib import Path

import numpy as np
import pytest
from micro_bagel import micro_checkpoint

from echoloop.images import decode, encode_png
from echoloop.records import Answered, Failed, Mistake
from echoloop.train.sampling import DrawRequest, Guidance, Question, Sampler, load, open_image_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("checkpoints") / "micro"
    micro_checkpoint(place)
    return place


@pytest.fixture(scope="module")
def sampler(folder: Path) -> Sampler:
    return Sampler(load(folder, "cpu"))


def _noise(seed: int, height: int = 16, width: int = 12) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


_WORDS = {
    "draw",
    "a",
    "red",
    "ball",
    "and",
    "blue",
    "box",
    "on",
    "the",
    "left",
    "right",
    ".",
    "?",
    "what",
    "is",
    "this",
    "[UNK]",
}
REQUESTS = [
    DrawRequest(prompt="draw a red ball", seed=1),
    DrawRequest(prompt="draw a blue box on the left", references=(_noise(1),), seed=2),
    DrawRequest(prompt="a ball and a box", references=(_noise(1), _noise(2, 8, 20)), seed=3),
    DrawRequest(prompt="draw a red ball", seed=4, width=24, height=8),
    DrawRequest(prompt="draw a red ball", seed=5, thinks=True),
    DrawRequest(prompt="a box", references=(_noise(3),), seed=6, thinks=True),
]


def test_each_picture_has_the_size_that_was_asked_for_or_its_last_reference_s(sampler: Sampler):
    shapes = [drawn.pixels.shape for drawn in sampler.draw(REQUESTS)]
    assert shapes == [(12, 16, 3), (16, 12, 3), (8, 20, 3), (8, 24, 3), (12, 16, 3), (16, 12, 3)]


def test_a_picture_is_the_same_in_any_company_and_another_with_another_seed(sampler: Sampler):
    together = sampler.draw(REQUESTS)
    for request, drawn in zip(REQUESTS, together, strict=True):
        alone = sampler.draw([request])[0]
        assert np.abs(alone.pixels.astype(int) - drawn.pixels.astype(int)).max() <= 1
        assert alone.thought == drawn.thought
    again = sampler.draw([DrawRequest(prompt="draw a red ball", seed=2)])[0]
    assert np.abs(again.pixels.astype(int) - together[0].pixels.astype(int)).max() > 20


def test_the_order_of_references_is_seen(sampler: Sampler):
    first, second = _noise(1), _noise(2)
    there, back = sampler.draw(
        [
            DrawRequest(prompt="a ball and a box", references=pair, seed=3, width=16, height=16)
            for pair in ((first, second), (second, first))
        ]
    )
    assert not np.array_equal(there.pixels, back.pixels)


def test_thinking_writes_first_and_changes_the_picture(sampler: Sampler):
    plain, thinking = sampler.draw(
        [DrawRequest(prompt="draw a red ball", seed=5, thinks=thinks) for thinks in (False, True)]
    )
    assert plain.thought == ""
    assert set(thinking.thought.split()) <= _WORDS
    assert not np.array_equal(plain.pixels, thinking.pixels)


def test_questions_are_answered_in_text(sampler: Sampler):
    asked = [
        Question(text="what is this ?", pictures=(_noise(1),)),
        Question(text="what is this ?", pictures=(_noise(2, 24, 24), _noise(3))),
    ]
    assert sampler.answer(asked) == [sampler.answer([one])[0] for one in asked]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (DrawRequest(prompt="  "), "prompt is empty"),
        (DrawRequest(prompt="a ball", width=400, height=16), "position table"),
    ],
)
def test_what_cannot_be_drawn_is_said(sampler: Sampler, request_: DrawRequest, words: str):
    with pytest.raises(Mistake, match=words):
        sampler.draw([request_])


def test_it_is_an_image_model_like_any_other(folder: Path):
    model = open_image_model(str(folder), "cpu")
    drawn = model.draw("draw a red ball", [], seed=1, parameters={"size": "20x16", "steps": 3})
    assert isinstance(drawn, Answered)
    assert decode(drawn.value).pixels.shape == (16, 20, 3)
    edited = model.draw("a box", [encode_png(_noise(1))], seed=1, parameters={})
    assert isinstance(edited, Answered)


@pytest.mark.parametrize(
    ("images", "parameters", "words"),
    [
        ([b"no picture"], {}, "reference 1"),
        ([], {"size": "wide"}, "size is"),
        ([], {"width": -4, "height": 4}, "width is"),
        ([], {"text_scale": "much"}, "guidance"),
        ([], {"steps": 1}, "steps is 1"),
        ([], {"width": 99_999, "height": 4}, "width is"),
    ],
)
def test_what_an_image_model_cannot_draw_is_a_failure_with_its_reason(
    folder: Path, images: list[bytes], parameters: dict[str, object], words: str
):
    drawn = open_image_model(str(folder), "cpu").draw("a box", images, seed=1, parameters=parameters)
    assert isinstance(drawn, Failed)
    assert words in drawn.reason


def test_a_folder_s_defaults_that_make_no_sense_are_named(folder: Path, tmp_path: Path):
    from shutil import copytree

    copytree(folder, tmp_path / "copy")
    (tmp_path / "copy" / "sampling.json").write_text('{"width": "wide"}')
    with pytest.raises(Mistake, match="width"):
        load(tmp_path / "copy", "cpu")


def test_guidance_can_be_given_with_a_request(sampler: Sampler):
    plain, strong = sampler.draw(
        [
            DrawRequest(prompt="draw a red ball", seed=1, guidance=Guidance(steps=4, text_scale=scale))
            for scale in (1.0, 6.0)
        ]
    )
    assert not np.array_equal(plain.pixels, strong.pixels)
