"""The final filter is asked about what could become an item, and whatever it doubts or does not judge goes to people."""

from pathlib import Path
from typing import Any

import pytest
from curate_rows import picture, sample
from pydantic import ValidationError
from scripted_model import Rule, asked
from stage_runs import Run, curate_stage, run_stage

from echoloop.curate.filtering import FilterAnswer
from echoloop.records import Sample


def verdict(name: str, *wrong: str, reason: str = "") -> Rule:
    return {"say": {"verdict": name, "wrong": list(wrong), "reason": reason}}


def whole(folder: Path, name: str = "one", **changes: Any) -> Sample:
    return sample(name, **{"output_images": (picture(folder, 9),), **changes})


def run(folder: Path, rule: Rule, *samples: Sample) -> Run:
    return run_stage(folder, curate_stage("filter"), {"guarded": (Sample, samples)}, [rule])


def test_a_good_sample_passes_with_its_verdict_and_receipt(tmp_path: Path) -> None:
    (kept,) = run(tmp_path, verdict("benchmark"), whole(tmp_path)).kept
    assert (kept.filter_verdict, kept.for_people, len(kept.receipts)) == ("benchmark", (), 2)


def test_what_can_be_no_item_passes_unasked(tmp_path: Path) -> None:
    unasked = [
        whole(tmp_path, "talk", quality="Analysis"),
        whole(tmp_path, "mute", prompt=" "),
        sample("blind"),
    ]
    found = run(tmp_path, verdict("discard", reason="no task"), *unasked)
    assert {kept.id: kept.filter_verdict for kept in found.kept} == {
        "talk": None,
        "mute": None,
        "blind": None,
    }
    assert asked(tmp_path) == []


def test_doubts_go_to_people_with_what_is_wrong(tmp_path: Path) -> None:
    doubted = whole(tmp_path, for_people=("somebody asked",))
    (kept,) = run(
        tmp_path, verdict("review", "prompt", "input picture", reason="It says «the second»."), doubted
    ).kept
    assert kept.filter_verdict == "review"
    assert kept.for_people == (
        "somebody asked",
        "the final filter doubts: prompt, input picture (It says «the second».)",
    )


def test_what_is_discarded_leaves_with_the_reason(tmp_path: Path) -> None:
    found = run(tmp_path, verdict("discard", reason="It sells a course."), whole(tmp_path))
    assert found.kept == []
    assert [(drop.reason, drop.detail) for drop in found.dropped] == [
        ("discarded by the final filter", "It sells a course.")
    ]


@pytest.mark.parametrize(
    ("rule", "state"), [({"refuse": "no"}, "refused"), ({"say": "fine by me"}, "unparsed")]
)
def test_no_verdict_neither_passes_nor_loses_a_sample(tmp_path: Path, rule: Rule, state: str) -> None:
    found = run(tmp_path, rule, whole(tmp_path))
    assert found.dropped == []
    assert found.kept[0].filter_verdict is None
    assert found.kept[0].for_people == (f"the final filter gave no verdict ({state})",)


def test_inputs_are_told_from_outputs(tmp_path: Path) -> None:
    shown = whole(tmp_path, input_images=(picture(tmp_path, 1), picture(tmp_path, 2)))
    run(tmp_path, verdict("benchmark"), shown)
    (words,) = asked(tmp_path)
    assert '"input_pictures": 2' in words
    assert '"output_pictures": 1' in words
    assert "pictures=3" in words


@pytest.mark.parametrize(
    "answer",
    [
        {"verdict": "review", "wrong": [], "reason": "something"},
        {"verdict": "discard", "wrong": [], "reason": "  "},
        {"verdict": "Benchmark", "wrong": [], "reason": ""},
        {"verdict": "review", "wrong": ["picture"], "reason": ""},
        {"verdict": "benchmark"},
        {},
    ],
)
def test_a_verdict_without_its_ground_is_no_verdict(answer: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FilterAnswer.model_validate(answer)
