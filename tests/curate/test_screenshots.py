"""Boxes that a model draws on a screenshot: what is sound is cut out pixel by pixel, what is not leaves with a reason."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from scripted_model import asked
from stage_runs import CURATE, Run, curate_stage, post, run_stage, store_picture, workspace_of

from echoloop.curate import CurateSettings
from echoloop.images import decode
from echoloop.records import Box, ImageRef, Post, Sample

URL = "https://x.com/i/status/1"
WIDTH, HEIGHT = 300, 200
PIXELS = np.random.default_rng(5).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)


def unfold(folder: Path, say: Any, settings: CurateSettings = CURATE, **changes: Any) -> Run:
    page = store_picture(folder, PIXELS)
    fields = {
        "id": "one",
        "thread": URL,
        "post_urls": (URL,),
        "prompt": "",
        "quality": "Analysis",
        "conversation": page,
        "source_posts": (URL,),
        **changes,
    }
    tables = {"pictured": (Sample, [Sample(**fields)]), "posts": (Post, [post(1, "look", [page])])}
    whole = {"prompt": "", "inputs": [], "outputs": []}
    rule = say if "refuse" in say else {"say": {**whole, **say} if isinstance(say, dict) else say}
    return run_stage(folder, curate_stage("screenshots", settings), tables, [rule])


def test_crops_are_the_pixels_of_the_page(tmp_path: Path) -> None:
    say = {"prompt": " a house ", "inputs": [[10, 20, 60, 80]], "outputs": [[100, 20.4, 200, 119.6]]}
    (kept,) = unfold(tmp_path, say).kept
    assert (kept.prompt, kept.quality, kept.is_screenshot) == ("a house", "Benchmark", True)
    assert kept.input_boxes == (Box(left=10, top=20, right=60, bottom=80),)
    assert kept.output_boxes == (Box(left=100, top=20, right=200, bottom=120),)
    images = workspace_of(tmp_path).images
    for ref, box in zip(
        (*kept.input_images, *kept.output_images), (*kept.input_boxes, *kept.output_boxes), strict=True
    ):
        piece = decode(images.read(ref.sha256 or "")).pixels
        assert np.array_equal(piece, PIXELS[box.top : box.bottom, box.left : box.right])
        assert (ref.width, ref.height) == (box.right - box.left, box.bottom - box.top)
        corner = f"{box.left},{box.top},{box.right - box.left},{box.bottom - box.top}"
        assert ref.url == f"sha256:{kept.conversation.sha256}#xywh={corner}"


@pytest.mark.parametrize(
    ("box", "reason"),
    [
        ([400, 20, 500, 90], "outside the picture"),
        ([-90, -90, -10, -10], "outside the picture"),
        ([200, 20, 100, 120], "with swapped corners"),
        ([100, 120, 200, 20], "with swapped corners"),
        ([120, 40, 120, 90], "outside the picture"),
        ([10, 20, 60], "not four numbers"),
        ([10, 20, 60, 80, 90], "not four numbers"),
        ([10, 20, 20, 30], "too small"),
        ([295, 20, 900, 190], "too small"),
        ([100, 25, 200, 120], "over another box"),
        ([90, 10, 215, 140], "over another box"),
        ([110, 30, 150, 70], "over another box"),
        ([1e300, 0, 2e300, 50], "outside the picture"),
    ],
)
def test_an_unsound_box_leaves_with_its_reason(tmp_path: Path, box: list[float], reason: str) -> None:
    found = unfold(tmp_path, {"prompt": "a house", "outputs": [[100, 20, 200, 120], box]})
    assert found.reasons == [f"box {reason}"]
    assert found.dropped[0].detail == ", ".join(f"{number:g}" for number in box)
    assert len(found.kept[0].output_boxes) == len(found.kept[0].output_images) == 1


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_are_none_are_no_box(tmp_path: Path, number: str) -> None:
    text = f'{{"prompt": "a house", "inputs": [], "outputs": [[0, 0, {number}, 50], [100, 20, 200, 120]]}}'
    found = unfold(tmp_path, text)
    if found.kept:
        assert found.reasons == ["box not four numbers"]
        assert len(found.kept[0].output_boxes) == 1
    else:
        assert found.reasons == ["screenshot unparsed"]


def test_a_box_that_hangs_over_the_edge_is_cut_at_the_edge(tmp_path: Path) -> None:
    (kept,) = unfold(tmp_path, {"prompt": "a house", "outputs": [[250, 150, 320, 230]]}).kept
    assert kept.output_boxes == (Box(left=250, top=150, right=WIDTH, bottom=HEIGHT),)


def test_words_of_the_post_count_before_words_of_the_picture(tmp_path: Path) -> None:
    say = {"prompt": "another", "outputs": [[100, 20, 200, 120]]}
    (kept,) = unfold(tmp_path, say, prompt="a tower", quality="Analysis").kept
    assert (kept.prompt, kept.quality) == ("a tower", "Analysis")


def test_a_screenshot_without_pictures_or_words_makes_no_benchmark_task(tmp_path: Path) -> None:
    (kept,) = unfold(tmp_path / "a", {"prompt": "a house", "outputs": []}).kept
    assert (kept.quality, kept.output_images) == ("Analysis", ())
    (mute,) = unfold(tmp_path / "b", {"prompt": "  ", "outputs": [[100, 20, 200, 120]]}).kept
    assert (mute.quality, mute.prompt) == ("Analysis", "")


def test_samples_without_a_screenshot_pass_untouched(tmp_path: Path) -> None:
    (kept,) = unfold(tmp_path, {"prompt": "x"}, conversation=None, prompt="a house").kept
    assert (kept.prompt, kept.is_screenshot) == ("a house", False)
    assert not (tmp_path / "scripted.log").exists()


@pytest.mark.parametrize(
    ("say", "reason"), [({"refuse": "no"}, "screenshot refused"), ("a nice picture", "screenshot unparsed")]
)
def test_a_screenshot_nobody_read_leaves_with_a_reason(tmp_path: Path, say: Any, reason: str) -> None:
    found = unfold(tmp_path, say)
    assert (found.kept, found.reasons) == ([], [reason])


def test_a_page_that_is_gone_costs_its_own_row_only(tmp_path: Path) -> None:
    gone = ImageRef(sha256="0" * 64, media_type="image/png", width=WIDTH, height=HEIGHT)
    fields = {"thread": URL, "post_urls": (URL,), "prompt": "", "quality": "Analysis", "source_posts": (URL,)}
    page = store_picture(tmp_path, PIXELS)
    samples = [Sample(id="fine", conversation=page, **fields), Sample(id="gone", conversation=gone, **fields)]
    tables = {"pictured": (Sample, samples), "posts": (Post, [post(1, "look")])}
    say = {"prompt": "a house", "inputs": [], "outputs": [[100, 20, 200, 120]]}
    found = run_stage(tmp_path, curate_stage("screenshots"), tables, [{"say": say}])
    assert [kept.id for kept in found.kept] == ["fine"]
    assert found.reasons == ["screenshot failed"]


def test_a_model_that_counts_in_thousandths_is_told_to_and_read_so(tmp_path: Path) -> None:
    thousandths = replace(CURATE, box_convention="thousandths")
    say = {"prompt": "a house", "outputs": [[100, 200, 500, 800], [500.5, 0, 1004, 1000]]}
    (kept,) = unfold(tmp_path, say, thousandths).kept
    assert kept.output_boxes == (
        Box(left=30, top=40, right=150, bottom=160),
        Box(left=150, top=0, right=WIDTH, bottom=HEIGHT),
    )
    assert '"coordinates": "thousandths"' in asked(tmp_path)[0]
    assert f'"width": {WIDTH}, "height": {HEIGHT}' in asked(tmp_path)[0]


def test_pixels_given_for_thousandths_are_not_taken_for_them(tmp_path: Path) -> None:
    thousandths = replace(CURATE, box_convention="thousandths")
    found = unfold(tmp_path, {"prompt": "a house", "outputs": [[100, 200, 1500, 800]]}, thousandths)
    assert found.reasons == ["box not in thousandths"]
    assert found.kept[0].output_images == ()


def test_a_margin_takes_the_frame_away_and_the_boxes_say_where_the_crop_is(tmp_path: Path) -> None:
    margin = replace(CURATE, box_margin=10)
    say = {"prompt": "a house", "outputs": [[100, 20, 200, 120], [10, 20, 40, 80]]}
    found = unfold(tmp_path, say, margin)
    (kept,) = found.kept
    (box,) = kept.output_boxes
    assert box == Box(left=110, top=30, right=190, bottom=110)
    piece = decode(workspace_of(tmp_path).images.read(kept.output_images[0].sha256 or "")).pixels
    assert np.array_equal(piece, PIXELS[30:110, 110:190])
    assert found.reasons == ["box too small"]


@pytest.mark.parametrize(
    "answer",
    [
        [{"prompt": "a house", "inputs": [], "outputs": []}] * 2,
        {"prompt": "a house", "inputs": [], "outputs": {"box": [0, 0, 50, 50]}},
        {"prompt": "a house", "inputs": [], "outputs": [["left", 0, 50, 50]]},
        {"prompt": "a house", "inputs": [], "outputs": [0, 0, 50, 50]},
        {"prompt": None, "inputs": [], "outputs": []},
        {"prompt": "a house", "inputs": [], "outputs": [[0, 0, 50, 50]] * 300},
    ],
)
def test_an_answer_of_another_shape_is_a_loss_with_a_reason(tmp_path: Path, answer: Any) -> None:
    found = unfold(tmp_path, json.dumps(answer))
    assert (found.kept, found.reasons) == ([], ["screenshot unparsed"])


def test_numbers_written_as_words_of_digits_are_numbers(tmp_path: Path) -> None:
    (kept,) = unfold(tmp_path, {"prompt": "a house", "outputs": [["100", "20", "200", "120"]]}).kept
    assert kept.output_boxes == (Box(left=100, top=20, right=200, bottom=120),)


def test_a_long_post_is_cut_and_says_so(tmp_path: Path) -> None:
    page = store_picture(tmp_path, PIXELS)
    shown = Sample(id="one", thread=URL, post_urls=(URL,), prompt="", quality="Analysis", conversation=page)
    tables = {"pictured": (Sample, [shown]), "posts": (Post, [post(1, "x" * 4_500, [page])])}
    say = {"prompt": "a house", "inputs": [], "outputs": []}
    run_stage(tmp_path, curate_stage("screenshots"), tables, [{"say": say}])
    assert '"characters_left_out": 500' in asked(tmp_path)[0]
