"""Rows to samples: what stands where, what is refused and why, and what is left out now and then."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from echoloop.images import encode_png
from echoloop.records import Mistake
from echoloop.train.bagel.config import BagelConfig
from echoloop.train.data import (
    Bad,
    Dropout,
    ImageSplit,
    Limits,
    Picture,
    Planning,
    Row,
    Sample,
    Sizes,
    TextSplit,
    check_planning,
    plan,
    sample_length,
)
from echoloop.train.data.rows import Unusable

GREY = encode_png(np.full((48, 32, 3), 90, np.uint8))


def picture(data: bytes = GREY) -> Picture:
    return Picture("shard.tar [a.png]", lambda: data)


def raising(fault: Exception) -> Picture:
    def read() -> bytes:
        raise fault

    return Picture("gone.png", read)


def row(
    references: int = 0,
    *,
    instruction: str = "a red cube",
    output: Picture | None = None,
    inputs: tuple[Picture, ...] | None = None,
    thought: str = "",
) -> Row:
    return Row(
        name="rows.jsonl:7",
        dataset="d",
        instruction=instruction,
        inputs=(picture(),) * references if inputs is None else inputs,
        output=output or picture(),
        thought=thought,
    )


def planned(of: Row, planning: Planning, seed: int = 0) -> Sample:
    made = plan(of, planning, np.random.default_rng(seed))
    assert isinstance(made, Sample), made
    return made


def refused(of: Row, planning: Planning) -> Bad:
    made = plan(of, planning, np.random.default_rng(0))
    assert isinstance(made, Bad)
    assert (made.name, made.dataset) == (of.name, of.dataset)
    return made


def shape(sample: Sample) -> list[str]:
    return [
        ("learned" if split.learned else "text") if isinstance(split, TextSplit) else split.seen
        for split in sample.splits
    ]


def test_splits_stand_in_the_order_of_the_published_model(small: Planning) -> None:
    assert shape(planned(row(), small)) == ["text", "target"]
    assert shape(planned(row(1), small)) == ["clean", "patches", "text", "target"]
    assert shape(planned(row(2), small)) == ["clean", "patches"] * 2 + ["text", "target"]
    assert shape(planned(row(thought="a blue ball"), small)) == ["text", "learned", "target"]
    question = Row(name="q", dataset="d", instruction="what is it", inputs=(picture(),) * 2, answer="a cube")
    assert shape(planned(question, small)) == ["patches", "patches", "text", "learned"]


def test_text_is_framed_and_pictures_have_final_sizes(small: Planning) -> None:
    sample = planned(row(1), small)
    clean, patches, text, target = sample.splits
    assert isinstance(text, TextSplit)
    special = small.tokens.special
    assert text.ids.tolist() == [special.bos, *small.tokens.encode("a red cube"), special.eos]
    assert isinstance(clean, ImageSplit)
    assert isinstance(patches, ImageSplit)
    assert clean.pixels.shape == (48, 32, 3)
    assert patches.pixels.shape == (42, 28, 3) or patches.pixels.shape[0] % 14 == 0
    assert sample_length([text, target], small.tiling) == 5 + 8


def test_references_may_be_smaller_than_targets(small: Planning) -> None:
    smaller = replace(small, references=Sizes(stride=16, longest=32, shortest=16))
    clean, _, _, target = planned(row(1), smaller).splits
    assert isinstance(clean, ImageSplit)
    assert isinstance(target, ImageSplit)
    assert clean.pixels.shape[0] == 32
    assert target.pixels.shape[0] == 48


@pytest.mark.parametrize(
    ("of", "reason", "detail"),
    [
        (row(instruction=""), "empty_instruction", "instruction is empty"),
        (row(instruction=" \n\t"), "empty_instruction", "instruction is empty"),
        (row(instruction="a\0b"), "null_bytes", "character 1"),
        (row(instruction="cube " * 20_000), "too_many_tokens", "limit is 16,384"),
        (row(instruction="x" * 300_000), "text_too_long", "300,000 characters"),
        (row(40), "too_many_references", "40 references"),
        (row(inputs=(picture(), picture(b"no picture"))), "picture_unreadable", "reference 2 of 2 (shard.tar [a.png])"),
        (row(output=picture(GREY[:-30])), "picture_unreadable", "the output"),
        (row(output=picture(b"")), "picture_unreadable", "empty"),
        (row(output=raising(OSError(5, "Input/output error"))), "picture_unreadable", "Input/output error"),
        (row(output=raising(Unusable("picture_changed", "its bytes"))), "picture_changed", "the output: its bytes"),
        (row(thought=" "), "empty_instruction", "thought is empty"),
    ],
)  # fmt: skip
def test_what_cannot_be_learned_from_is_refused_with_a_reason(
    small: Planning, of: Row, reason: str, detail: str
) -> None:
    bad = refused(of, small)
    assert bad.reason == reason
    assert detail in bad.detail


def test_an_unlearnable_answer_is_refused(small: Planning) -> None:
    question = Row(name="q", dataset="d", instruction="what is it", inputs=(picture(),))
    assert refused(question, small).detail == "the answer is empty"


def test_whether_a_row_is_too_long_is_no_matter_of_luck(small: Planning) -> None:
    tight = replace(small, limits=Limits(tokens=20), dropout=Dropout(text=1.0, clean=1.0, patches=1.0))
    assert refused(row(2), tight).reason == "too_many_tokens"


def count_dropped(planning: Planning, of: Row, rounds: int) -> Counter[str]:
    rng = np.random.default_rng(4)
    dropped = Counter[str]()
    for _ in range(rounds):
        made = plan(of, planning, rng)
        assert isinstance(made, Sample)
        for split, kind in zip(made.splits, shape(made), strict=True):
            dropped[kind] += split.dropped
    return dropped


def test_conditions_are_dropped_as_often_as_asked(small: Planning) -> None:
    rounds = 2_000
    dropped = count_dropped(replace(small, dropout=Dropout()), row(1, thought="a ball"), rounds)
    assert dropped["learned"] == dropped["target"] == 0
    for kind, share in (("text", 0.1), ("clean", 0.3), ("patches", 0.3)):
        assert abs(dropped[kind] / rounds - share) < 4 * np.sqrt(share * (1 - share) / rounds)


def test_conditions_are_dropped_independently(small: Planning) -> None:
    half = replace(small, dropout=Dropout(text=0.0, clean=0.5, patches=0.5))
    rng = np.random.default_rng(1)
    seen = Counter[tuple[bool, ...]]()
    for _ in range(600):
        made = plan(row(1), half, rng)
        assert isinstance(made, Sample)
        seen[tuple(split.dropped for split in made.splits)] += 1
    assert len(seen) == 4
    assert min(seen.values()) > 100


def test_understanding_keeps_its_conditions(small: Planning) -> None:
    always = replace(small, dropout=Dropout(text=1.0, clean=1.0, patches=1.0))
    question = Row(name="q", dataset="d", instruction="what", inputs=(picture(),), answer="a cube")
    assert not any(split.dropped for split in planned(question, always).splits)


def test_dropout_outside_its_range_is_a_mistake() -> None:
    with pytest.raises(Mistake, match=r"dropout\.clean"):
        Dropout(clean=1.5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda small: replace(small, latents=Sizes(stride=8, longest=64, shortest=16)), "stride of 8"),
        (lambda small: replace(small, latents=Sizes(stride=16, longest=2048, shortest=16)), "position table has 64"),
        (lambda small: replace(small, patches=Sizes(stride=14, longest=994, shortest=14)), "position table has 70"),
    ],
)  # fmt: skip
def test_sizes_that_do_not_fit_the_model_are_noticed_before_the_start(
    small: Planning, change: Callable[[Planning], Planning], message: str
) -> None:
    check_planning(small, BagelConfig())
    with pytest.raises(Mistake, match=message):
        check_planning(change(small), BagelConfig())
