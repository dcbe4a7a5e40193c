"""What a reader claims about a conversation is kept only where the posts confirm it."""

from pathlib import Path
from typing import Any

import pytest
from stage_runs import Run, curate_stage, post, run_stage

from echoloop.records import Post, Thread

FIRST, REPLY, FOREIGN = (f"https://x.com/i/status/{number}" for number in (1, 2, 99))
TASK = "a small red house on a hill at dawn"
POSTS = [post(1, f"I asked for this: “{TASK}” #art"), post(2, "The roof is far too dark, sadly.")]
CONVERSATION = Thread(id=FIRST, posts=(FIRST, REPLY), parents=(-1, 0), source_posts=(FIRST, REPLY))


def claim(**changes: Any) -> dict[str, Any]:
    return {
        "prompt": TASK,
        "prompt_modified": False,
        "post_urls": [FIRST],
        "quality": "Benchmark",
        "quality_reason": "",
        "community_feedback": [],
        **changes,
    }


def extract(folder: Path, *claims: dict[str, Any], say: Any = None, **rule: Any) -> Run:
    rule = rule or {"say": say if say is not None else {"samples": list(claims)}}
    tables = {"threads": (Thread, [CONVERSATION]), "posts": (Post, POSTS)}
    return run_stage(folder, curate_stage("extraction"), tables, [rule])


def test_a_confirmed_sample_carries_its_receipt_and_its_posts(tmp_path: Path) -> None:
    found = extract(
        tmp_path,
        claim(community_feedback=[{"post_url": REPLY, "feedback": "The roof is far too dark"}]),
    )
    (sample,) = found.kept
    assert (sample.prompt, sample.prompt_origin, sample.prompt_modified) == (TASK, "verbatim", False)
    assert sample.source_posts == (FIRST, REPLY)
    assert [said.text for said in sample.community_feedback] == ["The roof is far too dark"]
    assert len(sample.receipts[0]) == 64
    assert found.dropped == []


def test_urls_of_other_conversations_are_taken_out_and_said(tmp_path: Path) -> None:
    found = extract(tmp_path, claim(post_urls=[FOREIGN, FIRST, "not a url", f"{FIRST}?utm_source=x"]))
    assert found.kept[0].post_urls == (FIRST,)
    assert found.reasons == ["a post that is not in the conversation"] * 2
    assert {drop.detail for drop in found.dropped} == {FOREIGN, "not a url"}


def test_a_sample_without_any_known_post_is_lost(tmp_path: Path) -> None:
    found = extract(tmp_path, claim(post_urls=[FOREIGN]), claim(prompt="other", post_urls=[]))
    assert found.kept == []
    assert found.reasons.count("no post of the conversation named") == 2


def test_feedback_must_stand_in_its_post_and_counts_once_a_post(tmp_path: Path) -> None:
    said = [
        {"post_url": REPLY, "feedback": "The roof is FAR too bright"},
        {"post_url": FOREIGN, "feedback": "The roof is far too dark"},
        {"post_url": REPLY, "feedback": "  "},
        {"post_url": REPLY, "feedback": "far too dark"},
        {"post_url": REPLY, "feedback": "sadly."},
    ]
    found = extract(tmp_path, claim(community_feedback=said))
    assert [one.text for one in found.kept[0].community_feedback] == ["far too dark"]
    assert found.reasons == ["feedback that its post does not hold"] * 3


def test_trash_and_repeated_samples_leave_with_a_reason(tmp_path: Path) -> None:
    found = extract(
        tmp_path, claim(), claim(prompt=f"  {TASK} "), claim(quality="Trash", quality_reason="an advert")
    )
    assert len(found.kept) == 1
    assert len(found.reasons) == 2
    assert "quality Trash" in found.reasons
    assert {drop.detail for drop in found.dropped} >= {"an advert"}


@pytest.mark.parametrize(
    ("prompt", "claimed", "origin", "modified"),
    [
        (TASK, True, "verbatim", False),
        ("a small red house at dawn", True, "verbatim", False),
        ("a small yellow house on a hill at dawn", False, "edited", True),
        ("a big blue house on a hill at dawn", False, "edited", True),
        ("a small red house on a hill The roof is far too dark", False, "joined", True),
        ("", True, "verbatim", False),
    ],
)
def test_whether_a_prompt_was_modified_is_not_a_matter_of_the_models_word(
    tmp_path: Path, prompt: str, claimed: bool, origin: str, modified: bool
) -> None:
    (sample,) = extract(tmp_path, claim(prompt=prompt, prompt_modified=claimed)).kept
    assert (sample.prompt_origin, sample.prompt_modified) == (origin, modified)


def test_a_prompt_that_nobody_wrote_is_never_a_sample(tmp_path: Path) -> None:
    found = extract(tmp_path, claim(), claim(prompt="una casita roja sobre una colina al amanecer"))
    assert [sample.prompt for sample in found.kept] == [TASK]
    assert found.reasons == ["prompt not found in the posts"]
    assert found.dropped[0].detail == "una casita roja sobre una colina al amanecer"


def test_what_was_changed_is_kept_beside_the_prompt(tmp_path: Path) -> None:
    (sample,) = extract(tmp_path, claim(prompt="a small blue house on a hill at dawn")).kept
    assert sample.prompt_diff == "a small [-red-] {+blue+} house on a hill at dawn"
    (own,) = extract(tmp_path / "b", claim()).kept
    assert own.prompt_diff == ""


def test_a_prompt_of_invisible_letters_is_none(tmp_path: Path) -> None:
    (sample,) = extract(tmp_path, claim(prompt="\u200b\u2060 ", quality="Analysis")).kept
    assert sample.prompt == ""


def test_a_post_that_is_named_for_hundreds_of_samples_was_stuttered_over(tmp_path: Path) -> None:
    many = [claim(prompt=f"{TASK} {number}") for number in range(300)]
    other = claim(prompt="The roof is far too dark", post_urls=[REPLY], quality="Analysis")
    found = extract(tmp_path / "a", *many, other)
    assert [sample.post_urls for sample in found.kept] == [(REPLY,)]
    assert found.reasons == ["more samples than one post can hold"] * 300
    assert len({drop.key for drop in found.dropped}) == 300
    endless = extract(tmp_path / "b", *many, *many)
    assert endless.reasons == ["extraction unparsed"]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"refuse": "no"}, "extraction refused"),
        ({"say": "there is nothing to see here"}, "extraction unparsed"),
        ({"say": {"samples": [{"prompt": 3}]}}, "extraction unparsed"),
        ({"say": {"error": "overloaded"}}, "extraction unparsed"),
        ({"say": [claim()]}, "extraction unparsed"),
        ({"say": {"samples": claim()}}, "extraction unparsed"),
        ({"say": {"samples": [claim(post_urls=FIRST)]}}, "extraction unparsed"),
        ({"say": {"samples": [claim(quality="Superb")]}}, "extraction unparsed"),
        ({"say": '{"samples": NaN}'}, "extraction unparsed"),
        ({"say": {"samples": []}}, "no task in the conversation"),
    ],
)
def test_a_conversation_never_vanishes_in_silence(tmp_path: Path, rule: dict[str, Any], reason: str) -> None:
    found = extract(tmp_path, **rule)
    assert found.kept == []
    assert found.reasons == [reason]
    assert found.dropped[0].key == FIRST


def test_what_strangers_wrote_is_data_and_people_are_numbers(tmp_path: Path) -> None:
    extract(tmp_path, claim())
    words = (tmp_path / "scripted.log").read_text()
    assert "person 1" in words
    assert "painter_fan" not in words
