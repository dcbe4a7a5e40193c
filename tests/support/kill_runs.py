"""Killing a run at random moments, again and again, and what that cost: for the test and for the benchmark."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from command_line import table_files, write_posts, write_settings
from loopback import Loopback, loopback

from echoloop.calls import Ledger
from echoloop.records import Problem

RUN = """
import sys
from pathlib import Path
from echoloop.cli.composing import read_house, session
from echoloop.cli.options import Place, Running
from echoloop.cli.collecting import collect_all
from echoloop.curate import curate_stages
house = read_house(Place(config=Path(sys.argv[1]), workspace=Path(sys.argv[2])))
with session(house, Running(json=True)) as opened:
    collect_all(house, opened)
    opened.run(curate_stages(house.curate))
"""
_GLANCE = 0.002
_SETTLING = 0.05
_PATIENCE = 120.0


@dataclass(frozen=True)
class KillOutcome:
    """`bounds` says for each kill what was sent and not committed when it came."""

    kills: int
    concurrency: int
    calls: int
    distinct: int
    bounds: tuple[int, ...]
    lost: int
    differing: tuple[str, ...]
    tables: int

    @property
    def paid_twice(self) -> int:
        return self.calls - self.distinct


def kill_and_resume(folder: Path, *, posts: int, kills: int, concurrency: int, seed: int) -> KillOutcome:
    """Kill -9 after randomly chosen acknowledged receipts, then finish, then compare with a run nobody disturbed."""
    draw = random.Random(seed)
    write_posts(folder, [f"please paint scene number {number}" for number in range(posts)])
    killed, whole = folder / "killed", folder / "whole"
    with loopback() as server:
        settings = write_settings(folder, server.base_url, concurrency=concurrency)
        moments = sorted(draw.sample(range(1, _asked(posts)), kills))
        bounds: list[int] = []
        acknowledged: set[str] = set()
        lost = 0
        sent_before = 0
        for moment in moments:
            _kill_at(_start(settings, killed), killed, moment)
            kept = _keys(killed)
            sent = _settled(server)
            lost += len(acknowledged - kept)
            bounds.append(sent - sent_before - len(kept - acknowledged))
            acknowledged |= kept
            sent_before = sent
        _finish(_start(settings, killed), folder)
        lost += len(acknowledged - _keys(killed))
        counted = server.stats()
        _finish(_start(settings, whole), folder)
    one, other = table_files(killed), table_files(whole)
    return KillOutcome(
        kills=kills,
        concurrency=concurrency,
        calls=counted["calls"],
        distinct=counted["distinct"],
        bounds=tuple(bounds),
        lost=lost,
        differing=tuple(sorted(name for name in one | other if one.get(name) != other.get(name))),
        tables=sum(name.endswith("manifest.json") for name in other),
    )


def _asked(posts: int) -> int:
    """Relevance, extraction and safety each ask once about a post that is a conversation of its own."""
    return 3 * posts


def _start(settings: Path, workspace: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", RUN, str(settings), str(workspace)]
    with (workspace.parent / "said").open("wb") as said:
        return subprocess.Popen(command, stderr=said)


def _kill_at(run: "subprocess.Popen[bytes]", workspace: Path, receipts: int) -> None:
    """SIGKILL as soon as so many receipts are acknowledged."""
    until = time.monotonic() + _PATIENCE
    while _acknowledged(workspace) < receipts and run.poll() is None:
        assert time.monotonic() < until, "the run stands still"
        time.sleep(_GLANCE)
    run.send_signal(signal.SIGKILL)
    run.wait()


def _settled(server: Loopback) -> int:
    """The calls that came in, once nothing more comes out of the sockets of the dead."""
    before = -1
    while (now := server.stats()["calls"]) != before:
        before = now
        time.sleep(_SETTLING)
    return now


def _acknowledged(workspace: Path) -> int:
    try:
        with Ledger(workspace / "receipts.sqlite", readonly=True) as ledger:
            return sum(total.calls for total in ledger.stat())
    except (Problem, sqlite3.Error):
        return 0


def _keys(workspace: Path) -> set[str]:
    with Ledger(workspace / "receipts.sqlite", readonly=True) as ledger:
        return {receipt.key for receipt in ledger.receipts()}


def _finish(run: "subprocess.Popen[bytes]", folder: Path) -> None:
    assert run.wait() == 0, (folder / "said").read_text()[-3000:]
