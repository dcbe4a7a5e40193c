"""Grades become win rates in which nobody loses by somebody else's outage, and everything says its coverage."""

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scripted_model import Rule, asked, scripted
from stage_runs import Run, run_stages, store_picture

from echoloop.judge import VOTE, Contestant, Judge, JudgeSettings, judge_stages
from echoloop.records import Dropped, Item, Output, Standing, Verdict, main_standings
from echoloop.records.arrow import from_table
from echoloop.workspace import reading

URL = "https://x.com/i/status/1"
MODELS = ("alder", "birch", "cedar")
ITEMS = 4
JUDGES = ("one", "two")


def write(folder: Path, states: dict[tuple[int, str], str] | None = None) -> dict[str, Any]:
    """Every model's output for every item, unless it is said to be absent."""
    items, outputs = [], []
    for number in range(ITEMS):
        items.append(
            Item(id=f"i{number}", split="text_to_image", sample=f"i{number}", prompt=f"paint {number}", quality="Benchmark",
                 source_posts=(URL,))
        )  # fmt: skip
        for place, model in enumerate(MODELS):
            state: Any = (states or {}).get((number, model), "answered")
            drawn = store_picture(folder, np.full((8, 8, 3), 40 * place + number, dtype=np.uint8))
            outputs.append(
                Output(id=f"i{number}/{model}/0", item=f"i{number}", model=model, split="text_to_image", state=state,
                       reason="" if state == "answered" else f"it {state}",
                       image=drawn.sha256 if state == "answered" else None, source_posts=(URL,))
            )  # fmt: skip
    return {"items": (Item, items), "outputs": (Output, outputs)}


def settings(**changes: Any) -> JudgeSettings:
    return JudgeSettings(
        judges=tuple(Judge(name=name, endpoint=name, developer="bench") for name in JUDGES),
        contestants=tuple(Contestant(name=name, developer=f"dev {name}") for name in MODELS),
        resamples=200,
        **changes,
    )


def judged(folder: Path, tables: dict[str, Any], rules: dict[str, list[Rule]], **changes: Any) -> Run:
    endpoints = [scripted(folder, rules[name], name=name, model=f"judge-{name}") for name in JUDGES]
    return run_stages(folder, judge_stages(settings(**changes))[:2], tables, endpoints)


def fair() -> list[Rule]:
    """Every prompt gets the same grade: everybody is equal."""
    return [{"say": "A picture. [[6]]"}]


def by_model(run: Run, judge: str = VOTE) -> dict[str, Standing]:
    return {one.model: one for one in main_standings(run.kept) if one.judge == judge}


def verdicts(folder: Path) -> list[Verdict]:
    return from_table(reading(folder / "workspace").tables.read("verdicts"), Verdict)


def test_equal_grades_are_equal_standings_with_full_coverage(tmp_path: Path) -> None:
    run = judged(tmp_path, write(tmp_path), {"one": fair(), "two": fair()})
    for judge in (VOTE, *JUDGES):
        for standing in by_model(run, judge).values():
            assert (standing.rate, standing.coverage) == (0.5, 1.0)
            assert (standing.outputs, standing.refused, standing.failed) == (ITEMS, 0, 0)
            assert standing.rank_low == 1
    assert by_model(run)["birch"].developer == "dev birch"
    assert by_model(run)["birch"].judges == JUDGES


def test_an_outage_of_one_judge_moves_nobody(tmp_path: Path) -> None:
    whole = judged(tmp_path / "a", write(tmp_path / "a"), {"one": fair(), "two": fair()})
    half: list[Rule] = [{"when": "paint 1", "status": 422}, {"when": "paint 2", "status": 422}, *fair()]
    broken = judged(tmp_path / "b", write(tmp_path / "b"), {"one": fair(), "two": half})
    for model in MODELS:
        assert by_model(broken)[model].rate == by_model(whole)[model].rate
        assert by_model(broken)[model].coverage == 1.0
        assert by_model(broken, "two")[model].coverage == 0.5
    lost = [
        verdict for verdict in verdicts(tmp_path / "b") if verdict.judge == "two" and verdict.score is None
    ]
    assert len(lost) == 2 * len(MODELS)
    assert {verdict.state for verdict in lost} == {"failed"}
    assert not from_table(reading(tmp_path / "b" / "workspace").tables.read("verdicts.dropped"), Dropped)


