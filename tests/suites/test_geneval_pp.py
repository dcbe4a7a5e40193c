"""GenEval++: the published lines, what is wrong with them, and both rules."""

from pathlib import Path

import pytest
from suite_runs import TAGS, geneval_pp_rows, loaded, scored, write_lines

from echoloop.suites import open_suite
from echoloop.suites.geneval_pp import looks

SUITE = open_suite("geneval_pp")


def test_the_published_file_loads_without_a_word(tmp_path: Path) -> None:
    tasks, faults = loaded(SUITE, write_lines(tmp_path / "g.jsonl", geneval_pp_rows(40), bom=True))
    assert (len(tasks), faults) == (280, [])
    assert [task.id for task in tasks[:3]] == ["1", "2", "3"]
    assert {task.group for task in tasks} == set(TAGS)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"tag": "colour", "include": [{"class": "cup"}], "prompt": "p"}, "3 p: unknown tag 'colour'"),
        (
            {"tag": "counting", "include": [{"class": "cup", "count": 0}], "prompt": "p"},
            "the count of 'cup' is 0",
        ),
        (
            {"tag": "counting", "include": [{"class": "cup", "count": True}], "prompt": "p"},
            "the count of 'cup' is True",
        ),
        (
            {"tag": "counting", "include": [{"count": 2}], "prompt": "p"},
            "an entry of the checklist has no class",
        ),
        ({"tag": "counting", "include": [], "prompt": "p"}, "`include` is no list"),
        (
            {"tag": "counting", "include": [{"class": "cup", "region": "behind"}], "prompt": "p"},
            "the region of 'cup' is 'behind'",
        ),
        (
            {"tag": "counting", "include": [{"class": "cup", "size": 3}], "prompt": "p"},
            "the size of 'cup' is 3",
        ),
        ({"tag": "counting", "include": [{"class": "cup"}]}, "3 : no prompt"),
        ("{", "3 : not JSON"),
        ("[1]", "3 : not an object"),
    ],
)
def test_a_wrong_line_is_said_and_the_rest_is_loaded(tmp_path: Path, row: object, said: str) -> None:
    rows = [*geneval_pp_rows(1)[:2], row, *geneval_pp_rows(1)[3:]]
    tasks, faults = loaded(SUITE, write_lines(tmp_path / "g.jsonl", rows))
    assert [task.id for task in tasks] == ["1", "2", "4", "5", "6", "7"]
    assert any(fault.startswith("3 ") and said in fault for fault in faults)
    assert "0 : 1 tasks of color_attr where 40 were published" in faults


def test_a_region_or_a_size_that_cannot_be_compared_is_no_crash(tmp_path: Path) -> None:
    row = {"tag": "counting", "include": [{"class": "cup", "region": ["left"], "size": {}}], "prompt": "p"}
    tasks, faults = loaded(SUITE, write_lines(tmp_path / "g.jsonl", [row]))
    assert not tasks
    assert "the region of 'cup'" in faults[0]


def test_the_judge_sees_the_checklist_and_not_the_tag(tmp_path: Path) -> None:
    row = {
        "tag": "counting",
        "include": [{"class": "cup", "count": 2}],
        "exclude": [{"class": "dog", "count": 1}],
        "prompt": "two cups",
    }
    (task,), _ = loaded(SUITE, write_lines(tmp_path / "g.jsonl", [row]))
    (look,) = looks(task)
    assert look.data == {"prompt": "two cups", "checklist": row["include"], "exclude": row["exclude"]}


@pytest.mark.parametrize(
    ("said", "ours", "theirs"),
    [
        ('{"correct": 1, "reason": "x"}', 1.0, 1.0),
        ('{"correct": 0, "reason": "x"}', 0.0, 0.0),
        ('```json\n{"correct": 1}\n```', 1.0, 1.0),
        ('{"correct": true}', 1.0, 1.0),
        ('{"correct": "1"}', 1.0, 0.0),
        ("**correct**: 1", 1.0, 0.0),
        ('{"correct": 1} {"correct": 1}', 1.0, 0.0),
        ('{"correct": 0.5}', None, 0.0),
        ("It is right.", None, 0.0),
        ("", None, 0.0),
        (None, None, 0.0),
    ],
)
def test_a_verdict_under_both_rules(
    tmp_path: Path, said: str | None, ours: float | None, theirs: float
) -> None:
    (task, *_), _ = loaded(SUITE, write_lines(tmp_path / "g.jsonl", geneval_pp_rows(1)))
    assert scored(SUITE, task, said, "default").value == ours
    assert scored(SUITE, task, said, "released_code").value == theirs


def test_overall_is_the_mean_of_the_tags(tmp_path: Path) -> None:
    tasks, _ = loaded(SUITE, write_lines(tmp_path / "g.jsonl", geneval_pp_rows(2)))
    overall, *rest = SUITE.measures(tasks, "default")
    assert overall.name == "overall"
    assert [group.name for group in overall.groups] == list(TAGS)
    assert {group.weight for group in overall.groups} == {1.0}
    assert [measure.name for measure in rest] == [*TAGS, "all tasks"]
    assert not overall.note
    few = SUITE.measures([task for task in tasks if task.group in TAGS[:2]], "default")[0]
    assert few.note == "over the 2 of 7 groups that the file holds"
