"""What a viewer says of pictures is kept only for pictures that exist, and none is ever in two samples."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from curate_rows import FIRST, REPLY, picture, sample
from scripted_model import Rule, asked
from stage_runs import Run, curate_stage, post, run_stage

from echoloop.records import Feedback, ImageRef, Post, Sample


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
