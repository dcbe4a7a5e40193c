"""Complaints are counted over samples, in every part, and what was not read counts nowhere."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from scripted_model import scripted
from stage_runs import run_stages

from echoloop.diagnose import DiagnoseSettings, diagnose_stages
from echoloop.diagnose.trends import Spoken, complaints_of
from echoloop.records import Complaint, FaultKeyword, FeedbackLabel, Item, Post, Sample
from echoloop.statistics import share_interval

SETTINGS = DiagnoseSettings(reader="scripted", viewer="scripted")
MARCH, APRIL = datetime(2025, 3, 20, tzinfo=UTC), datetime(2025, 4, 2, tzinfo=UTC)


def sample(name: str, at: datetime | None = None) -> Sample:
    return Sample(id=name, thread="t", post_urls=("u",), prompt=name, quality="Benchmark", created_at=at)


def item(name: str, task: str) -> Item:
    return Item(id=name, split="text_to_image", sample=name, prompt=name, quality="Benchmark", task=task)


def label(number: int, sample: str, polarity: str | None, keyword: str = "") -> FeedbackLabel:
    return FeedbackLabel(
        id=f"l{number}",
        sample=sample,
        post_url=f"https://x.com/i/status/{number}",
        text=f"remark {number}",
        polarity=polarity,  # type: ignore[arg-type]
        keyword=keyword,
        state="answered" if polarity else "refused",
        source_posts=(f"https://x.com/i/status/{number}",),
    )


def post(number: int, at: datetime) -> Post:
    return Post(
        url=f"https://x.com/i/status/{number}", platform="x", text="", created_at=at, author="@painter_fan_01"
    )


def keyword(name: str, cluster: str) -> FaultKeyword:
    return FaultKeyword(keyword=name, cluster=cluster, merged_by="model", remarks=1, state="answered")


def summed_up(folder: Path, posts: list[Post] | None = None) -> dict[str, Complaint]:
    labels = [
        *(label(number, "a", "failure", "yellow") for number in range(5)),
        label(5, "b", "failure", "amarillo"),
        label(6, "b", "failure", "typo"),
        label(7, "c", "success"),
        label(8, "d", None, "yellow"),
        label(9, "c", "failure"),
    ]
    tables = {
        "feedback": (FeedbackLabel, labels),
        "keywords": (
            FaultKeyword,
            [keyword("yellow", "yellow tint"), keyword("amarillo", "yellow tint"), keyword("typo", "typo")],
        ),
        "samples": (Sample, [sample("a", MARCH), sample("b", APRIL), sample("c"), sample("d", MARCH)]),
        "items": (Item, [item("a", "draw a"), item("b", "")]),
    }
    if posts is not None:
        tables["posts"] = (Post, posts)
    stage = next(stage for stage in diagnose_stages(SETTINGS) if stage.name == "complaints")
    kept = run_stages(folder, [stage], tables, [scripted(folder, [])]).kept
    return {one.cluster: one for one in kept}


def test_five_people_under_one_picture_are_one_sample(tmp_path: Path) -> None:
    found = summed_up(tmp_path)
    tint = found["yellow tint"]
    assert (tint.remarks, tint.samples, tint.of) == (6, 2, 3)
    assert (tint.share, tint.low, tint.high) == pytest.approx(share_interval(2, 3))
    assert tint.keywords == ("yellow", "amarillo")
    assert set(found) == {"yellow tint", "typo", "not named"}


def test_examples_come_from_different_samples_first(tmp_path: Path) -> None:
    assert set(summed_up(tmp_path)["yellow tint"].examples[:2]) == {"l0", "l5"}


def test_the_same_words_are_no_second_example_while_there_are_others() -> None:
    said = [("a", "too yellow"), ("b", "too yellow"), ("c", "too yellow"), ("d", "so sepia")]
    spoken = [
        Spoken(
            label=msgspec.structs.replace(label(number, name, "failure", "tint"), text=text),
            cluster="tint",
            parts=(),
        )
        for number, (name, text) in enumerate(said)
    ]
    (found,) = complaints_of(spoken)
    assert found.examples == ("l0", "l3", "l1", "l2")


def test_every_part_says_of_how_many(tmp_path: Path) -> None:
    parts = {
        (one.kind, one.name): (one.complaints, one.samples)
        for one in summed_up(tmp_path)["yellow tint"].parts
    }
    assert parts == {
        ("split", "text_to_image"): (2, 2),
        ("split", "no item"): (0, 1),
        ("task", "draw a"): (1, 1),
        ("task", "no task"): (1, 1),
        ("task", "no item"): (0, 1),
        ("month", "2025-03"): (1, 1),
        ("month", "2025-04"): (1, 1),
        ("month", "no date"): (0, 1),
    }


def test_a_remark_belongs_to_the_month_it_was_written_in(tmp_path: Path) -> None:
    found = summed_up(tmp_path, [post(0, APRIL), post(5, APRIL)])
    months = {one.name: one.complaints for one in found["yellow tint"].parts if one.kind == "month"}
    assert months == {"2025-03": 1, "2025-04": 2, "no date": 0}


def test_it_knows_every_post_it_was_made_from(tmp_path: Path) -> None:
    assert len(summed_up(tmp_path)["yellow tint"].source_posts) == 6
