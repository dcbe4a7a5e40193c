import csv
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoloop.records import Mistake, SuiteTask
from echoloop.suites.contamination import NEAR, compare, contamination, overlaps
from echoloop.suites.prompt_files import PromptLine, prompts_in
from echoloop.suites.prompt_words import shingles, words_of

CAT = "a ginger cat asleep on a stack of old newspapers beside the window"


def task(name, prompt, line=1):
    return SuiteTask(id=name, suite="s", line=line, prompt=prompt, group="g")


def found(tasks, *prompts):
    lines = [PromptLine(number, text) for number, text in enumerate(prompts, start=1)]
    return compare(tasks, lines)


def test_the_same_text_is_found_however_it_is_written():
    result = found([task("t", CAT)], "Nothing like it.", CAT.upper() + "!!")
    [pair] = result.pairs
    assert (pair.kind, pair.other_line, pair.shared, pair.likeness) == ("same", 2, 1, 1)
    assert result.touched == {"same": 1, "near": 0, "passage": 0}
    assert "1 tasks against 2 prompts: 1 the same" in result.told


def test_a_near_duplicate_and_a_passage_are_told_apart():
    near = CAT + " today"
    passage = "In a loft, a ginger cat asleep on a stack of laundry, painted by nobody in particular, in oils"
    result = found([task("t", CAT)], near, passage)
    assert [(pair.kind, pair.other_line) for pair in result.pairs] == [("near", 1), ("passage", 2)]
    assert result.pairs[1].passage == "a ginger cat asleep on a stack of"
    assert 0 < result.pairs[1].shared < 0.5
    assert result.touched == {"same": 0, "near": 1, "passage": 0}, "each task once, under the worst"


def test_short_prompts_count_as_wholes_and_very_short_ones_only_alone():
    tasks = [task("dog", "a photo of a dog"), task("one", "dog")]
    result = found(tasks, "a photo of a dog on a bench", "dog", "hot dog stand")
    assert [(pair.task, pair.kind, pair.other_line) for pair in result.pairs] == [
        ("one", "same", 2),
        ("dog", "passage", 1),
    ]


def test_scripts_without_spaces_are_compared_letter_by_letter():
    result = found(
        [task("t", "把背景换成下雨的城市街道")], "請把背景换成下雨的城市街道，谢谢", "把背景换成海边"
    )
    assert [pair.other_line for pair in result.pairs] == [1]


def test_the_worst_few_of_each_task_are_listed_and_all_are_counted():
    result = found([task("t", CAT)], *[f"{CAT} {number}" for number in range(50)], CAT)
    assert result.pairs_found == 51
    assert len(result.pairs) == 5
    assert result.pairs[0].kind == "same"


def test_nothing_is_found_where_nothing_is_shared():
    assert found([task("t", CAT), task("e", "!!!")], "???", "a dog").pairs == ()


WORDS = st.lists(
    st.sampled_from(["red", "blue", "cat", "dog", "on", "the", "mat", "sits", "runs"]), min_size=1, max_size=9
).map(" ".join)


@given(st.lists(WORDS, min_size=1, max_size=6), st.lists(WORDS, min_size=1, max_size=8))
def test_no_near_duplicate_is_missed_and_none_is_invented(own, others):
    result = compare(
        [task(str(number), text) for number, text in enumerate(own)],
        [PromptLine(number, text) for number, text in enumerate(others, start=1)],
        most=None,
    )
    close = {(pair.task, pair.other_line) for pair in result.pairs if pair.kind in ("same", "near")}
    for number, text in enumerate(own):
        for line, other in enumerate(others, start=1):
            one, two = shingles(words_of(text)), shingles(words_of(other))
            assert ((str(number), line) in close) == (len(one & two) / len(one | two) >= NEAR)


def test_prompts_are_read_out_of_any_of_the_usual_files(tmp_path):
    rows = [{"id": 1, "prompt": CAT}, {"id": 2, "prompt": None}, {"id": 3, "prompt": "a dog"}]
    (tmp_path / "a.txt").write_text(f"\ufeff{CAT}\n\na dog\n", "utf-8")
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n{broken\n")
    (tmp_path / "a.json").write_text(json.dumps(rows, indent=1))
    with (tmp_path / "a.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["id", "caption"], ["1", CAT], ["2", ""], ["3", "a dog"]])
    (tmp_path / "shards").mkdir()
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "shards" / "a.parquet")
    for name in ("a.txt", "a.jsonl", "a.json", "a.csv", "shards"):
        assert [prompt.text for prompt in prompts_in(tmp_path / name)] == [CAT, "a dog"], name
    assert [prompt.line for prompt in prompts_in(tmp_path / "a.csv")] == [2, 4]
    assert [prompt.line for prompt in prompts_in(tmp_path / "shards")] == [1, 3]
    [pair] = overlaps([task("t", CAT, line=7)], tmp_path / "a.csv", column="caption")
    assert str(pair) == f"t (line 7) and line 2: the same text; there: {CAT}"
    assert contamination([task("t", CAT)], tmp_path / "a.jsonl").prompts == 2


def test_a_column_that_is_not_there_names_those_that_are(tmp_path):
    (tmp_path / "a.csv").write_text("id,words\n1,a cat\n")
    with pytest.raises(Mistake, match="no column") as caught:
        list(prompts_in(tmp_path / "a.csv", "prompts"))
    assert "id, words" in str(caught.value.remedy)
    assert [prompt.text for prompt in prompts_in(tmp_path / "a.csv", "words")] == ["a cat"]
    (tmp_path / "a.jsonl").write_text('{"a": 1}\n')
    with pytest.raises(Mistake, match="no prompt"):
        list(prompts_in(tmp_path / "a.jsonl"))


def test_what_a_terminal_obeys_is_not_shown():
    [pair] = found([task("t", CAT)], f"\x1b[31m{CAT}\n\u202e").pairs
    assert "\x1b" not in str(pair)
    assert "\u202e" not in str(pair)
