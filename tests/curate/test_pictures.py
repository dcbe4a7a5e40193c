"""What a viewer says of pictures is kept only for pictures that exist, and none is ever in two samples."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from curate_rows import FIRST, REPLY, picture, sample
from scripted_model import Rule, asked
from stage_runs import CURATE, Run, curate_stage, post, run_stage, store_picture

from echoloop.images import Pixels, decode, encode_jpeg
from echoloop.records import Feedback, ImageRef, Post, Sample
from echoloop.workspace import writing


def told(
    *groups: dict[str, list[int]], completions: Sequence[dict[str, Any]] = (), page: int | None = None
) -> Rule:
    """A viewer's whole answer."""
    empty = {"inputs": [], "outputs": [], "post_urls": []}
    return {
        "say": {
            "groups": [{**empty, **group} for group in groups],
            "completions": [{**empty, **completion} for completion in completions],
            "conversation": page,
        }
    }


def sort(folder: Path, samples: list[Sample], posts: list[Post], *rules: Rule) -> Run:
    return run_stage(
        folder,
        curate_stage("pictures"),
        {"extracted": (Sample, samples), "posts": (Post, posts)},
        list(rules),
    )


def hashes(images: tuple[ImageRef, ...]) -> list[str | None]:
    return [image.sha256 for image in images]


def test_inputs_and_outputs_by_their_numbers(tmp_path: Path) -> None:
    one, two, three = (picture(tmp_path, shade) for shade in (10, 90, 200))
    posts = [post(1, "a house", [one, two]), post(2, "mine", [three, one])]
    found = sort(tmp_path, [sample()], posts, told({"inputs": [1], "outputs": [2, 3]}))
    (kept,) = found.kept
    assert hashes(kept.input_images) == [one.sha256]
    assert hashes(kept.output_images) == [two.sha256, three.sha256]
    assert len(kept.receipts) == 2
    assert "pictures=3" in asked(tmp_path)[0]


def test_numbers_that_do_not_exist_or_come_twice_count_once_or_not_at_all(tmp_path: Path) -> None:
    posts = [post(1, "a house", [picture(tmp_path, 10), picture(tmp_path, 90)]), post(2, "nice")]
    say = told({"inputs": [0, -1, 99, 1, 1], "outputs": [1, 2, 2]})
    (kept,) = sort(tmp_path, [sample()], posts, say).kept
    assert (len(kept.input_images), len(kept.output_images)) == (1, 1)


def test_no_picture_is_in_two_samples_and_the_narrower_claim_wins(tmp_path: Path) -> None:
    one, two = picture(tmp_path, 10), picture(tmp_path, 90)
    posts = [post(1, "a house", [one]), post(2, "mine", [two])]
    samples = [sample("wide"), sample("narrow", prompt="a tower", post_urls=(REPLY,))]
    found = sort(
        tmp_path,
        samples,
        posts,
        {"when": "a tower", **told({"outputs": [1]})},
        told({"outputs": [1, 2]}),
    )
    by_id = {kept.id: hashes(kept.output_images) for kept in found.kept}
    assert by_id == {"narrow": [two.sha256], "wide": [one.sha256]}


def test_every_execution_is_a_sample_of_its_own(tmp_path: Path) -> None:
    posts = [post(1, "a house", [picture(tmp_path, 10)]), post(2, "mine", [picture(tmp_path, 90)])]
    kept = sort(tmp_path, [sample()], posts, told({"outputs": [1]}, {"outputs": [2]}, {})).kept
    assert len({one.id for one in kept}) == 2
    assert "one" in {one.id for one in kept}
    assert all(len(one.output_images) == 1 for one in kept)


