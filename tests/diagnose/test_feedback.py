"""Everything that somebody said is read, and an answer that is none is never read as an opinion."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from scripted_model import asked, scripted
from stage_runs import run_stages

from echoloop.collect.relevance import RelevanceAnswer
from echoloop.diagnose import DiagnoseSettings, diagnose_stages
from echoloop.diagnose.applicability import ApplicabilityAnswer
from echoloop.diagnose.feedback import FeedbackAnswer
from echoloop.records import Feedback, FeedbackLabel, Sample

URL = "https://x.com/i/status/1"
SETTINGS = DiagnoseSettings(reader="scripted", viewer="scripted")


def sample(name: str, *remarks: str) -> Sample:
    return Sample(
        id=name,
        thread=URL,
        post_urls=(URL,),
        prompt=f"paint {name}",
        quality="Benchmark",
        community_feedback=tuple(Feedback(post_url=URL, text=text) for text in remarks),
        source_posts=(URL,),
    )


def label(folder: Path, samples: list[Sample], *rules: dict[str, Any]) -> list[FeedbackLabel]:
    stage = next(stage for stage in diagnose_stages(SETTINGS) if stage.name == "feedback")
    return run_stages(folder, [stage], {"samples": (Sample, samples)}, [scripted(folder, list(rules))]).kept


def test_two_remarks_of_one_post_are_two_and_the_same_one_is_read_once(tmp_path: Path) -> None:
    labels = label(
        tmp_path,
        [sample("a", "too yellow"), sample("b", "lovely light", "too yellow")],
        {"when": "yellow", "say": {"polarity": "failure", "keyword": "Yellow  Tint", "kind": "opinion"}},
        {"say": {"polarity": "success", "keyword": "", "kind": "opinion"}},
    )
    read = {label.text: (label.polarity, label.keyword) for label in labels}
    assert read == {"too yellow": ("failure", "yellow tint"), "lovely light": ("success", "")}
    assert len(labels) == len({label.id for label in labels}) == len(asked(tmp_path)) == 2


def test_an_error_in_json_is_no_opinion(tmp_path: Path) -> None:
    (found,) = label(tmp_path, [sample("a", "too yellow")], {"say": {"polarity": "failure"}})
    assert (found.state, found.polarity, found.kind) == ("unparsed", None, None)


def test_a_name_that_is_no_name_is_no_answer(tmp_path: Path) -> None:
    said = {"polarity": "failure", "keyword": "🎨" * 50_000, "kind": "opinion"}
    (found,) = label(tmp_path, [sample("a", "too yellow")], {"say": said})
    assert (found.state, found.keyword) == ("unparsed", "")


def test_a_name_is_kept_without_what_cannot_be_seen(tmp_path: Path) -> None:
    said = {"polarity": "failure", "keyword": "\u202eYellow\u200b\n Tint\x00", "kind": "opinion"}
    (found,) = label(tmp_path, [sample("a", "too yellow")], {"say": said})
    assert found.keyword == "yellow tint"


@pytest.mark.parametrize("shape", [FeedbackAnswer, ApplicabilityAnswer, RelevanceAnswer])
@pytest.mark.parametrize(
    "text",
    [
        '{"error": "overloaded"}',
        '{"polarity": "failure", "keyword": "x"}',
        '{"applies": true, "error": "overloaded"}',
        '{"score": 5, "error": "overloaded"}',
    ],
)
def test_an_object_of_another_kind_is_no_answer(shape: type[BaseModel], text: str) -> None:
    with pytest.raises(ValidationError):
        shape.model_validate_json(text)
