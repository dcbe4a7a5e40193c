"""What is lost while a conversation becomes samples says so, and no task is taken for another because a picture is gone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from curate_rows import FIRST, REPLY, picture, sample
from pydantic import BaseModel, ValidationError
from scripted_model import Rule, asked
from stage_runs import Run, curate_stage, post, run_stage, store_picture

from echoloop.curate.extraction import ExtractionAnswer, SampleClaim
from echoloop.curate.pictures import Group, PicturesAnswer
from echoloop.curate.screenshots import ScreenshotAnswer
from echoloop.records import Duplicate, ImageRef, Item, Post, Sample, Thread

GONE = ImageRef(sha256=None, url="gone.png", absence="too_many_pixels")


def group(inputs: Sequence[int] = (), outputs: Sequence[int] = (), **more: Any) -> dict[str, Any]:
    return {"inputs": [*inputs], "outputs": [*outputs], "post_urls": [], **more}


def viewer(groups: Sequence[Any] = (), completions: Sequence[Any] = (), page: int | None = None) -> Rule:
    return {"say": {"groups": [*groups], "completions": [*completions], "conversation": page}}


def sort(folder: Path, samples: list[Sample], posts: list[Post], *rules: Rule) -> Run:
    tables = {"extracted": (Sample, samples), "posts": (Post, posts)}
    return run_stage(folder, curate_stage("pictures"), tables, list(rules))


def select(folder: Path, *samples: Sample) -> dict[str, Item]:
    tables = {"samples": (Sample, samples), "duplicates": (Duplicate, [])}
    run = run_stage(folder, curate_stage("items"), tables, [])
    return {item.id: item for item in run.kept}


def test_the_same_words_with_other_pictures_are_samples_of_their_own(tmp_path: Path) -> None:
    posts = [post(1, "a [COLOUR] house", [picture(tmp_path, 9), picture(tmp_path, 99)]), post(2, "nice")]
    red = "a red house"
    found = sort(
        tmp_path,
        [sample()],
        posts,
        viewer(completions=[group(outputs=[1], prompt=red), group(outputs=[2], prompt=red)]),
    )
    assert len({kept.id for kept in found.kept}) == 2
    assert {kept.prompt for kept in found.kept} == {red}


def test_every_claim_that_fails_leaves_with_a_reason_and_a_key_of_its_own(tmp_path: Path) -> None:
    one, two = picture(tmp_path, 10), picture(tmp_path, 90)
    posts = [post(1, "a house", [one]), post(2, "mine", [two])]
    wide = viewer(
        [group(outputs=[1, 1, 2, 7, 8])],
        [group(outputs=[9], prompt="a red house")],
        page=12,
    )
    found = sort(
        tmp_path,
        [sample("wide"), sample("narrow", prompt="a tower", post_urls=(REPLY,))],
        posts,
        {"when": "a tower", **viewer([group(outputs=[1])])},
        wide,
    )
    assert len(found.kept) == 2
    assert found.reasons == sorted(
        [
            "a picture that is not there",  # 7
            "a picture that is not there",  # 8
            "a picture that is not there",  # 9
            "a picture that is not there",  # 12
            "a completion without a picture",
            "a picture of another sample",
            "the same claim twice",
        ]
    )
    assert len({drop.key for drop in found.dropped}) == len(found.dropped)
    assert all(drop.key.startswith("wide") for drop in found.dropped)


def test_a_group_that_lost_every_picture_is_no_second_sample(tmp_path: Path) -> None:
    posts = [post(1, "a house", [picture(tmp_path, 10)]), post(2, "nice")]
    found = sort(tmp_path, [sample()], posts, viewer([group(outputs=[1]), group(outputs=[1])]))
    assert len(found.kept) == 1
    assert found.reasons == ["the same claim twice"]


def test_the_viewer_is_told_what_is_not_here_and_the_task_is_for_analysis(tmp_path: Path) -> None:
    whole = post(2, "and mine", [picture(tmp_path, 90)])
    posts = [post(1, "add a hat", [GONE, picture(tmp_path, 10)]), whole]
    found = sort(
        tmp_path,
        [sample("edit", prompt="add a hat"), sample("own", post_urls=(REPLY,))],
        posts,
        viewer([group(outputs=[1])]),
    )
    by_id = {kept.id: kept for kept in found.kept}
    assert (by_id["edit"].quality, by_id["own"].quality) == ("Analysis", "Benchmark")
    assert by_id["edit"].quality_reason == "a picture of its posts is not here"
    assert sum('"pictures_not_here": 1' in words for words in asked(tmp_path)) == 1
    items = select(tmp_path / "items", *found.kept)
    assert (items["edit"].split, items["own"].split) == ("analysis", "text_to_image")


def test_a_screenshot_does_not_make_up_for_a_picture_that_is_not_here(tmp_path: Path) -> None:
    page = store_picture(tmp_path, np.full((100, 100, 3), 50, dtype=np.uint8))
    shown = sample(prompt="", quality="Analysis", conversation=page, post_urls=(FIRST,))
    say = {"prompt": "add a hat", "inputs": [], "outputs": [[10, 10, 60, 60]]}
    for absent, quality in (((GONE,), "Analysis"), ((), "Benchmark")):
        tables = {"pictured": (Sample, [shown]), "posts": (Post, [post(1, "look", [page, *absent])])}
        (kept,) = run_stage(tmp_path, curate_stage("screenshots"), tables, [{"say": say}]).kept
        assert kept.quality == quality


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"quality": "Analysis"}, "its quality is Analysis (1)"),
        ({"quality": "Analysis", "quality_reason": "a picture of its posts is not here"}, "not here (1)"),
        ({"prompt": " "}, "it has no prompt (1)"),
        ({}, "it has no output picture (1)"),
        (None, "there are no samples"),
    ],
)
def test_an_empty_benchmark_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, Any] | None, why: str
) -> None:
    select(tmp_path, *([] if changes is None else [sample(**changes)]))
    said = capsys.readouterr().err
    assert "no benchmark item: " in said
    assert why in said


def test_several_losses_of_one_claim_are_all_told_apart(tmp_path: Path) -> None:
    claim = {
        "prompt": "a house",
        "prompt_modified": False,
        "post_urls": [FIRST, "https://x.com/i/status/8", "https://x.com/i/status/9"],
        "quality": "Benchmark",
        "quality_reason": "",
        "community_feedback": [],
    }
    tables = {
        "threads": (Thread, [Thread(id=FIRST, posts=(FIRST,), parents=(-1,))]),
        "posts": (Post, [post(1, "a house")]),
    }
    found = run_stage(tmp_path, curate_stage("extraction"), tables, [{"say": {"samples": [claim, claim]}}])
    assert len(found.kept) == 1
    assert len(found.dropped) == 5
    assert len({(drop.key, drop.reason) for drop in found.dropped}) == 5


@pytest.mark.parametrize(
    "shape",
    [PicturesAnswer, Group, ScreenshotAnswer, ExtractionAnswer, SampleClaim],
    ids=lambda one: one.__name__,
)
@pytest.mark.parametrize(
    "text", ["{}", '{"error": "overloaded"}', '{"samples": [], "prompt": "", "extra": 1}']
)
def test_an_object_of_another_kind_is_no_answer(shape: type[BaseModel], text: str) -> None:
    with pytest.raises(ValidationError):
        shape.model_validate_json(text)
