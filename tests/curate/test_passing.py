"""What a stage does not look at passes it whole: no column is lost, no row changes, and nobody is asked about it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from curate_rows import FIRST, picture, sample
from scripted_model import Rule
from stage_runs import curate_stage, post, run_stage

from echoloop.records import Box, Feedback, ImageRef, Post, Sample

FULL: dict[str, Any] = {
    "prompt": "a red house",
    "prompt_origin": "filled",
    "prompt_modified": True,
    "prompt_diff": "a [-blue-] {+red+} house",
    "prompt_fill_blank": True,
    "quality": "Analysis",
    "quality_reason": "half a task",
    "filter_verdict": "review",
    "for_people": ("somebody has to look",),
    "community_feedback": (Feedback(post_url=FIRST, text="lovely"),),
    "is_screenshot": True,
    "input_boxes": (Box(left=1, top=2, right=3, bottom=4),),
    "output_boxes": (Box(left=5, top=6, right=7, bottom=8),),
    "has_nsfw": False,
    "hazards": ("S1",),
    "language": "he",
    "created_at": datetime(2025, 4, 1, 12, 30, 1, 250_000, tzinfo=UTC),
    "receipts": ("r", "s"),
}
POSTS = [post(1, "a [color] house"), post(2, "lovely")]


def through(folder: Path, stage: str, reads: str, rows: list[Sample], rules: list[Rule]) -> list[Sample]:
    run = run_stage(folder, curate_stage(stage), {reads: (Sample, rows), "posts": (Post, POSTS)}, rules)
    assert not run.dropped
    return run.kept


@pytest.mark.parametrize(
    ("stage", "reads"), [("pictures", "extracted"), ("screenshots", "pictured"), ("filter", "guarded")]
)
def test_what_a_stage_has_nothing_to_do_with_is_not_touched_and_not_asked_about(
    tmp_path: Path, stage: str, reads: str
) -> None:
    rows = [sample("one", **FULL), sample("two", **{**FULL, "language": None, "created_at": None})]
    assert through(tmp_path, stage, reads, rows, []) == rows
    assert through(tmp_path, stage, reads, [], []) == []


def test_a_guard_changes_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    shown = picture(tmp_path, 7)
    full = {**FULL, "has_nsfw": None, "output_images": (shown, ImageRef(sha256=None, absence="gone"))}
    rows = [sample(name, **full) for name in ("one", "three", "two")]
    found = through(tmp_path, "safety", "unfolded", rows, [{"say": "safe"}])
    assert [one.receipts[:2] for one in found] == [("r", "s")] * 3
    assert all(len(one.receipts) == 3 for one in found)
    undone = [msgspec.structs.replace(one, has_nsfw=None, receipts=("r", "s")) for one in found]
    assert undone == rows


def test_a_task_whose_only_pictures_are_gone_is_still_looked_at(tmp_path: Path) -> None:
    lost = post(1, "a house", [ImageRef(sha256=None, absence="not fetched")])
    tables = {"extracted": (Sample, [sample("one")]), "posts": (Post, [lost, POSTS[1]])}
    (kept,) = run_stage(tmp_path, curate_stage("pictures"), tables, []).kept
    assert (kept.quality, kept.quality_reason) == ("Analysis", "a picture of its posts is not here")
