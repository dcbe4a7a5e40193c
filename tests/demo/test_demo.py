"""What the demo says is true of the demo."""

import json
from functools import partial
from pathlib import Path

import pytest
from sabotage import SABOTAGES, sabotaged

from echoloop.cli.demo_checks import demo_checks
from echoloop.cli.demo_run import DemoPlan, DemoResult, prepare, run_acts, run_demo
from echoloop.engine import Progress
from echoloop.lab.checks import Check, all_passed
from echoloop.lab.town import TRUTH_FILE, load_truth
from echoloop.workspace import Workspace

pytestmark = pytest.mark.xdist_group("demo")


def red(checks: list[Check]) -> list[str]:
    return [check.line for check in checks if not check.passed]


def test_planted_is_recovered(finished: tuple[DemoPlan, DemoResult]) -> None:
    _, result = finished
    assert red(result.checks) == []
    parts = {check.part for check in result.checks}
    assert parts == {"curation", "curation, held-out wordings", "standings", "faults", "coverage"}
    assert Path(result.report).exists()


@pytest.mark.parametrize("seed", [2])
def test_planted_is_recovered_in_another_town(tmp_path: Path, seed: int) -> None:
    result = run_demo(DemoPlan(folder=str(tmp_path / "demo"), seed=seed, threads=130), style="quiet")
    assert red(result.checks) == []


def test_a_world_without_faults_shows_none(tmp_path: Path) -> None:
    result = run_demo(
        DemoPlan(folder=str(tmp_path / "demo"), seed=4, threads=80, faulty=False), style="quiet"
    )
    assert red(result.checks) == []


@pytest.mark.parametrize("name", SABOTAGES)
def test_every_sabotage_turns_its_check_red(
    finished: tuple[DemoPlan, DemoResult], copy_of: DemoPlan, name: str
) -> None:
    expected = SABOTAGES[name][0]
    whole = [check for check in finished[1].checks if check.name.startswith(expected) and not check.shown]
    assert whole
    assert all_passed(whole)
    house = prepare(copy_of)
    workspace = run_acts(house, Progress("quiet"), change=partial(sabotaged, name=name))
    truth = load_truth(Path(copy_of.folder) / "town" / TRUTH_FILE)
    checks = demo_checks(workspace, copy_of.cast, truth, simulate=False)
    broken = [check.name for check in checks if not check.passed]
    assert any(check.startswith(expected) for check in broken), f"red instead: {broken}"


def test_running_again_asks_nobody_and_changes_nothing(copy_of: DemoPlan) -> None:
    before = _tables(Workspace(Path(copy_of.folder) / "workspace"))
    house = prepare(copy_of)
    workspace = run_acts(house, Progress("quiet"))
    assert _tables(workspace) == before


def test_nobody_can_see_the_truth(copy_of: DemoPlan) -> None:
    """With the truth scrambled and every receipt gone, the same questions get the same answers."""
    folder = Path(copy_of.folder)
    before = _tables(Workspace(folder / "workspace"))
    truth = folder / "town" / TRUTH_FILE
    truth.write_text(json.dumps({"scrambled": truth.read_text()[::-1]}))
    for path in (folder / "workspace").glob("receipts.sqlite*"):
        path.unlink()
    for manifest in (folder / "workspace" / "tables").glob("*/manifest.json"):
        manifest.unlink()
    house = prepare(copy_of)
    workspace = run_acts(house, Progress("quiet"), acts=("collect", "curate"))
    after = _tables(workspace)
    assert after
    assert {name: before[name] for name in after} == after


def _tables(workspace: Workspace) -> dict[str, bytes]:
    manifests = [workspace.tables.folder / name / "manifest.json" for name in workspace.tables.names()]
    return {path.parent.name: path.read_bytes() for path in manifests}
