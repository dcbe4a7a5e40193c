"""The draw: seeded, in proportion, stable when samples come and go, and without anybody whom people have to see first."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from curate_rows import sample
from hypothesis import given
from hypothesis import strategies as st
from stage_runs import CURATE, Run, curate_stage, run_stage

from echoloop.curate.minors import MAY_BE_MINOR
from echoloop.curate.selection import Candidate, allocate, draw
from echoloop.records import Duplicate, ImageRef, Item, ReviewAction, ReviewEvent, Sample

PICTURE = ImageRef(sha256="1" * 64)
START = datetime(2025, 4, 1, tzinfo=UTC)


def whole(name: str, prompt: str = "", **changes: Any) -> Sample:
    return sample(name, prompt=prompt or f"picture {name}", **{"output_images": (PICTURE,), **changes})


def event(
    name: str, action: ReviewAction, *, by: str = "@reviewer_01", turn: int = 0, **changes: Any
) -> ReviewEvent:
    fields = {"id": f"{name}{action}{by}{turn}", "sample": name, "reviewer": by, "action": action}
    return ReviewEvent(**{**fields, "at": START + timedelta(minutes=turn), **changes})


def select(
    folder: Path,
    samples: Sequence[Sample],
    *,
    duplicates: Sequence[Duplicate] = (),
    reviews: Sequence[ReviewEvent] = (),
    **settings: Any,
) -> Run:
    stage = curate_stage("items", msgspec.structs.replace(CURATE, **settings))
    tables = {
        "samples": (Sample, samples),
        "duplicates": (Duplicate, duplicates),
        "reviews": (ReviewEvent, reviews),
    }
    return run_stage(folder, stage, tables, [])


def benchmark(run: Run) -> set[str]:
    return {item.id for item in run.kept if item.split != "analysis"}


def by_id(run: Run) -> dict[str, Item]:
    return {item.id: item for item in run.kept}


SIZES = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 40), max_size=12)


@given(SIZES, st.integers(0, 60), st.integers(0, 3))
def test_places_are_given_out_whole_and_in_proportion(sizes: dict[str, int], places: int, seed: int) -> None:
    given_out = allocate(sizes, places, seed)
    total = sum(sizes.values())
    assert sum(given_out.values()) == min(places, total)
    assert all(given_out[stratum] <= sizes[stratum] for stratum in given_out)
    there = [stratum for stratum, size in sizes.items() if size]
    if len(there) <= places:
        assert all(given_out[stratum] >= 1 for stratum in there)
    for one in given_out:
        for other in given_out:
            if sizes[one] > sizes[other]:
                assert given_out[one] >= given_out[other]


def test_shares_are_those_of_the_strata() -> None:
    assert allocate({"a": 900, "b": 90, "c": 9, "d": 1}, 100, 0) == {"a": 89, "b": 9, "c": 1, "d": 1}
    assert allocate({"a": 3, "b": 3, "c": 3}, 2, 5) == allocate({"c": 3, "b": 3, "a": 3}, 2, 5)
    assert len({tuple(allocate({"a": 3, "b": 3, "c": 3}, 2, seed)) for seed in range(20)}) > 1


def test_whoever_leaves_is_replaced_by_the_next_of_the_same_stratum() -> None:
    candidates = [Candidate(id=f"{stratum}{n}", stratum=stratum) for stratum in "xyz" for n in range(20)]
    before = draw(candidates, 12, 0)
    for gone in before.chosen:
        without = [msgspec.structs.replace(one, rejected=one.id == gone) for one in candidates]
        after = draw(without, 12, 0)
        (new,) = set(after.chosen) - set(before.chosen)
        next_in_line = next(name for name in before.reserve if name[0] == gone[0])
        assert new == next_in_line
        assert set(before.chosen) - set(after.chosen) == {gone}


def test_a_stratum_that_runs_dry_leaves_its_place_to_the_reserve() -> None:
    candidates = [Candidate(id=f"x{n}", stratum="x", rejected=n < 2) for n in range(2)]
    candidates += [Candidate(id=f"y{n}", stratum="y") for n in range(9)]
    drawn = draw(candidates, 6, 0)
    assert len(drawn.chosen) == 6
    assert not set(drawn.chosen) & set(drawn.reserve)


def test_the_same_seed_draws_the_same_whatever_comes_in_between(tmp_path: Path) -> None:
    samples = [whole(f"s{number:03}") for number in range(60)]
    first = benchmark(select(tmp_path / "a", samples, per_split=20, seed=4))
    assert len(first) == 20
    assert benchmark(select(tmp_path / "b", samples[::-1], per_split=20, seed=4)) == first
    assert benchmark(select(tmp_path / "c", samples, per_split=20, seed=5)) != first
    more = [*samples, *(whole(f"t{number:03}") for number in range(6))]
    assert len(first - benchmark(select(tmp_path / "d", more, per_split=20, seed=4))) <= 6


def test_strata_have_their_shares_and_paper_is_uniform(tmp_path: Path) -> None:
    samples = [whole(f"e{number:03}", language="en", created_at=START) for number in range(80)]
    samples += [whole(f"j{number:03}", language="ja", created_at=START) for number in range(19)]
    samples += [whole("old", language="ja", created_at=START - timedelta(days=90))]
    chosen = [item for item in select(tmp_path / "a", samples, per_split=20).kept if item.split != "analysis"]
    assert Counter(item.language for item in chosen) == {"en": 15, "ja": 5}
    assert "old" in {item.id for item in chosen}
    assert {item.stratum for item in chosen} == {
        "other | en | 2025-04 | 0 inputs",
        "other | ja | 2025-04 | 0 inputs",
        "other | ja | 2025-01 | 0 inputs",
    }
    uniform = select(tmp_path / "b", samples, per_split=20, selection="paper")
    assert {item.stratum for item in uniform.kept} == {""}
    assert len(benchmark(uniform)) == 20


def test_splits_fill_apart_and_the_rest_waits_in_order(tmp_path: Path) -> None:
    samples = [whole(f"t{number}") for number in range(5)]
    samples += [whole(f"i{number}", input_images=(PICTURE,)) for number in range(5)]
    samples += [whole("talk", quality="Analysis")]
    run = select(tmp_path, samples, per_split=3)
    assert Counter(item.split for item in run.kept) == {
        "text_to_image": 3,
        "image_to_image": 3,
        "analysis": 5,
    }
    for letter in "ti":
        assert sorted(item.reserve for item in run.kept if item.id[0] == letter and item.reserve) == [1, 2]
    assert by_id(run)["talk"].reserve is None


def test_only_one_of_a_cluster_is_in(tmp_path: Path) -> None:
    samples = [whole("a"), whole("b", quality="Analysis"), whole("c"), whole("d")]
    duplicates = [
        Duplicate(sample=name, cluster="a", representative=name == "a", kind="prompt", size=3)
        for name in "abc"
    ]
    run = select(tmp_path, samples, duplicates=duplicates)
    assert benchmark(run) == {"a", "d"}
    assert [(drop.key, drop.reason, drop.detail) for drop in run.dropped] == [
        ("b", "the same task again", "of a"),
        ("c", "the same task again", "of a"),
    ]


def test_a_rejected_representative_leaves_its_place_to_the_next_of_its_cluster(tmp_path: Path) -> None:
    duplicates = [
        Duplicate(sample=name, cluster="a", representative=name == "a", kind="prompt", size=2)
        for name in "ab"
    ]
    rejected = [event("a", "reject", note="blurred")]
    run = select(tmp_path, [whole("a"), whole("b")], duplicates=duplicates, reviews=rejected)
    assert benchmark(run) == {"b"}
    assert [(drop.key, drop.reason, drop.detail) for drop in run.dropped] == [
        ("a", "rejected by people", "blurred")
    ]


def test_whoever_waits_for_people_is_in_no_benchmark_split(tmp_path: Path) -> None:
    doubted = whole("doubted", for_people=("the final filter doubts: prompt",))
    young = whole("young", for_people=(MAY_BE_MINOR,), input_images=(PICTURE,))
    waiting = select(tmp_path / "a", [doubted, young, whole("fine")])
    assert benchmark(waiting) == {"fine"}
    assert by_id(waiting)["doubted"].split == "analysis"
    assert waiting.reasons == ["waits for a person: apparent minor"]
    accepted = [event("doubted", "accept"), event("young", "accept")]
    assert benchmark(select(tmp_path / "b", [doubted, young], reviews=accepted)) == {"doubted", "young"}


@pytest.mark.parametrize(
    ("reviews", "inside"),
    [
        ([event("one", "flag")], False),
        ([event("one", "flag"), event("one", "accept", turn=1)], True),
        ([event("one", "skip")], True),
        ([event("one", "reject", note="no"), event("one", "accept", turn=1)], True),
        ([event("one", "accept"), event("one", "reject", turn=1, note="no")], False),
        ([event("one", "accept"), event("one", "reject", by="@reviewer_02", note="no")], False),
    ],
)
def test_what_people_say_decides(tmp_path: Path, reviews: list[ReviewEvent], inside: bool) -> None:
    run = select(tmp_path, [whole("one")], reviews=reviews)
    assert (benchmark(run) == {"one"}) is inside


def test_what_is_disputed_stays_out_and_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reviews = [event("one", "accept"), event("one", "reject", by="@reviewer_02", note="no")]
    run = select(tmp_path, [whole("one"), whole("two")], reviews=reviews)
    assert run.reasons == ["people disagree about it"]
    assert "1 sample is disputed: it stays out" in capsys.readouterr().err


def test_an_edited_prompt_is_what_stands_and_moves_nobody(tmp_path: Path) -> None:
    samples = [whole(f"s{number:02}") for number in range(30)]
    before = select(tmp_path / "a", samples, per_split=10)
    name = min(benchmark(before))
    edited = [event(name, "edit", prompt="Quite another beginning of it")]
    after = select(tmp_path / "b", samples, per_split=10, reviews=edited)
    assert benchmark(after) == benchmark(before)
    item = by_id(after)[name]
    assert (item.prompt, item.prompt_modified) == ("Quite another beginning of it", True)
    assert item.stratum == by_id(before)[name].stratum


def test_an_edit_can_give_a_sample_the_prompt_it_lacked(tmp_path: Path) -> None:
    mute = whole("mute", prompt=" ")
    assert benchmark(select(tmp_path / "a", [mute])) == set()
    told = [event("mute", "edit", prompt="a quiet house")]
    assert benchmark(select(tmp_path / "b", [mute], reviews=told)) == {"mute"}