def test_a_screenshot_is_in_no_group(tmp_path: Path) -> None:
    page, other = picture(tmp_path, 10), picture(tmp_path, 90)
    posts = [post(1, "look", [page, other]), post(2, "nice")]
    (kept,) = sort(tmp_path, [sample()], posts, told({"outputs": [1, 2]}, page=1)).kept
    assert kept.conversation.sha256 == page.sha256
    assert hashes(kept.output_images) == [other.sha256]
    (none,) = sort(tmp_path / "b", [sample()], [post(1, "a"), post(2, "b")], told()).kept
    assert none.conversation is None
    posts = [post(1, "look", [picture(tmp_path / "c", 10)]), post(2, "nice")]
    (beyond,) = sort(tmp_path / "c", [sample()], posts, told(page=7)).kept
    assert beyond.conversation is None


def test_a_filled_blank_is_a_sample_with_its_words_and_its_picture(tmp_path: Path) -> None:
    posts = [post(1, "a [COLOUR] house", [picture(tmp_path, 10)]), post(2, "red!", [picture(tmp_path, 90)])]
    said = (Feedback(post_url=FIRST, text="hm"), Feedback(post_url=REPLY, text="red!"))
    say = told(
        {"outputs": [1]},
        completions=[
            {"prompt": "a red house", "outputs": [2], "post_urls": [REPLY, "https://x.com/i/status/9"]},
            {"prompt": "a blue house", "outputs": [9], "post_urls": [REPLY]},
        ],
    )
    found = sort(tmp_path, [sample(prompt="a [COLOUR] house", community_feedback=said)], posts, say)
    filled = next(kept for kept in found.kept if kept.prompt_fill_blank)
    assert len(found.kept) == 2
    assert (filled.prompt, filled.prompt_origin, filled.prompt_modified) == ("a red house", "filled", True)
    assert filled.post_urls == (REPLY,)
    assert [one.text for one in filled.community_feedback] == ["red!"]


def test_a_completion_that_shows_nothing_takes_no_picture_from_others(tmp_path: Path) -> None:
    one, two = picture(tmp_path, 10), picture(tmp_path, 90)
    posts = [post(1, "a [COLOUR] house", [one, two]), post(2, "nice")]
    say = told(
        {"inputs": [1], "outputs": [2]},
        completions=[{"prompt": "a red house", "inputs": [1], "outputs": [9]}],
    )
    (kept,) = sort(tmp_path, [sample()], posts, say).kept
    assert hashes(kept.input_images) == [one.sha256]


def test_samples_without_pictures_are_not_asked_about(tmp_path: Path) -> None:
    absent = ImageRef(sha256=None, url="gone.png", absence="no such file")
    found = sort(tmp_path, [sample()], [post(1, "a house", [absent]), post(2, "nice")])
    assert [kept.id for kept in found.kept] == ["one"]
    assert asked(tmp_path) == []


def test_a_picture_that_is_no_longer_in_the_store_costs_its_own_row_only(tmp_path: Path) -> None:
    here, gone = picture(tmp_path, 10), ImageRef(sha256="0" * 64, media_type="image/png")
    posts = [post(1, "a house", [here]), post(2, "mine", [gone])]
    samples = [sample("fine", post_urls=(FIRST,)), sample("broken", post_urls=(REPLY,))]
    found = sort(tmp_path, samples, posts, told({"outputs": [1]}))
    assert [kept.id for kept in found.kept] == ["fine"]
    assert found.reasons == ["pictures failed"]
    assert "not in the store" in found.dropped[0].detail
    assert found.unanswered == 0


def test_answers_that_are_none_leave_with_a_reason(tmp_path: Path) -> None:
    posts = [post(1, "a house", [picture(tmp_path, 10)]), post(2, "mine", [picture(tmp_path, 90)])]
    samples = [sample("no", post_urls=(FIRST,)), sample("what", post_urls=(REPLY,))]
    found = sort(
        tmp_path,
        samples,
        posts,
        {"when": '"url": "https://x.com/i/status/1"', "refuse": "I look away"},
        {"say": "um"},
    )
    assert found.kept == []
    assert found.reasons == ["pictures refused", "pictures unparsed"]


