"""Several processes learn what one would, and end well when one of them dies."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from train_runs import logged

SUPPORT = Path(__file__).parents[2] / "support"
SCRIPT = SUPPORT / "train_rank.py"


def environment(**more: str) -> dict[str, str]:
    path = os.pathsep.join([*sys.path, str(SUPPORT)])
    return {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", **more}


def torchrun(ranks: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={ranks}"]
    return subprocess.run(
        [*command, str(SCRIPT), *arguments], env=environment(), capture_output=True, text=True, check=False
    )


def alone(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def agree(one: Path, other: Path, steps: int) -> None:
    first, second = logged(one), logged(other)
    assert len(first) == len(second) == steps
    for left, right in zip(first, second, strict=True):
        for name in ("loss", "mse", "ce", "gradient"):
            assert left[name] == pytest.approx(right[name], rel=1e-5)


def test_two_ranks_are_one_process_also_after_a_change_of_their_number(tmp_path: Path) -> None:
    """Rank 1 has text alone, rank 0 none to learn from: their gradients must still meet."""
    both = torchrun(2, str(tmp_path / "two"), "3", "apart", "recompute")
    assert both.returncode == 0, both.stderr
    assert alone(str(tmp_path / "one"), "6", "apart").returncode == 0
    assert len(list((tmp_path / "two" / "step-000003").glob("rank-*.safetensors"))) == 2
    more = alone(str(tmp_path / "two"), "6", "apart", "recompute")
    assert more.returncode == 0, more.stderr
    agree(tmp_path / "two", tmp_path / "one", 6)


def test_when_a_rank_is_killed_the_other_says_so(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    ranks = [
        subprocess.Popen(
            [sys.executable, str(SCRIPT), str(tmp_path), "6", "dying"],
            env=environment(
                RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE="2", LOCAL_WORLD_SIZE="2",
                MASTER_ADDR="127.0.0.1", MASTER_PORT=port,
            ),
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        )
        for rank in range(2)
    ]  # fmt: skip
    said = [rank.communicate(timeout=120)[1] for rank in ranks]
    assert ranks[1].returncode == -signal.SIGKILL
    assert ranks[0].returncode == 1
    assert "another rank is gone" in said[0]
    assert "step-000003" in said[0]
    assert alone(str(tmp_path), "6").returncode == 0
    assert len(logged(tmp_path)) == 6
