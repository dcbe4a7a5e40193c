"""What is not clearly safe is withheld, whoever guards; and no model alone decides about people who look young."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from curate_rows import picture, sample
from scripted_model import Rule, asked, scripted
from stage_runs import CURATE, Run, curate_stage, run_stages, workspace_of

from echoloop.calls import Ledger, ModerationResult
from echoloop.curate.guards import moderated, read_guard
from echoloop.curate.minors import MAY_BE_MINOR, NOT_TOLD
from echoloop.records import Sample

SAFE: Rule = {"say": "safe"}
GROWN: Rule = {"when": "{} pictures=1", "say": {"apparent_minor": "no"}}


def guarded(folder: Path, guards: dict[str, list[Rule]], *samples: Sample, **settings: Any) -> Run:
    """The safety stage with these guards; the first has the role."""
    first, *others = guards
    chosen = msgspec.structs.replace(CURATE, guard=first, guards=tuple(others), **settings)
    endpoints = [scripted(folder, rules, name=name, model=name) for name, rules in guards.items()]
    viewer = [] if "scripted" in guards else [scripted(folder, [GROWN])]
    stage = curate_stage("safety", chosen)
    return run_stages(folder, [stage], {"unfolded": (Sample, samples or [sample()])}, [*endpoints, *viewer])


def flagged(*categories: str, **scores: float) -> dict[str, Any]:
    return {
        "results": [
            {"flagged": True, "categories": dict.fromkeys(categories, True), "category_scores": scores}
        ]
    }


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("safe", []),
        ("\n safe \n", []),
        ("\n\nunsafe\nS1", ["S1"]),
        ("unsafe\n\nS1,S9", ["S1", "S9"]),
        (" unsafe \n S10 , S14 ", ["S10", "S14"]),
    ],
)
def test_a_verdict_is_read(text: str, codes: list[str]) -> None:
    assert read_guard(text) == codes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Safe.",
        "SAFE",
        "It is safe",
        "safe safe",
        "safe\nS1",
        "unsafe",
        "unsafe S1",
        "unsafe\nS0",
        "unsafe\nS15",
        "unsafe\nS1,",
        "unsafe\nS1\nS9",
        "unsafe\nviolence",
        "not unsafe\nS1",
    ],
)
def test_everything_else_is_no_verdict(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        read_guard(text)


@pytest.mark.parametrize(
    ("flag", "categories", "codes"),
    [
        (False, {"sexual": 0.99}, []),
        (True, {"sexual": 0.9, "violence": 0.1}, ["S12"]),
        (True, {"violence/graphic": True, "sexual/minors": True, "hate": False}, ["S1", "S4"]),
        (True, {"self-harm": 0.3, "illicit": 0.2}, ["S11"]),
        (True, {"S9": 1.0, "S10": 1.0, "S2": 1.0}, ["S2", "S9", "S10"]),
        (True, {"gambling": 0.8}, ["other"]),
        (True, {}, ["other"]),
    ],
)
def test_a_moderation_becomes_codes_and_a_flag_is_never_lost(
    flag: bool, categories: dict[str, float | bool], codes: list[str]
) -> None:
    assert moderated(ModerationResult(flag, categories)) == codes


def test_a_safe_sample_passes_with_the_guards_receipt(tmp_path: Path) -> None:
    (kept,) = guarded(tmp_path, {"guard": [SAFE]}).kept
    assert kept.has_nsfw is False
    assert len(kept.receipts) == 2
    assert kept.for_people == ()


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"say": "unsafe\nS1,S9"}, "hazard S1,S9"),
        ({"say": "looks fine to me"}, "withheld: guard unparsed"),
        ({"refuse": "I cannot look at this"}, "withheld: guard refused"),
    ],
)
def test_what_is_not_safe_is_withheld_with_its_reason(tmp_path: Path, rule: Rule, reason: str) -> None:
    found = guarded(tmp_path, {"guard": [rule]})
    assert (found.kept, found.reasons) == ([], [reason])


def test_any_guard_removes_and_all_must_have_judged(tmp_path: Path) -> None:
    samples = [sample(name, prompt=name) for name in ("fine", "bad", "worse", "unclear")]
    strict: list[Rule] = [
        {"when": "bad", "say": "unsafe\nS2"},
        {"when": "worse", "say": "unsafe\nS2"},
        SAFE,
    ]
    other: list[Rule] = [
        {"when": "worse", "say": "unsafe\nS10"},
        {"when": "unclear", "say": "hm"},
        SAFE,
    ]
    found = guarded(tmp_path, {"strict": strict, "other": other}, *samples)
    assert {drop.key: drop.reason for drop in found.dropped} == {
        "bad": "hazard S2",
        "worse": "hazard S2,S10",
        "unclear": "withheld: guard unparsed",
    }
    assert [kept.id for kept in found.kept] == ["fine"]
    assert len(found.kept[0].receipts) == 3


def test_a_guard_that_is_down_passes_nothing_and_is_asked_again(tmp_path: Path) -> None:
    samples = [sample(name, prompt=name) for name in ("one", "two")]
    found = guarded(tmp_path, {"guard": [{"when": "one", "status": 400}, SAFE]}, *samples)
    assert [kept.id for kept in found.kept] == ["two"]
    assert (found.reasons, found.unanswered) == (["withheld: guard failed"], 1)
    assert "guard: " in found.dropped[0].detail


def test_a_moderation_sees_the_words_with_one_picture_at_a_time(tmp_path: Path) -> None:
    one, two = picture(tmp_path, 10), picture(tmp_path, 90)
    shown = sample(output_images=(one, two))
    clean = {"results": [{"flagged": False, "categories": {"violence": False}}]}
    found = guarded(tmp_path, {"mod": [clean]}, shown, sample("words"), moderators=("mod",))
    assert len(found.kept) == 2
    requests = asked(tmp_path, "mod")
    assert sorted(words.count("data:image") for words in requests) == [0, 1, 1]
    assert all("a house" in words for words in requests)


def test_a_guard_and_a_moderation_guard_together(tmp_path: Path) -> None:
    samples = [sample(name, prompt=name) for name in ("fine", "bloody", "weapons")]
    found = guarded(
        tmp_path,
        {
            "guard": [{"when": "weapons", "say": "unsafe\nS9"}, SAFE],
            "mod": [
                {"when": "bloody", **flagged("violence/graphic")},
                {"results": [{"flagged": False, "categories": {}}]},
            ],
        },
        *samples,
        moderators=("mod",),
    )
    assert {drop.key: drop.reason for drop in found.dropped} == {
        "bloody": "hazard S1",
        "weapons": "hazard S9",
    }


def test_a_trained_guard_is_asked_in_the_protocol_of_its_endpoint(tmp_path: Path) -> None:
    spoken = scripted(tmp_path, [SAFE], name="llama", model="llama")
    endpoints = [msgspec.structs.replace(spoken, protocol="chat_images"), scripted(tmp_path, [GROWN])]
    stage = curate_stage("safety", msgspec.structs.replace(CURATE, guard="llama", classifiers=("llama",)))
    assert len(run_stages(tmp_path, [stage], {"unfolded": (Sample, [sample()])}, endpoints).kept) == 1


def test_a_trained_guard_is_sent_the_material_alone(tmp_path: Path) -> None:
    shown = sample(output_images=(picture(tmp_path, 10),))
    found = guarded(tmp_path, {"guard": [SAFE], "llama": [SAFE]}, shown, classifiers=("llama",))
    assert len(found.kept) == 1
    with Ledger(workspace_of(tmp_path).receipts, readonly=True) as ledger:
        requests = {receipt.model: json.loads(receipt.request) for receipt in ledger.receipts()}
    roles = {model: [one["role"] for one in request["messages"]] for model, request in requests.items()}
    assert roles == {"guard": ["system", "user"], "llama": ["user"]}
    assert "pictures=1" in asked(tmp_path, "llama")[0]


def test_the_guard_sees_every_picture(tmp_path: Path) -> None:
    one, two = picture(tmp_path, 1), picture(tmp_path, 2)
    guarded(tmp_path, {"guard": [SAFE]}, sample(input_images=(one,), output_images=(two,)))
    assert "pictures=2" in asked(tmp_path, "guard")[0]


@pytest.mark.parametrize(
    ("rule", "reasons"),
    [
        ({"say": {"apparent_minor": "no"}}, ()),
        ({"say": {"apparent_minor": "yes"}}, (MAY_BE_MINOR,)),
        ({"say": {"apparent_minor": "cannot tell"}}, (MAY_BE_MINOR,)),
        ({"say": {"apparent_minor": "maybe"}}, (NOT_TOLD,)),
        ({"refuse": "I do not guess ages"}, (NOT_TOLD,)),
    ],
)
def test_whoever_may_be_young_waits_for_a_person_and_is_not_removed(
    tmp_path: Path, rule: Rule, reasons: Sequence[str]
) -> None:
    shown = sample(input_images=(picture(tmp_path, 1),), output_images=(picture(tmp_path, 2),))
    rules = [{"when": '"prompt"', "say": "safe"}, rule]
    found = guarded(tmp_path, {"scripted": rules}, shown)
    assert found.dropped == []
    assert found.kept[0].for_people == reasons


def test_an_input_picture_is_asked_about_once_and_outputs_are_not(tmp_path: Path) -> None:
    one, two = picture(tmp_path, 1), picture(tmp_path, 2)
    samples = [sample(name, input_images=(one,), output_images=(two,)) for name in ("first", "second")]
    found = guarded(tmp_path, {"guard": [SAFE]}, *samples)
    assert len(asked(tmp_path)) == 1
    assert [len(kept.receipts) for kept in found.kept] == [3, 3]


def test_what_was_withheld_is_not_looked_at_further(tmp_path: Path) -> None:
    shown = sample(input_images=(picture(tmp_path, 1),))
    guarded(tmp_path, {"guard": [{"say": "unsafe\nS4"}]}, shown)
    assert asked(tmp_path) == []