def landscape(seed: int = 1) -> Pixels:
    """Soft shapes with grain, as in a photograph."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (12, 16, 3)).astype(np.float64)
    soft = np.stack([np.kron(coarse[..., band], np.ones((20, 20))) for band in range(3)], axis=-1)
    return np.clip(soft + rng.integers(-12, 12, soft.shape), 0, 255).astype(np.uint8)


def stored(folder: Path, data: bytes) -> ImageRef:
    with writing(folder / "workspace") as workspace:
        sha256 = workspace.images.put(data)
    return ImageRef(sha256=sha256, media_type="image/jpeg")


def encoded_anew(folder: Path, pixels: Pixels, quality: int) -> ImageRef:
    return stored(folder, encode_jpeg(pixels, quality=quality))


def test_a_picture_that_is_posted_twice_is_shown_once(tmp_path: Path) -> None:
    one, other = store_picture(tmp_path, landscape(1)), store_picture(tmp_path, landscape(2))
    again = encoded_anew(tmp_path, landscape(1), 80)
    posts = [post(1, "a house", [one]), post(2, "look at this again", [again, other, one])]
    (kept,) = sort(tmp_path, [sample()], posts, told({"outputs": [1, 2]})).kept
    assert hashes(kept.output_images) == [one.sha256, other.sha256]
    (words,) = asked(tmp_path)
    assert "pictures=2" in words
    assert f'"also_on": ["{REPLY}"]' in words


@pytest.mark.parametrize("change", ["a small thing", "another tint", "a step aside", "turned"])
def test_pictures_that_are_only_alike_are_all_shown(tmp_path: Path, change: str) -> None:
    """An edit and what it started from are alike: taking them for one would lose the edit."""
    before = landscape()
    after = before.copy()
    if change == "a small thing":
        after[100:116, 150:166] = 255 - after[100:116, 150:166]
    elif change == "another tint":
        after = np.clip(after.astype(np.int16) + np.array([12, 4, -26]), 0, 255).astype(np.uint8)
    elif change == "a step aside":
        after = np.roll(after, 5, axis=1)
    else:
        after = np.ascontiguousarray(after[:, ::-1])
    images = [store_picture(tmp_path, before), store_picture(tmp_path, after)]
    posts = [post(1, "a house", images), post(2, "nice")]
    (kept,) = sort(tmp_path, [sample()], posts, told({"inputs": [1], "outputs": [2]})).kept
    assert hashes((*kept.input_images, *kept.output_images)) == [image.sha256 for image in images]


def test_the_same_picture_encoded_anew_is_in_one_sample_only(tmp_path: Path) -> None:
    one, again = store_picture(tmp_path, landscape()), encoded_anew(tmp_path, landscape(), 85)
    posts = [post(1, "a house", [one]), post(2, "a tower", [again])]
    samples = [
        sample("a", post_urls=(FIRST,), prompt="a house"),
        sample("b", post_urls=(REPLY,), prompt="a tower"),
    ]
    found = sort(tmp_path, samples, posts, told({"outputs": [1]}))
    assert {kept.id: len(kept.output_images) for kept in found.kept} == {"a": 1, "b": 0}
    assert found.reasons == ["a picture of another sample"]


@pytest.mark.parametrize(
    "answer",
    [
        [{"groups": [], "completions": [], "conversation": None}] * 2,
        {"groups": [[1], [2]], "completions": [], "conversation": None},
        {"groups": {"inputs": [], "outputs": [1], "post_urls": []}, "completions": [], "conversation": None},
        {"groups": [{"inputs": [], "outputs": [True], "post_urls": []}], "completions": [], "conversation": None},
        {"groups": [{"inputs": [], "outputs": ["the first"], "post_urls": []}], "completions": [], "conversation": None},
        {"groups": [{"inputs": [], "outputs": [1.5], "post_urls": []}], "completions": [], "conversation": None},
        {"groups": [], "completions": [], "conversation": True},
        {"groups": [{"inputs": [], "outputs": [1], "post_urls": []}] * 300, "completions": [], "conversation": None},
        '{"groups": [{"inputs": [], "outputs": [NaN], "post_urls": []}], "completions": [], "conversation": null}',
        '{"groups": [], "completions": [], "conversation": Infinity}',
    ],
)  # fmt: skip
def test_an_answer_of_another_shape_is_a_loss_with_a_reason(tmp_path: Path, answer: Any) -> None:
    posts = [post(1, "a house", [picture(tmp_path, 10)]), post(2, "nice")]
    found = sort(tmp_path, [sample()], posts, {"say": answer})
    assert (found.kept, found.reasons) == ([], ["pictures unparsed"])


def test_numbers_written_as_words_of_digits_are_numbers(tmp_path: Path) -> None:
    image = picture(tmp_path, 10)
    posts = [post(1, "a house", [image]), post(2, "nice")]
    found = sort(tmp_path, [sample()], posts, told({"outputs": ["1", "7"]}))  # type: ignore[list-item]
    assert hashes(found.kept[0].output_images) == [image.sha256]
    assert found.reasons == ["a picture that is not there"]


def test_a_completion_of_another_prompt_is_refused(tmp_path: Path) -> None:
    posts = [post(1, "a [COLOUR] house", [picture(tmp_path, 10)]), post(2, "hm")]
    invented = {"prompt": "a dragon over the frozen sea", "outputs": [1]}
    found = sort(tmp_path, [sample(prompt="a [COLOUR] house")], posts, told(completions=[invented]))
    assert [(kept.id, kept.output_images) for kept in found.kept] == [("one", ())]
    assert found.reasons == ["a completion of another prompt"]


def test_a_completion_says_what_was_filled_in(tmp_path: Path) -> None:
    posts = [post(1, "a [COLOUR] house", [picture(tmp_path, 10)]), post(2, "hm")]
    red = {"prompt": "a red house", "outputs": [1]}
    (kept,) = sort(tmp_path, [sample(prompt="a [COLOUR] house")], posts, told(completions=[red])).kept
    assert kept.prompt_diff == "a [-[COLOUR]-] {+red+} house"


def test_long_texts_are_cut_and_say_so(tmp_path: Path) -> None:
    image = picture(tmp_path, 10)
    described = ImageRef(sha256=image.sha256, media_type="image/png", alt="y" * 3_000)
    posts = [post(1, "x" * 5_000, [described]), post(2, "nice")]
    sort(tmp_path, [sample()], posts, told())
    (words,) = asked(tmp_path)
    assert words.count('"characters_left_out": 1000') == 2
    assert "x" * 4_001 not in words


def test_a_damaged_picture_is_nobodys_double(tmp_path: Path) -> None:
    """It is compared with others before the viewer is asked, and costs its own row there and then."""
    one, broken = picture(tmp_path, 10), stored(tmp_path, b"no picture at all")
    posts = [post(1, "a house", [one]), post(2, "mine", [broken])]
    samples = [sample("fine", post_urls=(FIRST,)), sample("broken", post_urls=(REPLY,))]
    found = sort(tmp_path, samples, posts, told({"outputs": [1]}))
    assert [kept.id for kept in found.kept] == ["fine"]
    assert found.reasons == ["pictures failed"]


def test_the_grain_of_the_picture_survives_this_tests_own_encoding() -> None:
    """The doubles above are doubles: other bytes, hardly other pixels."""
    pixels = landscape()
    again = decode(encode_jpeg(pixels, quality=80)).pixels
    assert 0 < np.abs(again.astype(int) - pixels).mean() < 12


def test_more_pictures_than_fit_are_left_out_and_said(tmp_path: Path) -> None:
    images = [picture(tmp_path, shade) for shade in (10, 60, 110, 160)]
    posts = [post(1, "a house", images[:2]), post(2, "mine", images[2:])]
    tables = {"extracted": (Sample, [sample()]), "posts": (Post, posts)}
    stage = curate_stage("pictures", msgspec.structs.replace(CURATE, pictures_at_once=3))
    found = run_stage(tmp_path, stage, tables, [told({"outputs": [1, 2, 3, 4]})])
    assert hashes(found.kept[0].output_images) == [image.sha256 for image in images[:3]]
    assert found.reasons == ["a picture that is not there", "more pictures than are shown at once"]
    assert '"pictures_left_out": 1' in asked(tmp_path)[0]
