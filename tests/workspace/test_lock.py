"""One writer; a dead one never keeps the door shut."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from echoloop.workspace import Workspace, WorkspaceBusy, writing

HOLD = """
import sys
from pathlib import Path
from echoloop.workspace import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_writer(path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_the_second_writer_hears_who_and_since_when(tmp_path: Path) -> None:
    with another_writer(tmp_path / "ws") as process:
        with (
            pytest.raises(WorkspaceBusy, match=f"process {process.pid} on .* since 20") as caught,
            writing(tmp_path / "ws"),
        ):
            pass
        assert "Wait for it" in str(caught.value)
        holder = Workspace(tmp_path / "ws").lock.holder()
        assert holder is not None
        assert holder.pid == process.pid


def test_a_killed_writer_leaves_the_door_open(tmp_path: Path) -> None:
    with another_writer(tmp_path / "ws") as process:
        process.kill()
        process.wait()
        with writing(tmp_path / "ws") as workspace:
            assert workspace.lock.holder() is not None
    assert workspace.lock.holder() is None
