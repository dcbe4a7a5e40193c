"""A conversation of any size is read whole: in parts that fit, each under the posts it answers, and every sample once."""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted_model import Rule, asked
from stage_runs import CURATE, Run, curate_stage, post, run_stage

from echoloop.curate.conversations import Conversation, as_data, size_of
from echoloop.curate.portions import portions
from echoloop.records import ImageRef, Post, Thread, Tombstone

TASK = "a small red house on a hill at dawn"


def url(number: int) -> str:
    return f"https://x.com/i/status/{number}"


def conversation(parents: list[int], texts: list[str] | None = None, limit: int = 20_000) -> Conversation:
    texts = texts or ["words"] * len(parents)
    return Conversation(
        id=url(0),
        subject="Lab Painter",
        posts=tuple(post(number, text) for number, text in enumerate(texts)),
        parents=tuple(parents),
        missing={},
        text_limit=limit,
    )


@st.composite
def trees(draw: st.DrawFn) -> list[int]:
    """Parents in reading order: each post answers one on the way up from the post before it, or none."""
    parents = [-1]
    for _ in range(draw(st.integers(0, 40))):
        up, at = draw(st.integers(0, 5)), len(parents) - 1
        while up and at >= 0:
            up, at = up - 1, parents[at]
        parents.append(at)
    return parents


def above(parents: list[int], at: int) -> list[int]:
    found: list[int] = []
    while parents[at] >= 0:
        at = parents[at]
        found.append(at)
    return found


@settings(deadline=None, max_examples=200)
@given(trees(), st.integers(1, 12), st.integers(200, 3000))
def test_every_post_is_read_once_under_what_it_answers(parents: list[int], most: int, room: int) -> None:
    whole = conversation(parents, ["w" * (at * 37 % 400) for at in range(len(parents))])
    number = {one.url: at for at, one in enumerate(whole.posts)}
    parts = portions(whole, most, room)
    own = [number[one.url] for part in parts for one in part.posts[part.context :]]
    assert own == list(range(len(parents)))
    for place, part in enumerate(parts, start=1):
        assert (part.part, part.parts) == (place, len(parts))
        mine = [number[one.url] for one in part.posts]
        context = mine[: part.context]
        first = mine[part.context]
        ancestors = above(parents, first)
        assert set(context) <= set(ancestors)
        assert len(context) + part.context_left_out == len(ancestors)
        assert len(mine) - part.context == 1 or (
            len(mine) <= max(most, 1) and sum(size_of(one, part.text_limit) for one in part.posts) <= room
        )
        for at, parent in zip(mine, part.parents, strict=True):
            shown = [one for one in above(parents, at) if one in mine]
            assert (mine[parent] if parent >= 0 else -1) == (max(shown) if shown else -1)


def test_a_branch_that_fits_stays_whole() -> None:
    #  0 -> 1 (2, 3), 4 (5, 6), 7 (8, 9)
    parts = portions(conversation([-1, 0, 1, 1, 0, 4, 4, 0, 7, 7]), 5, 100_000)
    assert [len(part.posts) for part in parts] == [4, 4, 4]
    assert [[one["url"] for one in as_data(part)["posts"] if one.get("context")] for part in parts] == [
        [],
        [url(0)],
        [url(0)],
    ]


def test_a_conversation_that_fits_is_one_request_without_a_word_of_parts() -> None:
    (only,) = portions(conversation([-1, 0, 0]), 3, 100_000)
    assert not {"part", "parts", "context_left_out"} & as_data(only).keys()


def test_a_very_deep_conversation_is_cut_in_little_time_and_says_what_stands_above() -> None:
    begun = time.process_time()
    parts = portions(conversation([at - 1 for at in range(20_000)]), 200, 60_000)
    assert time.process_time() - begun < 5
    assert sum(len(part.posts) - part.context for part in parts) == 20_000
    last = as_data(parts[-1])
    assert last["context_left_out"] == 20_000 - len(last["posts"])
    assert last["posts"][0]["url"] == url(0)


def test_a_text_over_the_limit_is_cut_and_says_so() -> None:
    long = msgspec.structs.replace(
        post(0, "x" * 50), images=(ImageRef(sha256=None, alt="y" * 3_000), ImageRef(sha256=None))
    )
    whole = msgspec.structs.replace(conversation([-1], limit=20), posts=(long,))
    (shown,) = as_data(whole)["posts"]
    assert shown["text"] == "x" * 20
    assert shown["characters_left_out"] == 30 + 1_000
    assert [len(one) for one in shown["pictures"]] == [2_000, 0]


# Whole stage


def read(folder: Path, posts: list[Post], parents: list[int], *rules: Rule, **changes: Any) -> Run:
    urls = tuple(one.url for one in posts)
    thread = Thread(id=urls[0], posts=urls, parents=tuple(parents), source_posts=urls)
    stage = curate_stage("extraction", msgspec.structs.replace(CURATE, **changes))
    return run_stage(folder, stage, {"threads": (Thread, [thread]), "posts": (Post, posts)}, list(rules))


def claim(*urls: str, prompt: str = TASK, quality: str = "Benchmark", **said: str) -> dict[str, Any]:
    return {
        "prompt": prompt,
        "prompt_modified": False,
        "post_urls": [*urls],
        "quality": quality,
        "quality_reason": "",
        "community_feedback": [{"post_url": one, "feedback": text} for one, text in said.items()],
    }


