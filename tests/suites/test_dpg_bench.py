import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suite_files import FAILED, NO_PICTURE, counts_told, loaded, measure_named, scored, value_of

from echoloop.records import Mistake
from echoloop.suites.dpg_bench import DPG_BENCH
from echoloop.suites.question_graph import cycle_in, no_by_graph

COLUMNS = [
    *("item_id", "text", "keywords", "proposition_id", "dependency", "category_broad", "category_detailed"),
    *("tuple", "question_natural_language"),
]


def question(item, number, parents="0", category="entity", text="A cat,\nand a dog."):
    asked = f"Is there {number}?"
    return [item, text, "", number, parents, category, "whole", f"{category} - whole (cat)", asked]


def write(path: Path, rows, *, bom=False, columns=COLUMNS) -> Path:
    with path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


CHAIN = [
    question("zero", 1),
    question("p1", 1),
    question("p1", 2, "1", "attribute"),
    question("p1", 3, "1, 2", "relation"),
    question("p1", 4, "0", "attribute"),
]


@pytest.fixture
def task(tmp_path):
    return loaded(DPG_BENCH, write(tmp_path / "dpg_bench.csv", CHAIN))[0][1]


def answers(*said):
    return {str(number): text for number, text in enumerate(said, start=1)}


def test_the_published_csv_is_read_prompt_by_prompt(tmp_path):
    tasks, told = loaded(DPG_BENCH, write(tmp_path / "d.csv", CHAIN, bom=True))
    assert told == []
    assert [(one.id, one.line, one.prompt) for one in tasks] == [
        ("zero", 2, "A cat,\nand a dog."),
        ("p1", 4, "A cat,\nand a dog."),
    ]
    assert [look.part for look in DPG_BENCH.looks(tasks[1])] == ["1", "2", "3", "4"]
    assert DPG_BENCH.looks(tasks[1])[1].data == {"question": "Is there 2?"}
    assert DPG_BENCH.samples == 4
    assert counts_told(DPG_BENCH, tmp_path / "d.csv") == ["2 prompts where 1,065 were published"]


def test_what_is_wrong_is_said_with_line_and_name(tmp_path):
    rows = [
        question("a", 1, text="one line"),
        question("a", 2, "x", text="one line"),
        question("a", 3, "9", text="one line"),
        question("a", 3, text="one line"),
        question("b", 1, "2", text="b"),
        question("b", 2, "3", text="b"),
        question("b", 3, "1", text="b"),
        question("a", 1, text="one line"),
        ["c", "too", "few"],
        question("d", 1, text=""),
    ]
    tasks, told = loaded(DPG_BENCH, write(tmp_path / "d.csv", rows))
    assert [one.id for one in tasks] == ["a"]
    by_place = dict(line.split(": ", 1) for line in told)
    assert by_place.keys() == {"3 a", "4 a", "5 a", "6 b", "9 a", "10 c", "11 d"}
    assert "circle: 1, 2, 3" in by_place["6 b"]
    assert "line 2 already" in by_place["9 a"]
    assert "3 cells where the first line has 9" in by_place["10 c"]


def test_a_file_without_its_columns_names_them(tmp_path):
    with pytest.raises(Mistake, match="dependency"):
        loaded(
            DPG_BENCH, write(tmp_path / "d.csv", [], columns=[one for one in COLUMNS if one != "dependency"])
        )


def test_what_hangs_on_a_no_is_no(task):
    assert scored(DPG_BENCH, task, answers("yes", "Yes.", "yes", "no")).value == 0.75
    found = scored(DPG_BENCH, task, answers("No, there is none.", "yes", "yes", "**yes**"))
    assert found.value == 0.25
    assert found.parts == {"entity": 0, "attribute": 0.5, "relation": 0}


def test_a_question_without_an_answer_leaves_no_score_unless_the_graph_answers_it(task):
    found = scored(DPG_BENCH, task, answers("yes", "yes", "I cannot tell", "no"))
    assert found.value is None
    assert "not every question" in found.reason
    assert found.parts == {"entity": 1, "attribute": 0.5}
    assert scored(DPG_BENCH, task, answers("no", "yes", FAILED, "no")).value == 0
    assert scored(DPG_BENCH, task, answers(*[NO_PICTURE] * 4)).reason == NO_PICTURE.reason


def test_as_released(task, tmp_path):
    def released(*said, of=task):
        return scored(DPG_BENCH, of, answers(*said), "released_code")

    assert released("yes", "yes", "yes", "no").value == 0.75
    assert released("yes", "Yes", "yes", "yes").value == 0.5, "only the very word counts, and its child falls"
    assert released("yes", "yes", "yes", FAILED).value == 0.75
    assert released(*[NO_PICTURE] * 4).value is None
    rows = [
        question("a", 1),
        question("a", 2),
        question("b", 1, "3"),
        question("b", 2, "0"),
        question("b", 3, "2"),
    ]
    alone, backwards = loaded(DPG_BENCH, write(tmp_path / "d.csv", rows))[0]
    assert released("no", "yes", of=alone).value == 1, "the first question of the file is skipped"
    assert released("yes", "no", "yes", of=backwards).value == pytest.approx(1 / 3)
    assert scored(DPG_BENCH, backwards, answers("yes", "no", "yes")).value == 0
    [hanging], _ = loaded(DPG_BENCH, write(tmp_path / "e.csv", [question("a", 1), question("a", 2, "1")]))
    assert "fails on this prompt" in released("yes", "yes", of=hanging).reason


def test_the_mean_over_prompts_and_categories(tmp_path):
    tasks, _ = loaded(DPG_BENCH, write(tmp_path / "d.csv", CHAIN))
    assert value_of(measure_named(DPG_BENCH, tasks, "overall"), {"zero": 1.0, "p1": 0.5}) == 0.75
    assert measure_named(DPG_BENCH, tasks, "relation").groups[0].tasks == ("p1",)
    assert [measure.name for measure in DPG_BENCH.measures(tasks, "released_code")] == ["overall"]


@given(
    st.dictionaries(st.integers(1, 8), st.lists(st.integers(1, 8), max_size=3), max_size=8),
    st.dictionaries(st.integers(1, 8), st.sampled_from([True, False, None]), max_size=8),
)
def test_a_graph_of_any_shape_ends_and_a_no_reaches_all_below_it(parents, answers):
    answers = {name: answers.get(name) for name in parents}
    lost = no_by_graph(parents, answers)
    for name in parents:
        by_itself = answers[name] is False or any(
            parent in lost and parent in parents for parent in parents[name]
        )
        assert (name in lost) == by_itself
    cycle = cycle_in(parents)
    for one, other in zip(cycle, [*cycle[1:], *cycle[:1]], strict=True):
        assert other in parents[one]