@pytest.mark.parametrize(
    ("rule", "state"),
    [
        ({"refuse": "I will not grade this"}, "refused"),
        ({"say": "splendid, ten out of ten"}, "unparsed"),
        ({"say": "[[11]]"}, "unparsed"),
        ({"status": 422}, "failed"),
    ],
)
def test_a_verdict_that_is_none_has_no_score_and_a_reason(tmp_path: Path, rule: Rule, state: str) -> None:
    judged(tmp_path, write(tmp_path), {"one": [{"when": "paint 0", **rule}, *fair()], "two": fair()})
    odd = [verdict for verdict in verdicts(tmp_path) if verdict.state != "answered"]
    assert {(verdict.state, verdict.score, verdict.judge) for verdict in odd} == {(state, None, "one")}
    assert all(verdict.reason for verdict in odd)


def test_refusals_are_counted_apart_and_count_as_losses_only_where_that_is_the_rule(tmp_path: Path) -> None:
    states = {(0, "birch"): "refused", (1, "birch"): "failed"}
    skip = judged(tmp_path / "a", write(tmp_path / "a", states), {"one": fair(), "two": fair()})
    loss = judged(
        tmp_path / "b", write(tmp_path / "b", states), {"one": fair(), "two": fair()}, missing="loss"
    )
    for run in (skip, loss):
        birch = by_model(run)["birch"]
        assert (birch.outputs, birch.refused, birch.failed) == (ITEMS - 2, 1, 1)
    assert by_model(skip)["birch"].rate == 0.5
    assert by_model(skip)["birch"].coverage == 0.5
    assert by_model(loss)["birch"].rate == pytest.approx(2 * 0.5 * 2 / 6)
    assert by_model(loss)["alder"].rate > 0.5
    assert by_model(loss)["birch"].coverage == 0.75
    dropped = from_table(reading(tmp_path / "a" / "workspace").tables.read("verdicts.dropped"), Dropped)
    assert sorted(drop.reason for drop in dropped) == [
        "no picture to judge: failed",
        "no picture to judge: refused",
    ]


def test_a_model_without_a_single_picture_has_no_rate_and_a_reason(tmp_path: Path) -> None:
    states = {(number, "cedar"): "failed" for number in range(ITEMS)}
    run = judged(tmp_path, write(tmp_path, states), {"one": fair(), "two": fair()})
    cedar = by_model(run)["cedar"]
    assert (cedar.rate, cedar.low, cedar.high, cedar.rank_low, cedar.coverage) == (
        None,
        None,
        None,
        None,
        0.0,
    )
    assert "never compared" in cedar.reason
    assert by_model(run)["alder"].rate == 0.5


def test_the_judge_does_not_learn_who_made_the_picture(tmp_path: Path) -> None:
    judged(tmp_path, write(tmp_path), {"one": fair(), "two": fair()})
    words = " ".join(asked(tmp_path, "one"))
    assert "pictures=1" in words
    assert not any(model in words for model in MODELS)


def test_repeats_are_asked_and_kept_apart(tmp_path: Path) -> None:
    judged(tmp_path, write(tmp_path), {"one": fair(), "two": fair()}, repeats=2)
    assert len(verdicts(tmp_path)) == 2 * len(JUDGES) * ITEMS * len(MODELS)
    assert len(asked(tmp_path, "one")) == 2 * ITEMS * len(MODELS)


def test_a_lost_picture_costs_its_own_verdicts_only(tmp_path: Path) -> None:
    tables = write(tmp_path)
    sha256 = tables["outputs"][1][0].image
    (tmp_path / "workspace" / "images" / sha256[:2] / sha256).unlink()
    run = judged(tmp_path, tables, {"one": fair(), "two": fair()})
    assert sum(verdict.state == "failed" for verdict in verdicts(tmp_path)) == len(JUDGES)
    assert by_model(run)["alder"].coverage == 0.75
    assert by_model(run)["alder"].rate == 0.5


def test_nothing_to_judge_is_no_standing(tmp_path: Path) -> None:
    run = judged(tmp_path, {"items": (Item, []), "outputs": (Output, [])}, {"one": fair(), "two": fair()})
    assert run.kept == []


def test_better_grades_are_a_better_place(tmp_path: Path) -> None:
    tables = write(tmp_path)
    graded = Graded(tmp_path)
    run = judged(tmp_path, tables, {"one": graded.rules(), "two": fair()})
    assert by_model(run, "one")["cedar"].rate == 1.0
    assert by_model(run, "one")["alder"].rate == 0.0
    assert by_model(run, "one")["cedar"].rank_high == 1


class Graded:
    """Grades by what is in the picture: the brighter, the better."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def rules(self) -> list[Rule]:
        from echoloop.grading import AS_JUDGED
        from echoloop.images import encode_png, render

        rules: list[Rule] = []
        for place, _ in enumerate(MODELS):
            for number in range(ITEMS):
                shown = render(encode_png(np.full((8, 8, 3), 40 * place + number, dtype=np.uint8)), AS_JUDGED)
                rules.append({"when": base64.b64encode(shown).decode(), "say": f"[[{3 * place + 1}]]"})
        return rules
