"""One finished demo, shared by the tests that look at it and by those that break a copy of it."""

from pathlib import Path

import msgspec
import pytest

from echoloop.cli.demo_run import DemoPlan, DemoResult, run_demo

THREADS = 130


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[DemoPlan, DemoResult]:
    """The whole loop over a middle-sized town."""
    folder = tmp_path_factory.mktemp("demo")
    plan = DemoPlan(folder=str(folder / "demo"), seed=1, threads=THREADS)
    return plan, run_demo(plan, style="quiet")


@pytest.fixture
def copy_of(finished: tuple[DemoPlan, DemoResult], tmp_path: Path) -> DemoPlan:
    """The finished demo in a folder of its own, receipts included: only what changes is asked again."""
    import shutil

    plan, _ = finished
    shutil.copytree(plan.folder, tmp_path / "demo", ignore=shutil.ignore_patterns("report", "releases"))
    return msgspec.structs.replace(plan, folder=str(tmp_path / "demo"))
