"""Imagine-Bench: the published lines, the item rule, 3:2:2:2, and what the public script does otherwise."""

from pathlib import Path

import numpy as np
import pytest
from suite_runs import TYPES, imagine_rows, loaded, scored, write_lines

from echoloop.records import SuitePreset, SuiteScore, SuiteTask
from echoloop.suites import Estimator, Heard, Suite, open_suite
from echoloop.suites.measuring import measure_all
from echoloop.suites.scoring import score_task

SUITE = open_suite("imagine_bench")
GROUPS = {
    "COLOR": "attribute shift",
    "SHAPE": "attribute shift",
    "SIZE": "attribute shift",
    "MATERIAL": "hybridisation",
    "COMBINATION": "hybridisation",
    "TIME": "spatiotemporal",
    "ENVIRONMENT": "spatiotemporal",
    "Multi-Object": "multi-object",
}


def said(fantasy: float, identity: float, aesthetic: float) -> str:
    return f"Reason: x\nFantasy Fulfillment: {fantasy}\nIdentity Preservation: {identity}\nAesthetic Quality: {aesthetic}"


def test_the_published_file_loads_without_a_word(tmp_path: Path) -> None:
    rows = imagine_rows(30)
    rows += [{**row, "id": row["id"] + 30} for row in imagine_rows(30)[-30:]]
    tasks, faults = loaded(SUITE, write_lines(tmp_path / "i.jsonl", rows))
    assert (len(tasks), faults) == (270, [])
    assert {task.group for task in tasks} == set(GROUPS.values())


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (
            {"id": 1, "instruction": "a", "note": "b", "type": "COLOR"},
            "3 1: the id was there in line 1 already",
        ),
        ({"id": 9, "instruction": "a", "note": "b", "type": "COLOUR"}, "3 9: unknown type 'COLOUR'"),
        ({"id": 9, "instruction": "a", "note": "b", "type": ["COLOR"]}, "3 9: unknown type"),
        ({"id": 9, "instruction": "a", "type": "COLOR"}, "3 9: no note"),
        ({"id": 9, "note": "a", "type": "COLOR"}, "3 9: no instruction"),
        ({"id": None, "instruction": "a", "note": "b", "type": "COLOR"}, "3 : no id"),
    ],
)
def test_a_wrong_line_is_said_and_the_rest_is_loaded(tmp_path: Path, row: object, why: str) -> None:
    rows: list[object] = [*imagine_rows(1)[:2], row, imagine_rows(1)[2]]
    tasks, faults = loaded(SUITE, write_lines(tmp_path / "i.jsonl", rows))
    assert [task.id for task in tasks] == ["1", "2", "3"]
    assert any(fault.startswith(why) for fault in faults)


@pytest.mark.parametrize(
    ("text", "ours", "theirs"),
    [
        (said(8, 6, 10), 6.8, 6.8),
        (said(10, 10, 10), 10.0, 10.0),
        (said(8.5, 9, 7), 0.8 * 8.5 + 1.4, 0.8 * 8 + 1.4),
        ("**Fantasy Fulfillment:** 8\n**Identity Preservation:** 8\n**Aesthetic Quality:** 8", 8.0, -1.0),
        ("**Fantasy Fulfillment**: 8\nIdentity Preservation: 8\nAesthetic Quality: 8", 8.0, -0.8 + 1.6),
        (said(12, 9, 9), None, 0.8 * 9 + 1.8),
        (said(100, 9, 9), None, 0.8 * 9 + 1.8),
        ("Fantasy Fulfillment: 8\nIdentity Preservation: 8", None, 0.8 * 8 - 0.2),
        (said(8, 8, 8) + "\nAesthetic Quality: 2", None, 0.8 * 8 + 0.4),
        ("幻想 8", None, -1.0),
        ("I will not rate this.", None, -1.0),
        (None, None, 0.0),
    ],
)
def test_a_picture_under_both_rules(
    tmp_path: Path, text: str | None, ours: float | None, theirs: float
) -> None:
    (task, *_), _ = loaded(SUITE, write_lines(tmp_path / "i.jsonl", imagine_rows(1)))
    assert scored(SUITE, task, text, "default").value == (None if ours is None else pytest.approx(ours))
    assert scored(SUITE, task, text, "released_code").value == pytest.approx(theirs, abs=5e-4)


def rows_of(
    suite: Suite, tasks: list[SuiteTask], answers: dict[str, str | None], preset: SuitePreset
) -> dict[str, float | None]:
    scores: list[SuiteScore] = []
    for task in tasks:
        look = suite.looks(task)[0]
        text = answers.get(task.id)
        if text is None:
            heard = Heard(state="failed", reason="judge failed")
        else:
            heard = Heard(value=look.read(text), state="answered", text=text)
        for one in ("default", "released_code"):
            scores += score_task(suite, task, [{"": heard}], one, judge="j", model="m")
    rows = measure_all(suite, tasks, scores, Estimator(100, 0))
    return {row.measure: row.value for row in rows if row.preset == preset}


def test_multi_object_counts_with_us_and_not_with_them(tmp_path: Path) -> None:
    tasks, _ = loaded(SUITE, write_lines(tmp_path / "i.jsonl", imagine_rows(2)))
    answers = {task.id: said(0, 0, 0) if task.group == "multi-object" else said(10, 10, 10) for task in tasks}
    assert rows_of(SUITE, tasks, answers, "default")["overall"] == pytest.approx(70 / 9)
    assert rows_of(SUITE, tasks, answers, "released_code")["overall"] == pytest.approx(10.0)


def test_both_rules_against_a_slow_and_plain_one(tmp_path: Path) -> None:
    """Weights 3:2:2:2 over group means, written down once more without any of the room's code."""
    random = np.random.default_rng(7)
    tasks, _ = loaded(SUITE, write_lines(tmp_path / "i.jsonl", imagine_rows(5)))
    marks = {task.id: random.integers(0, 11, 3).tolist() for task in tasks}
    found = rows_of(SUITE, tasks, {name: said(*mark) for name, mark in marks.items()}, "default")
    item = {name: 0.8 * min(mark[0], mark[1]) + 0.2 * mark[2] for name, mark in marks.items()}
    kinds = {str(row["id"]): row["type"] for row in imagine_rows(5)}
    means = {
        group: np.mean([item[name] for name, kind in kinds.items() if GROUPS[kind] == group])
        for group in dict.fromkeys(GROUPS.values())
    }
    weights = dict(zip(means, (3, 2, 2, 2), strict=True))
    assert found["overall"] == pytest.approx(sum(weights[group] * means[group] for group in means) / 9)
    assert found["fantasy"] == pytest.approx(np.mean([mark[0] for mark in marks.values()]))
    assert len(TYPES) == 8


def test_a_group_without_a_score_is_no_number_with_us(tmp_path: Path) -> None:
    tasks, _ = loaded(SUITE, write_lines(tmp_path / "i.jsonl", imagine_rows(2)))
    answers = {task.id: None if task.group == "hybridisation" else said(10, 10, 10) for task in tasks}
    assert rows_of(SUITE, tasks, answers, "default")["overall"] is None
    assert rows_of(SUITE, tasks, answers, "released_code")["overall"] == pytest.approx(50 / 7)