def told(part: int, *claims: dict[str, Any]) -> Rule:
    return {"when": f'"part": {part},', "say": {"samples": [*claims]}}


THREE = [post(1, f"look: “{TASK}”"), post(2, "mine came out blue"), post(3, "lovely roof")]
IN_PARTS = {"posts_at_once": 2}


def test_a_sample_of_two_readings_is_one_with_what_both_found(tmp_path: Path) -> None:
    later = claim(url(1), url(3), **{url(3): "lovely roof"})
    found = read(
        tmp_path,
        THREE,
        [-1, 0, 0],
        told(1, claim(url(1), **{url(2): "mine came out blue"})),
        told(2, later),
        **IN_PARTS,
    )
    (sample,) = found.kept
    assert sample.post_urls == (url(1), url(3))
    assert [said.text for said in sample.community_feedback] == ["mine came out blue", "lovely roof"]
    assert len(sample.receipts) == 2
    assert sample.source_posts == (url(1), url(2), url(3))
    assert found.reasons == ["the same sample again"]


def test_nothing_is_drawn_from_context_alone(tmp_path: Path) -> None:
    other = claim(url(1), prompt="a small red house")
    found = read(tmp_path, THREE, [-1, 0, 0], told(1, claim(url(1))), told(2, other), **IN_PARTS)
    assert [sample.prompt for sample in found.kept] == [TASK]
    assert found.reasons == ["drawn from context alone"]


def test_a_prompt_that_stands_in_another_part_comes_to_its_picture(tmp_path: Path) -> None:
    posts = [post(1, "prompt below"), post(2, "wow"), post(3, TASK)]
    found = read(
        tmp_path,
        posts,
        [-1, 0, 0],
        told(1, claim(url(1), prompt="", quality="Analysis")),
        told(2, claim(url(1), url(3))),
        **IN_PARTS,
    )
    (sample,) = found.kept
    assert (sample.prompt, sample.quality, sample.post_urls) == (TASK, "Benchmark", (url(1), url(3)))


def test_who_takes_it_back_in_another_part_takes_it_back(tmp_path: Path) -> None:
    back = claim(url(1), url(3), quality="Trash")
    found = read(tmp_path, THREE, [-1, 0, 0], told(1, claim(url(1))), told(2, back), **IN_PARTS)
    assert found.kept == []
    assert found.reasons == ["quality Trash", "the same sample again"]


def test_one_part_that_nobody_read_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    refused = {"when": '"part": 2,', "refuse": "no"}
    found = read(tmp_path, THREE, [-1, 0, 0], told(1, claim(url(1))), refused, **IN_PARTS)
    assert len(found.kept) == 1
    assert [(drop.key, drop.reason) for drop in found.dropped] == [(f"{url(1)}#part2", "extraction refused")]


def test_parts_that_hold_nothing_are_said_once(tmp_path: Path) -> None:
    found = read(tmp_path, THREE, [-1, 0, 0], told(1), told(2), **IN_PARTS)
    assert [(drop.key, drop.reason) for drop in found.dropped] == [(url(1), "no task in the conversation")]
    assert found.dropped[0].source_posts == (url(1), url(2), url(3))


def test_the_reader_is_told_how_many_posts_are_missing_and_why(tmp_path: Path) -> None:
    gone = [Tombstone(url=url(8), reason="deleted"), Tombstone(url=url(9), reason="account closed")]
    missing = (url(7), url(8), url(9), url(10))
    thread = Thread(id=url(1), posts=(url(1),), parents=(-1,), missing=missing)
    tables: dict[str, Any] = {"threads": (Thread, [thread]), "posts": (Post, [post(1, TASK)])}
    stage = replace(curate_stage("extraction"), also=(("gone", Tombstone),))
    run_stage(tmp_path, stage, {**tables, "gone": (Tombstone, gone)}, [{"say": {"samples": [claim(url(1))]}}])
    (words,) = asked(tmp_path)
    assert '"missing_posts": 4' in words
    reasons = json.dumps({"not known": 2, "account closed": 1, "deleted": 1})
    assert f'"missing_because": {reasons}' in words


def test_a_workspace_without_posts_is_no_failure(tmp_path: Path) -> None:
    tables: dict[str, Any] = {"threads": (Thread, []), "posts": (Post, [])}
    found = run_stage(tmp_path, curate_stage("extraction"), tables, [])
    assert (found.kept, found.dropped, found.unanswered) == ([], [], 0)


def test_scripts_from_right_to_left_are_quoted_letter_for_letter(tmp_path: Path) -> None:
    arabic, hebrew = "قطة حمراء صغيرة على سطح المنزل", "חתול אדום קטן על גג הבית"
    posts = [post(1, f"جربت هذا:\n{arabic}\n#فن"), post(2, f"שלי: {hebrew} 🙂")]
    claims = [claim(url(1), prompt=arabic), claim(url(2), prompt=hebrew)]
    found = read(tmp_path, posts, [-1, 0], {"say": {"samples": claims}})
    assert {(one.prompt, one.prompt_origin) for one in found.kept} == {
        (arabic, "verbatim"),
        (hebrew, "verbatim"),
    }
    assert arabic in asked(tmp_path)[0]
