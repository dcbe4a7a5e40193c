"""The same stages on a Ray cluster give the same tables, byte for byte, and the same receipts."""

import subprocess
import sys
from pathlib import Path

import pytest

RUN = """
import sys
from pathlib import Path
from echoloop.cli.demo_run import DemoPlan, prepare, run_acts
from echoloop.collect import collect_stages
from echoloop.curate import curate_stages
from echoloop.engine import EngineSettings, Progress
folder, runner = sys.argv[1:]
house = prepare(DemoPlan(folder=folder, seed=5, threads=24))
stages = [*collect_stages(house.collect), *curate_stages(house.curate)]
run_acts(house, Progress("quiet"), stages=stages, engine=EngineSettings(runner=runner, workers=2))
"""


def tables(folder: Path) -> dict[str, bytes]:
    """Every file of every table, by path, without what names the folder it was made in."""
    home = folder / "workspace" / "tables"
    return {str(path.relative_to(home)): path.read_bytes() for path in sorted(home.rglob("*.parquet"))}


@pytest.mark.ray
def test_curation_on_ray_is_curation(tmp_path: Path) -> None:
    for runner in ("native", "ray"):
        done = subprocess.run(
            [sys.executable, "-c", RUN, str(tmp_path / runner), runner],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
    native, ray = tables(tmp_path / "native"), tables(tmp_path / "ray")
    assert native.keys() == ray.keys()
    assert len(native) >= 12
    assert [name for name in native if native[name] != ray[name]] == []
