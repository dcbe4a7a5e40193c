"""The same stages on a Ray cluster give the same tables, byte for byte, and the same receipts."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import ECHOLOOP, echoloop, write_posts, write_settings
from loopback import loopback

RUN = """
import sys
from pathlib import Path
from echoloop.cli.demo_run import DemoPlan, prepare, run_acts
from echoloop.engine import EngineSettings, Progress
folder, runner = sys.argv[1:]
house = prepare(DemoPlan(folder=folder, seed=5, threads=24))
run_acts(house, Progress("quiet"), acts=("collect", "curate"), engine=EngineSettings(runner=runner, workers=2))
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


@pytest.mark.ray
def test_a_signal_on_ray_stops_cleanly_and_the_same_command_goes_on(tmp_path: Path) -> None:
    posts = 120
    write_posts(tmp_path, [f"scene {number}" for number in range(posts)])
    with loopback(delay=0.25) as server:
        settings = write_settings(tmp_path, server.base_url)
        settings.write_text(settings.read_text() + '\n[engine]\nrunner = "ray"\nworkers = 2\n')
        run = subprocess.Popen(
            [str(ECHOLOOP), "collect"],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        until = time.monotonic() + 120
        while server.stats()["calls"] < 20:
            assert run.poll() is None, run.communicate()[1]
            assert time.monotonic() < until
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=60)
        assert run.returncode == 130, said
        assert "Run the same command again" in said
        assert server.stats()["calls"] < posts
        again = echoloop(tmp_path, "collect")
        assert again.returncode == 0, again.stderr
        assert server.stats() == {"calls": posts, "distinct": posts}
