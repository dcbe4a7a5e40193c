"""`echoloop suite` as a person runs it: models drawn by the lab, pictures made elsewhere, a judge over HTTP."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from command_line import echoloop, table_files
from suite_runs import (
    JudgeServer,
    four,
    geneval_pp_rows,
    imagine_rows,
    judge_server,
    picture,
    write_lines,
    write_settings,
)

from echoloop.records import SuiteRow
from echoloop.records.arrow import from_table
from echoloop.workspace import Workspace


def says(data: Mapping[str, Any]) -> str | None:
    """Right where one cup is asked for; a picture of nine is too much for it."""
    if "note" in data:
        return "Fantasy Fulfillment: 8\nIdentity Preservation: 6\nAesthetic Quality: 10"
    count = data["checklist"][0]["count"]
    return None if count == 9 else f'{{"correct": {int(count == 1)}}}'


@pytest.fixture
def judge(tmp_path: Path) -> Iterator[JudgeServer]:
    """A judge, settings that name it, and two small published files."""
    with judge_server(says) as server:
        write_settings(tmp_path, server.base_url)
        write_lines(tmp_path / "g.jsonl", geneval_pp_rows(2), bom=True)
        write_lines(tmp_path / "i.jsonl", imagine_rows(1))
        pictures = tmp_path / "pictures"
        pictures.mkdir()
        for line in range(1, 14):
            (pictures / f"{line}.jpg").write_bytes(picture(line, fmt="jpeg"))
        yield server


def rows(folder: Path, suite: str = "geneval_pp") -> dict[tuple[str, str, str], SuiteRow]:
    table = from_table(Workspace(folder / "workspace").tables.read(f"{suite}.table"), SuiteRow)
    return {(row.preset, row.model, row.measure): row for row in table}


def test_models_answer_one_after_the_other_and_stay(tmp_path: Path, judge: JudgeServer) -> None:
    done = echoloop(tmp_path, "suite", "run", "geneval_pp", "--items", "g.jsonl", "--model", "hazel")
    assert done.returncode == 0, done.stderr
    assert "2 tasks of color_attr where 40 were published" in done.stdout
    assert len(judge.asked) == 14
    found = rows(tmp_path)["default", "hazel", "overall"]
    assert (found.value, found.coverage, found.tasks) == (0.5, 1.0, 14)
    assert found.low is not None
    assert found.high is not None

    done = echoloop(tmp_path, "suite", "run", "geneval_pp", "--outputs", "pictures", "--name", "theirs")
    assert done.returncode == 0, done.stderr
    assert "missing    task 14: no file for this task (line 14)" in done.stdout
    assert "13 calls were paid" in done.stdout
    found = rows(tmp_path)
    assert found["default", "hazel", "overall"].value == 0.5
    assert found["default", "theirs", "overall"].absences == ("no picture: failed: 1",)
    assert found["default", "theirs", "counting"].value == 1.0
    assert found["released_code", "theirs", "counting"].value == 0.5
    assert "released_code differs: A picture that is missing" in done.stdout


def test_a_finished_suite_is_free_and_the_same_to_the_byte(tmp_path: Path, judge: JudgeServer) -> None:
    words = ("suite", "run", "geneval_pp", "--items", "g.jsonl", "--model", "hazel")
    assert echoloop(tmp_path, *words).returncode == 0
    before = table_files(tmp_path / "workspace")
    asked = len(judge.asked)
    done = echoloop(tmp_path, *words)
    assert "Everything was fresh; no model was asked." in done.stdout
    done = echoloop(tmp_path, *words, "--force", "--offline")
    assert "0 calls were paid" in done.stdout, done.stderr
    assert len(judge.asked) == asked
    assert table_files(tmp_path / "workspace") == before


def test_what_failed_is_asked_again_and_nothing_else(tmp_path: Path, judge: JudgeServer) -> None:
    lines = [
        {**row, "include": [{"class": "cup", "count": 9}]} if n == 3 else row
        for n, row in enumerate(geneval_pp_rows(2))
    ]
    write_lines(tmp_path / "g.jsonl", lines)
    words = ("suite", "run", "geneval_pp", "--items", "g.jsonl", "--model", "hazel")
    done = echoloop(tmp_path, *words)
    assert "1 question got no answer" in done.stdout, done.stderr
    assert rows(tmp_path)["default", "hazel", "spatial_count_attr"].scored == 1
    assert rows(tmp_path)["released_code", "hazel", "spatial_count_attr"].value == 0.5
    judge.says = lambda data: '{"correct": 1}'
    asked = len(judge.asked)
    done = echoloop(tmp_path, *words)
    assert len(judge.asked) == asked + 1
    assert rows(tmp_path)["default", "hazel", "spatial_count_attr"].value == 1.0


def test_several_suites_side_by_side(tmp_path: Path, judge: JudgeServer) -> None:
    for suite, file in (("geneval_pp", "g.jsonl"), ("imagine_bench", "i.jsonl")):
        run = echoloop(
            tmp_path,
            "suite",
            "run",
            suite,
            "--items",
            file,
            "--model",
            "hazel",
            "--outputs",
            "pictures",
            "--name",
            "theirs",
        )
        assert run.returncode == 0, run.stderr
    done = echoloop(tmp_path, "suite", "compare")
    assert done.returncode == 0, done.stderr
    assert "Discrimination per 100 tasks" in done.stdout
    assert "sqrt(max(0, mean over pairs of models" in done.stdout
    home = tmp_path / "workspace" / "suites"
    page = (home / "index.html").read_text()
    assert "GenEval++" in page
    assert "Imagine-Bench" in page
    assert {path.name for path in (home / "data").iterdir()} == {"suites.csv", "discrimination.csv"}
    assert (home / "figures" / "bars_geneval_pp_1.svg").exists()
    assert (home / "figures" / "radar_geneval_pp_1.pdf").exists()
    wrong = echoloop(tmp_path, "suite", "compare", "--model", "nobody")
    assert wrong.returncode == 2
    assert "no suite was run with nobody" in wrong.stderr


def test_suite_tables_are_no_part_of_the_loops_report(tmp_path: Path, judge: JudgeServer) -> None:
    assert (
        echoloop(tmp_path, "suite", "run", "geneval_pp", "--items", "g.jsonl", "--model", "hazel").returncode
        == 0
    )
    for verb in ("status", "report"):
        done = echoloop(tmp_path, verb)
        assert done.returncode == 0, done.stderr
    assert "geneval_pp" not in (tmp_path / "workspace" / "report" / "data" / "funnel.csv").read_text()
    done = echoloop(tmp_path, "forget", "https://x.com/i/status/1")
    assert done.returncode == 0, done.stderr


def test_other_tasks_under_the_same_ids_do_not_inherit_answers(tmp_path: Path, judge: JudgeServer) -> None:
    assert (
        echoloop(tmp_path, "suite", "run", "geneval_pp", "--items", "g.jsonl", "--model", "hazel").returncode
        == 0
    )
    write_lines(tmp_path / "g.jsonl", geneval_pp_rows(2)[::-1])
    done = echoloop(
        tmp_path,
        "suite",
        "run",
        "geneval_pp",
        "--items",
        "g.jsonl",
        "--outputs",
        "pictures",
        "--name",
        "theirs",
    )
    assert "are not what stood under that name before" in done.stdout, done.stderr
    assert {model for _, model, _ in rows(tmp_path)} == {"theirs"}


def test_a_plan_asks_nobody(tmp_path: Path, judge: JudgeServer) -> None:
    done = echoloop(
        tmp_path, "suite", "run", "geneval_pp", "--items", "g.jsonl", "--model", "hazel", "--plan"
    )
    assert done.returncode == 0, done.stderr
    assert "suites · outputs               14" in done.stdout
    assert not judge.asked
    assert not (tmp_path / "workspace" / "tables" / "geneval_pp.table").exists()


def test_prompts_that_stand_in_training_data_are_listed(tmp_path: Path, judge: JudgeServer) -> None:
    write_lines(
        tmp_path / "train.jsonl", [{"prompt": geneval_pp_rows(2)[3]["prompt"]}, {"prompt": "something else"}]
    )
    done = echoloop(
        tmp_path, "suite", "contamination", "geneval_pp", "--items", "g.jsonl", "--against", "train.jsonl"
    )
    assert done.returncode == 0, done.stderr
    assert "4 (line 4) and line 1: the same text" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "geneval_pp", "--items", "g.jsonl"), "nobody is named who answers"),
        (("run", "geneval_pp", "--items", "g.jsonl", "--model", "nobody"), "there is no image model 'nobody'"),
        (("run", "geneval_pp", "--model", "hazel"), "the tasks of geneval_pp are not here yet"),
        (("run", "geneval_pp", "--items", "nowhere.jsonl", "--model", "hazel"), "there is no such file of tasks"),
        (("run", "geneval_pp", "--items", "g.jsonl", "--model", "hazel", "--judge", "who"), "the endpoint 'who', which is not declared"),
        (("run", "geneval_pp", "--items", "g.jsonl", "--outputs", "pictures"), "--outputs and --name go together"),
        (("run", "geneval_pp", "--items", "g.jsonl", "--outputs", "nowhere", "--name", "x"), "the folder of pictures cannot be read"),
        (("run", "geneval_pp", "--items", "g.jsonl", "--outputs", "pictures", "--name", "x", "--grid"), "a grid holds four"),
        (("run", "geneval_pp", "--items", "g.jsonl", "--model", "hazel", "--strict"), "cannot be used or is not as published"),
        (("run", "geneval_pq", "--model", "hazel"), "Did you mean geneval_pp"),
        (("run", "imagine_bench", "--items", "g.jsonl", "--model", "hazel"), "no task could be loaded"),
        (("compare",), "this is not an echoloop workspace"),
        (("show", "nothing"), "there is no suite 'nothing'"),
    ],
)  # fmt: skip
def test_a_mistake_says_what_and_what_to_do(
    tmp_path: Path, judge: JudgeServer, words: tuple[str, ...], said: str
) -> None:
    done = echoloop(tmp_path, "suite", *words)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not judge.asked


def test_a_detector_looks_where_a_suite_asks_no_judge(tmp_path: Path, judge: JudgeServer) -> None:
    lines = [
        {"tag": "single_object", "include": [{"class": name, "count": 1}], "prompt": f"a photo of a {name}"}
        for name in ("bench", "clock", "cat")
    ]
    write_lines(tmp_path / "m.jsonl", lines)
    words = ("suite", "run", "geneval", "--items", "m.jsonl", "--model", "hazel")
    missing = echoloop(tmp_path, *words)
    assert missing.returncode == 2
    assert "geneval needs a detector" in missing.stderr
    unknown = echoloop(tmp_path, *words, "--detector", "nowhere:open")
    assert unknown.returncode == 2
    assert "cannot be opened" in unknown.stderr
    done = echoloop(tmp_path, *words, "--detector", "echoloop.lab.detector:open_detector")
    assert done.returncode == 0, done.stderr
    found = rows(tmp_path, "geneval")["default", "hazel", "single_object"]
    assert (found.tasks, found.judge) == (3, "echoloop.lab.detector:open_detector")
    assert not judge.asked


def test_grids_of_four_are_scored_from_a_folder(tmp_path: Path, judge: JudgeServer) -> None:
    header = "item_id,text,keywords,proposition_id,dependency,category_broad,category_detailed,tuple,question_natural_language"
    lines = [
        'one,"a cup","",1,0,entity,whole,"entity - whole (cup)",Is there a cup?',
        'one,"a cup","",2,1,attribute,color,"attribute - color (cup, red)",Is the cup red?',
    ]
    (tmp_path / "dpg.csv").write_text("\n".join([header, *lines]) + "\n")
    (tmp_path / "grids").mkdir()
    (tmp_path / "grids" / "one.png").write_bytes(four([10, 60, 110, 160]))
    judge.says = lambda data: "yes" if "cup?" in str(data) else "no"
    done = echoloop(
        tmp_path,
        "suite",
        "run",
        "dpg_bench",
        "--items",
        "dpg.csv",
        "--outputs",
        "grids",
        "--name",
        "theirs",
        "--grid",
    )
    assert done.returncode == 0, done.stderr
    assert len(judge.asked) == 8
    found = rows(tmp_path, "dpg_bench")["default", "theirs", "overall"]
    assert (found.value, found.coverage) == (0.5, 1.0)
