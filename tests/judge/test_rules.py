"""The published rules stand beside ours, each with its own quirks, over the same verdicts."""

from pathlib import Path

import pytest
from judged import MODELS, benchmark, settings_of, verdict
from stage_runs import run_stages

from echoloop.judge import VOTE, judge_stages
from echoloop.records import Standing, Verdict, main_standings

HAND_CASE = {"one": (5, 5, 3), "two": (6, 5, 5), "three": (4, 4, 7)}
"""facts: net [1, .25, .25], majority [.75, .5, .25], the first judge alone [.75, .75, 0]."""


def standings(
    folder: Path, verdicts: list[Verdict], judges: tuple[str, ...], **changes: object
) -> list[Standing]:
    tables = benchmark(folder, items=1)
    tables["verdicts"] = (Verdict, verdicts)
    stages = judge_stages(settings_of(judges, **changes))
    by_name = [stage for stage in stages if stage.name == "standings"]
    return run_stages(folder, by_name, tables, []).kept


def rates(rows: list[Standing], rule: str, judge: str = VOTE) -> list[float | None]:
    own = {row.model: row.rate for row in rows if (row.rule, row.judge, row.slice) == (rule, judge, "")}
    return [own[model] for model in MODELS]


def hand_case() -> list[Verdict]:
    return [
        verdict("i0", model, judge, f"[[{score}]]", score)
        for judge, scores in HAND_CASE.items()
        for model, score in zip(MODELS, scores, strict=True)
    ]


def test_the_hand_case_under_every_rule(tmp_path: Path) -> None:
    judges = tuple(HAND_CASE)
    rows = standings(tmp_path / "a", hand_case(), judges)
    assert rates(rows, "default") == pytest.approx([0.75, 0.5, 0.25])
    assert rates(rows, "paper") == pytest.approx([0.75, 0.5, 0.25])
    assert rates(rows, "released_code") == pytest.approx([0.75, 0.75, 0.0])
    net = standings(tmp_path / "b", hand_case(), judges, vote="net")
    assert rates(net, "default") == pytest.approx([1.0, 0.25, 0.25])
    assert rates(net, "paper") == pytest.approx([0.75, 0.5, 0.25])


def test_the_released_code_reads_the_first_bracket(tmp_path: Path) -> None:
    said = {"alder": "[[9]] no: [[2]]", "birch": "[[5]]", "cedar": "[[7.5]] so [[1]]"}
    last = {"alder": 2.0, "birch": 5.0, "cedar": 1.0}
    heard = [verdict("i0", model, "one", words, last[model]) for model, words in said.items()]
    rows = standings(tmp_path, heard, ("one",))
    assert rates(rows, "default") == [0.5, 1.0, 0.0]
    assert rates(rows, "released_code") == [1.0, 0.5, 0.0]


def test_a_judge_that_never_spoke_is_not_named(tmp_path: Path) -> None:
    heard = [verdict("i0", model, "one", f"[[{place}]]", place) for place, model in enumerate(MODELS, 1)]
    heard += [verdict("i0", model, "two", "hm", None) for model in MODELS]
    rows = standings(tmp_path, heard, ("one", "two"))
    assert {row.judges for row in rows if row.judge == VOTE} == {("one",)}
    assert rates(rows, "default", "two") == [None, None, None]


def test_weights_change_only_our_own_rule(tmp_path: Path) -> None:
    rows = standings(tmp_path, hand_case(), tuple(HAND_CASE), weights=(0.1, 0.1, 0.8))
    assert rates(rows, "default") == pytest.approx([0.25, 0.25, 1.0])
    assert rates(rows, "paper") == pytest.approx([0.75, 0.5, 0.25])
    assert {row.vote for row in rows if row.rule == "default" and row.judge == VOTE} == {"majority, weighted"}


def test_who_names_no_rule_gets_ours_over_the_whole_split(tmp_path: Path) -> None:
    rows = standings(tmp_path, hand_case(), tuple(HAND_CASE), slice_items=1)
    main = main_standings(rows)
    assert {(row.rule, row.slice) for row in main} == {("default", "")}
    assert len(main) == len(MODELS) * (len(HAND_CASE) + 1)
    assert {row.slice for row in rows} == {"", "inputs=0"}


def test_samples_are_averaged_for_a_judge_before_they_are_compared(tmp_path: Path) -> None:
    """Two repeats of one sample do not outweigh the one grade of the other."""
    from echoloop.judge import score_arrays
    from echoloop.records import Output

    outputs: list[Output] = benchmark(tmp_path, items=1)["outputs"][1]
    second = Output(**{name: getattr(outputs[0], name) for name in outputs[0].__struct_fields__} | {"id": "i0/alder/1", "number": 1})  # fmt: skip
    heard = [
        verdict("i0", "alder", "one", "[[2]]", 2.0),
        verdict("i0", "alder", "one", "[[4]]", 4.0, repeat=1),
    ]
    other = Verdict(**{name: getattr(heard[0], name) for name in heard[0].__struct_fields__} | {"id": "x", "output": "i0/alder/1", "score": 9.0})  # fmt: skip
    arrays = score_arrays([*outputs, second], [*heard, other], "text_to_image", ["one"], MODELS)
    assert arrays.scores[0, 0, 0] == pytest.approx((3.0 + 9.0) / 2)


def test_a_judge_of_weight_zero_has_no_voice_even_where_it_alone_spoke(tmp_path: Path) -> None:
    said = [verdict("i0", model, judge, "[[5]]", place) for judge in ("two", "three") for place, model in enumerate(MODELS, 1)]  # fmt: skip
    judges = ("one", "two", "three")
    silent = standings(tmp_path / "a", said, judges, weights=(1.0, 0.0, 0.0))
    assert rates(silent, "default") == [None, None, None]
    assert rates(silent, "paper") == [0.0, 0.5, 1.0]
    assert rates(silent, "default", "two") == [0.0, 0.5, 1.0]
    alone = standings(tmp_path / "b", said[:3], judges, weights=(1.0, 0.0, 0.0))
    assert rates(alone, "default") == [None, None, None]
    heard = standings(tmp_path / "c", said, judges, weights=(0.0, 1.0, 0.0))
    assert {row.judges for row in heard if row.judge == VOTE and row.rule == "default"} == {("two",)}
