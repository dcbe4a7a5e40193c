"""Ctrl-C and SIGTERM on a running `echoloop collect`: it stops by itself, keeps what it paid, and the same command goes on."""

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import ECHOLOOP, echoloop, write_posts, write_settings
from loopback import Loopback, loopback

from echoloop.calls import Ledger
from echoloop.engine.doors import GRACE_SECONDS
from echoloop.workspace import reading

POSTS = 200
DELAY = 0.25


@pytest.fixture
def server() -> Iterator[Loopback]:
    with loopback(DELAY) as running:
        yield running


def start(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [str(ECHOLOOP), "collect"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for_calls(server: Loopback, run: "subprocess.Popen[str]", count: int) -> None:
    until = time.monotonic() + 60
    while server.stats()["calls"] < count:
        assert run.poll() is None, run.communicate()[1]
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_stops_cleanly_and_the_same_command_goes_on(
    tmp_path: Path, server: Loopback, sent: signal.Signals
) -> None:
    write_posts(tmp_path, [f"scene {number}" for number in range(POSTS)])
    write_settings(tmp_path, server.base_url)
    run = start(tmp_path)
    wait_for_calls(server, run, 40)
    begun = time.monotonic()
    run.send_signal(sent)
    _, said = run.communicate(timeout=GRACE_SECONDS)
    assert time.monotonic() - begun < GRACE_SECONDS / 2
    assert run.returncode == 130
    assert "calls in flight may finish" in said
    assert "Run the same command again" in said
    assert "Traceback" not in said
    asked = server.stats()["calls"]
    assert asked < POSTS
    workspace = reading(tmp_path / "workspace")
    assert workspace.tables.manifest("relevance") is None
    with Ledger(workspace.receipts, readonly=True) as ledger:
        assert sum(total.calls for total in ledger.stat()) == asked
    again = echoloop(tmp_path, "collect")
    assert again.returncode == 0, again.stderr
    assert server.stats() == {"calls": POSTS, "distinct": POSTS}
    assert workspace.tables.read("relevance").num_rows == POSTS


def test_a_second_signal_leaves_at_once(tmp_path: Path) -> None:
    with loopback(delay=30) as server:
        write_posts(tmp_path, ["a", "b", "c"])
        write_settings(tmp_path, server.base_url)
        run = start(tmp_path)
        wait_for_calls(server, run, 3)
        run.send_signal(signal.SIGINT)
        assert run.stderr is not None
        while "once more to leave at once" not in run.stderr.readline():
            assert run.poll() is None
        begun = time.monotonic()
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=10)
        assert time.monotonic() - begun < 5
        assert run.returncode == 130
        assert reading(tmp_path / "workspace").tables.manifest("relevance") is None


def test_a_stop_before_anything_was_asked_is_a_stop(tmp_path: Path, server: Loopback) -> None:
    write_posts(tmp_path, ["a", "b", "c"])
    write_settings(tmp_path, server.base_url, concurrency=1)
    run = start(tmp_path)
    wait_for_calls(server, run, 1)
    run.send_signal(signal.SIGTERM)
    _, said = run.communicate(timeout=GRACE_SECONDS)
    assert run.returncode == 130, said
    assert server.stats()["calls"] < 3
