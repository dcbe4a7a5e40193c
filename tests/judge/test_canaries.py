"""The same pictures come before the judges again, and a judge that has changed is noticed."""

from pathlib import Path
from typing import Any

import pytest
from judged import JUDGES, benchmark, settings_of
from scripted_model import Rule, asked, scripted
from stage_runs import run_stages, workspace_of

from echoloop.judge import CanarySettings, canary_round, judge_stages
from echoloop.judge.drifts import MEASURE
from echoloop.records import Canary, Finding, Output
from echoloop.records.arrow import from_table

PICTURES = 6


def judged(
    folder: Path,
    rules: dict[str, list[Rule]],
    tables: dict[str, Any],
    model: str = "judge",
    pictures: int = PICTURES,
) -> None:
    settings = settings_of()
    workspace = workspace_of(folder)
    from stage_runs import to_table, writing  # the tables must lie there before the round is known

    with writing(workspace.path) as opened:
        for name, (record, rows) in tables.items():
            opened.tables.write(name, to_table(rows, record), record)
    rounds = canary_round(workspace, settings.judges, pictures=pictures)
    endpoints = [scripted(folder, rules[name], name=name, model=f"{model}-{name}") for name in JUDGES]
    run_stages(folder, judge_stages(settings, rounds), {}, endpoints)


def says(score: int) -> list[Rule]:
    return [{"say": f"A picture. [[{score}]]"}]


def drifts(folder: Path) -> dict[str, Finding]:
    rows = from_table(workspace_of(folder).tables.read("findings"), Finding)
    return {one.about: one for one in rows if one.measure == MEASURE}


def round_now(folder: Path) -> CanarySettings:
    return canary_round(workspace_of(folder), settings_of().judges, pictures=PICTURES)


def canaries(folder: Path, number: int) -> list[Canary]:
    return from_table(workspace_of(folder).tables.read(f"canaries_{number:03d}"), Canary)


def test_one_round_is_a_beginning_and_says_so(tmp_path: Path) -> None:
    judged(tmp_path, {"one": says(6), "two": says(6)}, benchmark(tmp_path))
    assert {one.reason for one in drifts(tmp_path).values()} == {
        "there is one round yet; the next run that judges new pictures takes another"
    }
    first = canaries(tmp_path, 0)
    assert len(first) == PICTURES * len(JUDGES)
    assert len({one.picture for one in first}) == PICTURES


def test_outputs_that_stay_take_no_new_round_and_new_ones_take_one_of_the_same_pictures(
    tmp_path: Path,
) -> None:
    rules = {"one": says(6), "two": says(6)}
    judged(tmp_path, rules, benchmark(tmp_path))
    before = len(asked(tmp_path, "one"))
    judged(tmp_path, rules, {})
    assert len(asked(tmp_path, "one")) == before
    assert round_now(tmp_path).round == 0
    judged(tmp_path, rules, benchmark(tmp_path, items=5))
    assert round_now(tmp_path).round == 1
    assert {one.picture for one in canaries(tmp_path, 1)} == {one.picture for one in canaries(tmp_path, 0)}
    assert {one.value for one in drifts(tmp_path).values()} == {0.0}
    assert not any(one.alarm for one in drifts(tmp_path).values())


def test_a_judge_that_grades_otherwise_now_raises_an_alarm_and_the_other_does_not(tmp_path: Path) -> None:
    judged(tmp_path, {"one": says(6), "two": says(6)}, benchmark(tmp_path))
    judged(tmp_path, {"one": says(8), "two": says(6)}, benchmark(tmp_path, items=5))
    found = drifts(tmp_path)
    assert found["one"].alarm
    assert found["one"].value == pytest.approx(2.0)
    assert not found["two"].alarm


def test_another_model_behind_a_judge_is_no_drift(tmp_path: Path) -> None:
    judged(tmp_path, {"one": says(6), "two": says(6)}, benchmark(tmp_path))
    judged(tmp_path, {"one": says(8), "two": says(6)}, benchmark(tmp_path, items=5), model="newer")
    found = drifts(tmp_path)["one"]
    assert found.value is None
    assert not found.alarm
    assert "another judge" in found.reason


def test_no_output_no_canary(tmp_path: Path) -> None:
    tables = benchmark(tmp_path, items=0)
    assert tables["outputs"][0] is Output
    judged(tmp_path, {"one": says(6), "two": says(6)}, tables)
    assert canaries(tmp_path, 0) == []
    judged(tmp_path, {"one": says(6), "two": says(6)}, benchmark(tmp_path))
    assert round_now(tmp_path).round in (0, 1)


def test_two_pictures_that_moved_alike_prove_no_drift(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their interval has no width, and chance alone moves two pictures alike half of the time."""
    judged(tmp_path, {"one": says(6), "two": says(6)}, benchmark(tmp_path), pictures=2)
    judged(tmp_path, {"one": says(8), "two": says(6)}, benchmark(tmp_path, items=5), pictures=2)
    found = drifts(tmp_path)["one"]
    assert (found.value, found.n) == (2.0, 2)
    assert not found.alarm
