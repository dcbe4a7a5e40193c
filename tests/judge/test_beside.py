"""Two benchmarks over the same models: how many times further apart the first two are in one of them."""

from pathlib import Path

import numpy as np
import pytest
from judged import MODELS, benchmark, settings_of, verdict
from stage_runs import to_table, writing

from echoloop.judge import margins_beside
from echoloop.records import Finding, Mistake, Verdict
from echoloop.workspace import Workspace

ITEMS = 60


def workspace(folder: Path, apart: float, models: tuple[str, ...] = MODELS, judge: str = "one") -> Workspace:
    """A benchmark whose judge sees this much between one model and the next."""
    tables = benchmark(folder, items=ITEMS, models=models)
    draw = np.random.default_rng(3)
    tables["verdicts"] = (
        Verdict,
        [
            verdict(f"i{item}", model, judge, "[[5]]", float(apart * place + draw.normal(0, 1)))
            for item in range(ITEMS)
            for place, model in enumerate(models)
        ],
    )
    with writing(folder / "workspace") as opened:
        for name, (record, rows) in tables.items():
            opened.tables.write(name, to_table(rows, record), record)
    return opened


def beside(ours: Workspace, theirs: Workspace) -> list[Finding]:
    return list(margins_beside(settings_of(), ours, theirs))


def test_the_sharper_benchmark_has_the_wider_margin(tmp_path: Path) -> None:
    ours, theirs = workspace(tmp_path / "a", 1.5), workspace(tmp_path / "b", 0.6, judge="another")
    found = beside(ours, theirs)
    assert [(one.split, one.about) for one in found] == [("text_to_image", "cedar | birch")]
    assert found[0].value is not None
    assert found[0].value > 1.2
    assert "=" in found[0].formula
    assert found[0].n == ITEMS


def test_a_margin_that_may_be_none_has_a_ratio_without_bounds(tmp_path: Path) -> None:
    found = beside(workspace(tmp_path / "a", 1.5), workspace(tmp_path / "b", 0.0))[0]
    assert found.low is None
    assert found.reason


def test_without_common_models_there_is_nothing_to_compare(tmp_path: Path) -> None:
    theirs = workspace(tmp_path / "b", 1.0, models=("elm", "fir"))
    with pytest.raises(Mistake, match="share 0 models"):
        beside(workspace(tmp_path / "a", 1.0), theirs)
