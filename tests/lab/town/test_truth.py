"""The truth agrees with what lies on disk."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from echoloop.lab.scenes import understand
from echoloop.lab.town import Town, TownPlan, write_town
from echoloop.lab.town.kinds import TELLERS
from echoloop.records import canonical_url


def texts(lines: list[dict[str, Any]]) -> dict[str, str]:
    return {canonical_url(line["url"]): line["text"] for line in lines}


def test_every_kind_of_thread_occurs_in_a_small_town(tmp_path: Path) -> None:
    truth = write_town(tmp_path / "t", TownPlan(seed=1, threads=40)).truth
    assert {post.thread_kind for post in truth.posts} == set(TELLERS)


def test_prompts_stand_in_their_posts(town: Town, lines: list[dict[str, Any]]) -> None:
    said = texts(lines)
    checked = 0
    for sample in town.truth.samples:
        if sample.prompt and not sample.prompt_modified and not sample.prompt_in_picture:
            assert any(sample.prompt in said[url] for url in sample.post_urls), sample
            checked += 1
    assert checked > 40
    assert any(sample.prompt_fill_blank and sample.prompt_modified for sample in town.truth.samples)
    assert all(sample.prompt for sample in town.truth.samples if sample.quality == "Benchmark")


def test_feedback_stands_in_its_post_and_each_post_speaks_once(
    town: Town, lines: list[dict[str, Any]]
) -> None:
    said = texts(lines)
    for sample in town.truth.samples:
        for feedback in sample.feedback:
            assert feedback.text in said[feedback.post_url]
            assert bool(feedback.keyword) == (feedback.polarity == "failure")
        urls = [feedback.post_url for feedback in sample.feedback]
        assert len(urls) == len(set(urls))


def test_pictures_exist_and_belong_to_one_sample(town: Town, lines: list[dict[str, Any]]) -> None:
    by_file = {
        hashlib.sha256(path.read_bytes()).hexdigest(): path.name for path in (town.folder / "media").iterdir()
    }
    posted: dict[str, set[str]] = {}
    for line in lines:
        names = {image["url"].removeprefix("media/") for image in line["image_urls"]}
        posted.setdefault(canonical_url(line["url"]), set()).update(names)
    owner: dict[str, str] = {}
    for sample in town.truth.samples:
        screenshot = (sample.screenshot,) if sample.screenshot else ()
        names = set[str]().union(*(posted[url] for url in sample.post_urls))
        for file in (*sample.input_images, *sample.output_images, *screenshot):
            assert by_file[file] in names
            assert owner.setdefault(file, sample.id) == sample.id
    assert len(by_file) > 80


def test_splits_follow_the_pictures(town: Town) -> None:
    for sample in town.truth.samples:
        given = bool(sample.input_images or sample.input_boxes)
        if sample.quality == "Analysis":
            assert sample.split == "analysis"
        else:
            assert sample.split == ("image_to_image" if given else "text_to_image")
        assert sample.is_screenshot == (sample.screenshot is not None) == (sample.screenshot_kind is not None)
    qualities = {sample.quality for sample in town.truth.samples}
    assert qualities == {"Benchmark", "Analysis", "Trash"}


def test_irrelevant_threads_hold_no_sample(town: Town) -> None:
    irrelevant = {each.post for each in town.truth.relevance if not each.relevant}
    assert irrelevant
    assert not irrelevant & {url for sample in town.truth.samples for url in sample.post_urls}
    for each in town.truth.relevance:
        assert 1 <= each.score_low <= each.score_high <= 5
        assert each.relevant == (each.score_low >= 4)
        assert each.relevant or each.score_high <= 3


def test_hazards_are_marked(town: Town) -> None:
    hazards = {hazard for sample in town.truth.samples for hazard in sample.hazards}
    assert "S12" in hazards
    assert hazards & {"S1", "S2", "S9"}


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_the_held_out_share_is_kept(tmp_path: Path, share: float) -> None:
    town = write_town(tmp_path / "t", TownPlan(seed=5, threads=80, held_out_share=share))
    held_out = {sample.thread_root: sample.held_out for sample in town.truth.samples}
    assert sum(held_out.values()) / len(held_out) == pytest.approx(share, abs=0.08)


def test_complaints_are_counted(town: Town) -> None:
    said = [
        feedback.keyword
        for sample in town.truth.samples
        for feedback in sample.feedback
        if feedback.polarity == "failure"
    ]
    assert {row.keyword: row.complaints for row in town.truth.complaints if row.complaints} == {
        keyword: said.count(keyword) for keyword in set(said)
    }
    assert sum(row.pictures > 0 for row in town.truth.complaints) >= 5


def test_nobody_complains_in_a_sound_town(sound_town: Town) -> None:
    truth = sound_town.truth
    assert all(picture.defect is None for picture in truth.pictures)
    feedback = [each for sample in truth.samples for each in sample.feedback]
    assert feedback
    assert all(each.polarity != "failure" and each.kind == "opinion" for each in feedback)
    assert all(row.pictures == row.complaints == 0 for row in truth.complaints)


def test_complaints_are_true(town: Town) -> None:
    """Whoever complains of a fault of a picture complains of one that it has."""
    defects: dict[str, set[str | None]] = {}
    for picture in town.truth.pictures:
        defects.setdefault(picture.sha256, set()).add(picture.defect)
    for sample in town.truth.samples:
        files = (*sample.output_images, *([sample.screenshot] if sample.screenshot else []))
        present = set[str | None]().union(*(defects[file] for file in files))
        if files:
            assert {each.keyword for each in sample.feedback if each.keyword} <= present


def test_the_funnel_only_narrows(town: Town) -> None:
    rows = {level.level: level.rows for level in town.truth.funnel}
    assert rows["posts"] > rows["posts found by a keyword"] > rows["relevant posts"] > 0
    assert rows["samples"] == rows["Benchmark"] + rows["Analysis"] + rows["Trash"]
    assert rows["Benchmark"] > rows["safe Benchmark"] == rows["text_to_image"] + rows["image_to_image"]


def test_benchmark_prompts_are_requests_that_a_painter_understands(town: Town) -> None:
    decent = [
        each for each in town.truth.samples if each.quality == "Benchmark" and "S12" not in each.hazards
    ]
    asked = [each for each in decent if not each.hazards]
    assert all(understand(sample.prompt) is not None for sample in asked)
    assert all(understand(sample.prompt) is None for sample in decent if sample.hazards)
