"""Figures of small cases that one can count by hand."""

from typing import Any

import pytest
from curate_rows import FIRST, REPLY, sample

from echoloop.curate.scoring import (
    AnnotatorScore,
    GoldSample,
    LabelledThread,
    Scored,
    StageName,
    cheapest_good_enough,
    measure_relevance,
    measure_samples,
)
from echoloop.curate.scoring.gold import GoldScore
from echoloop.records import Box, Feedback, ImageRef, Post

A, B, C, PAGE = "a" * 64, "b" * 64, "c" * 64, "d" * 64


def thread(*samples: GoldSample, relevance: tuple[GoldScore, ...] | None = None) -> LabelledThread:
    posts = tuple(
        Post(url=url, platform="x", text="", created_at=None, images=images)
        for url, images in ((FIRST, tuple(ImageRef(sha256=name) for name in (A, B, C, PAGE))), (REPLY, ()))
    )
    return LabelledThread(thread=FIRST, posts=posts, samples=samples, relevance=relevance)


def gold(prompt: str = "a red boat at sea", **changes: Any) -> GoldSample:
    return GoldSample(**{"prompt": prompt, "quality": "Benchmark", "posts": (FIRST,), **changes})


def figures(scored: Scored) -> dict[str, AnnotatorScore]:
    return {one.measure: one for one in scored.figures}


def value(scored: Scored, measure: str) -> float | None:
    return figures(scored)[measure].value


def test_prompts_count_whole_and_by_words() -> None:
    found = [sample("one", prompt="A red  boat at SEA"), sample("two", prompt="a blue cat")]
    scored = measure_samples("extraction", [thread(gold(), gold("a blue dog"))], found)
    assert value(scored, "prompts exact: F1") == pytest.approx(0.5)
    assert value(scored, "prompts: token F1") == pytest.approx((1 + 2 / 3) / 2)


def test_what_is_trash_or_hazardous_is_not_wanted_and_quality_is_crossed() -> None:
    labelled = thread(
        gold("one thing"),
        gold("two things", quality="Analysis"),
        gold("no task", quality="Trash"),
        gold("a weapon", hazards=("S9",)),
    )
    found = [
        sample("a", prompt="one thing", quality="Analysis", post_urls=(FIRST,)),
        sample("b", prompt="no task", quality="Benchmark", post_urls=(FIRST,)),
        sample("c", prompt="a weapon", post_urls=(FIRST,)),
    ]
    scored = measure_samples("extraction", [labelled], found)
    assert figures(scored)["samples: F1"].recall == pytest.approx(
        1.0
    )  # "no task" hangs on the post of "two things"
    crossed = {(one, other): count for one, other, count in scored.confusion}
    assert crossed[("Benchmark", "Analysis")] == 1
    assert sum(crossed.values()) == 3


def test_pictures_are_judged_by_role_and_crops_do_not_count() -> None:
    cropped = ImageRef(sha256="e" * 64, alt="cut from dddddddddddd")
    found = [
        sample(
            input_images=(ImageRef(sha256=A),),
            output_images=(ImageRef(sha256=C), cropped),
            prompt="a red boat at sea",
        )
    ]
    scored = measure_samples("pictures", [thread(gold(inputs=(A,), outputs=(B,)))], found)
    # input: 1 of 1; output: none; none: PAGE right, B found, C labelled
    assert value(scored, "pictures: macro F1") == pytest.approx((1.0 + 0.0 + 0.5) / 3)
    assert value(scored, "input pictures: F1") == pytest.approx(1.0)
    assert value(scored, "output pictures: F1") == pytest.approx(0.0)


def test_boxes_have_to_lie_on_the_same_screenshot() -> None:
    def screenshot(page: str, right: int) -> Any:
        box = Box(left=0, top=0, right=right, bottom=100)
        return sample(prompt="a red boat at sea", conversation=ImageRef(sha256=page), output_boxes=(box,))

    labelled = [thread(gold(screenshot=PAGE, output_boxes=((0, 0, 100, 100),)))]
    near = measure_samples("screenshots", labelled, [screenshot(PAGE, 60)])
    assert (value(near, "boxes (IoU >= 0.5): F1"), value(near, "boxes (IoU >= 0.75): F1")) == (1.0, 0.0)
    other = measure_samples("screenshots", labelled, [screenshot(A, 100)])
    assert value(other, "boxes (IoU >= 0.5): F1") == 0.0


def test_feedback_is_found_by_its_post() -> None:
    found = [
        sample(community_feedback=(Feedback(post_url=FIRST, text="x"), Feedback(post_url=REPLY, text="y")))
    ]
    scored = measure_samples("extraction", [thread(gold(feedback=(REPLY,)))], found)
    assert value(scored, "feedback: F1") == pytest.approx(2 / 3)


def test_scores_that_can_be_defended_are_not_wrong_and_silence_is_no_number() -> None:
    labels = (GoldScore(post=FIRST, score=(4, 5)), GoldScore(post=REPLY, score=2))
    scored = measure_relevance([thread(relevance=labels)], {FIRST: 5, REPLY: 4}, 4)
    assert value(scored, "accuracy") == 0.5
    assert scored.confusion == (("2", "4", 1), ("5", "5", 1))
    silent = measure_relevance([thread(relevance=labels)], {FIRST: None}, 4)
    assert [(one.value, bool(one.reason)) for one in silent.figures] == [(None, True)] * 3


def test_few_conversations_without_a_fault_prove_little() -> None:
    found = [sample(prompt="a red boat at sea")]
    few = figures(measure_samples("extraction", [thread(gold())], found))["prompts exact: F1"]
    assert few.value == 1.0
    assert few.low == pytest.approx(0.025)


@pytest.mark.parametrize("stage", ["extraction", "pictures", "screenshots"])
def test_without_labels_there_is_no_figure(stage: StageName) -> None:
    bare = LabelledThread(thread=FIRST, posts=thread().posts)
    assert {one.value for one in measure_samples(stage, [bare], [sample()]).figures} == {None}


def test_the_cheapest_that_reaches_the_bound_is_named() -> None:
    def tried(endpoint: str, low: float, price: float | None, answered: int = 10) -> AnnotatorScore:
        return AnnotatorScore(
            stage="pictures",
            endpoint=endpoint,
            measure="m",
            headline=True,
            value=1.0,
            low=low,
            high=1.0,
            calls=10,
            answered=answered,
            price=price,
        )

    scores = [
        tried("dear", 0.99, 9.0),
        tried("cheap", 0.92, 1.0),
        tried("poor", 0.5, 0.1),
        tried("mute", 0.99, 0.1, 5),
        tried("unknown", 0.99, None),
    ]
    assert cheapest_good_enough(scores, 0.9)[0].endpoint == "cheap"
    assert cheapest_good_enough(scores[2:], 0.9)[0].endpoint == "unknown"
    (none,) = cheapest_good_enough(scores[2:3], 0.9)
    assert none.endpoint is None
    assert "poor with 0.500" in none.reason
