"""Anybody's own suite: the one that docs/suites.md shows runs as it stands there, and the docs name every quirk."""

import re
import sys
from pathlib import Path

import pytest
from scripted_model import scripted
from stage_runs import run_stages, store_picture

from echoloop.records import Mistake, Output, SuiteTask
from echoloop.suites import SUITES, answer_stage, load_tasks, open_suite, result_stages

PAGE = Path(__file__).parents[2] / "docs" / "suites.md"


def block(language: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    return found[0]


@pytest.fixture
def reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The package of the docs, where Python finds it."""
    package = tmp_path / "place" / "haiku_bench"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(block("python"))
    (package / "rubric.md").write_text(block("markdown"))
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.delitem(sys.modules, "haiku_bench", raising=False)
    return "haiku_bench:HAIKU"


def test_the_suite_of_the_docs_runs(tmp_path: Path, reference: str) -> None:
    import numpy as np

    suite = open_suite(reference)
    lines = [
        '{"haiku": "an old pond", "season": "spring"}',
        "{}",
        '{"haiku": "first snow", "season": "winter"}',
    ]
    file = tmp_path / "haiku.jsonl"
    file.write_text("\n".join(lines))
    tasks = load_tasks(suite, file)
    assert [fault.what for fault in tasks.faults] == ["no haiku"]
    outputs = [
        Output(
            id=f"{task.id}/m/0", item=task.id, model="m", split="text_to_image", state="answered",
            image=store_picture(tmp_path, np.full((8, 8, 3), task.line, dtype=np.uint8)).sha256,
        )
        for task in tasks.tasks
    ]  # fmt: skip
    stages = [
        answer_stage(suite, reference, "m", "eyes", "scripted"),
        *result_stages(suite, reference, ["haiku.outputs.m"], ["haiku.answers.m.eyes"], resamples=100),
    ]
    rules = [{"when": "pond", "say": "A pond. **Score: 4/5**"}, {"when": "snow", "say": "No snow at all."}]
    tables = {"haiku.tasks": (SuiteTask, list(tasks.tasks)), "haiku.outputs.m": (Output, outputs)}
    done = run_stages(tmp_path, stages, tables, [scripted(tmp_path, rules)])
    rows = {(row.preset, row.measure): row for row in done.kept}
    assert rows["default", "overall"].value == 4.0
    assert rows["default", "overall"].coverage == 0.5
    assert rows["default", "winter"].value is None
    assert rows["released_code", "overall"].value == 2.0
    assert rows["released_code", "overall"].differs == "A judge that failed counts as 0."


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_the_docs_name_every_quirk(suite) -> None:
    page = PAGE.read_text("utf-8")
    for quirk in suite.quirks.values():
        assert quirk in page


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_a_suite_of_the_house_is_found_by_its_name_alone(suite) -> None:
    assert open_suite(suite.name) is suite
    assert suite.about
    assert suite.scale[0] < suite.scale[1]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("geneval_p", "Did you mean geneval_pp"),
        ("GENEVAL_PP", "there is no suite"),
        ("geneval_pp ", "there is no suite"),
        ("nothing_here:SUITE", "cannot be imported"),
        ("json:dumps", "is no suite but function"),
        ("echoloop.suites.suite:Suite", "is no suite"),
    ],
)
def test_a_name_that_is_none_says_what_there_is(name: str, said: str) -> None:
    with pytest.raises(Mistake) as caught:
        open_suite(name)
    assert said in str(caught.value)
