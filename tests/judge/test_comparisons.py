"""Two pictures at a time: both orders are asked, a judge that follows the place calls a tie, and its pull is reported."""

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from judged import MODELS, benchmark, settings_of
from scripted_model import Rule, asked, scripted
from stage_runs import Run, run_stages, workspace_of

from echoloop.grading import AS_JUDGED, read_choice
from echoloop.images import encode_png, render
from echoloop.judge import VOTE, judge_stages
from echoloop.judge.comparisons import drawn_pairs
from echoloop.records import Comparison, Finding, Standing
from echoloop.records.arrow import from_table


def judged(folder: Path, rules: list[Rule], items: int = 2, **changes: Any) -> Run:
    settings = settings_of(("one",), method="pairs", **changes)
    return run_stages(
        folder,
        judge_stages(settings),
        benchmark(folder, items=items),
        [scripted(folder, rules, name="one", model="judge-one")],
    )


def rows(folder: Path, name: str, record: Any) -> list[Any]:
    return from_table(workspace_of(folder).tables.read(name), record)


def prefers_bright() -> list[Rule]:
    """Picks the later model, wherever it stands."""
    shown = {
        place: base64.b64encode(
            render(encode_png(np.full((8, 8, 3), 40 * place + 0, dtype=np.uint8)), AS_JUDGED)
        ).decode()
        for place in range(len(MODELS))
    }
    rules: list[Rule] = []
    for first in range(len(MODELS)):
        for second in range(len(MODELS)):
            if first != second:
                pair = f"data:image/jpeg;base64,{shown[first]} data:image/jpeg;base64,{shown[second]}"
                rules.append({"when": pair, "say": "[[A]]" if first > second else "[[B]]"})
    return rules


def test_the_better_picture_wins_in_both_orders(tmp_path: Path) -> None:
    judged(tmp_path, prefers_bright(), items=1)
    found: list[Standing] = rows(tmp_path, "standings", Standing)
    votes = {one.model: one.rate for one in found if one.judge == VOTE and not one.slice}
    assert votes == {"alder": 0.0, "birch": 0.5, "cedar": 1.0}
    assert {one.rule for one in found} == {"pairs"}
    assert len(asked(tmp_path, "one")) == 2 * 3


def test_a_judge_that_always_takes_the_first_place_ties_everything_and_is_found_out(tmp_path: Path) -> None:
    judged(tmp_path, [{"say": "The first. [[A]]"}], items=8)
    votes = [one for one in rows(tmp_path, "standings", Standing) if one.judge == VOTE and not one.slice]
    assert {one.rate for one in votes} == {0.5}
    pull = next(
        one for one in rows(tmp_path, "findings", Finding) if one.measure.startswith("takes the first place")
    )
    assert pull.value == pytest.approx(0.5)
    assert pull.alarm


def test_a_pair_of_which_one_order_is_missing_is_not_compared(tmp_path: Path) -> None:
    one_way = prefers_bright()[0]
    judged(tmp_path, [{**one_way, "say": "I cannot say."}, *prefers_bright()], items=1)
    found: list[Comparison] = rows(tmp_path, "comparisons", Comparison)
    assert [one.state for one in found if one.choice is None] == ["unparsed"]
    pairs = {one.model: one.coverage for one in rows(tmp_path, "standings", Standing) if one.judge == VOTE}
    assert pairs["cedar"] == 1.0
    assert pairs["alder"] == pairs["birch"] == 0.5


def test_only_as_many_pairs_as_are_paid_for_are_drawn_and_always_the_same() -> None:
    settings = settings_of(pairs_per_item=2)
    drawn = {f"i{number}": drawn_pairs(settings, f"i{number}") for number in range(60)}
    assert all(len(pairs) == 2 for pairs in drawn.values())
    assert {pair for pairs in drawn.values() for pair in pairs} == {
        ("alder", "birch"), ("alder", "cedar"), ("birch", "cedar")
    }  # fmt: skip
    assert drawn == {item: drawn_pairs(settings, item) for item in drawn}


@pytest.mark.parametrize(
    ("text", "choice"),
    [("[[A]]", "first"), ("so [[B]] then", "second"), ("[[A]] or [[ tie ]]", "tie"), ("[[b]]", "second")],
)
def test_the_last_bracket_is_the_choice(text: str, choice: str) -> None:
    assert read_choice(text).choice == choice


@pytest.mark.parametrize("text", ["A", "[[A]] [[C]]", "[A]", "[[A and B]]", "[[Ä]]", ""])
def test_what_is_no_choice_is_none(text: str) -> None:
    with pytest.raises(ValueError):
        read_choice(text)


def test_a_handful_of_choices_is_no_pull_of_the_first_place(tmp_path: Path) -> None:
    judged(tmp_path, [{"say": "The first. [[A]]"}], items=2)
    pull = next(
        one for one in rows(tmp_path, "findings", Finding) if one.measure.startswith("takes the first place")
    )
    assert pull.value == pytest.approx(0.5)
    assert not pull.alarm


def test_an_absence_loses_only_where_its_pair_was_to_be_compared(tmp_path: Path) -> None:
    """One pair of three is drawn an item: a refusal that lost both of its pairs would weigh more than a defeat."""
    items = 6
    settings = settings_of(("one",), method="pairs", missing="loss", pairs_per_item=1)
    run_stages(
        tmp_path,
        judge_stages(settings),
        benchmark(tmp_path, items=items, states={(number, "birch"): "refused" for number in range(items)}),
        [scripted(tmp_path, [{"say": "Neither. [[tie]]"}], name="one", model="judge-one")],
    )
    votes = [one for one in rows(tmp_path, "standings", Standing) if one.judge == VOTE and not one.slice]
    settled = sum(one.coverage * items * (len(MODELS) - 1) for one in votes) / 2
    assert settled == items
    drawn = sum("birch" in pair for number in range(items) for pair in drawn_pairs(settings, f"i{number}"))
    birch = next(one for one in votes if one.model == "birch")
    assert (birch.rate, birch.coverage) == (0.0, drawn / (items * (len(MODELS) - 1)))
