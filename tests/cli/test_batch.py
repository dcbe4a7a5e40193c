"""`--batch` over real HTTP: what is missing goes to the provider as batches, and the act runs from receipts at half the price."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from command_line import ECHOLOOP, echoloop
from judge_runs import JUDGES, fill, lab_server

from echoloop.calls import Ledger
from echoloop.judge import VOTE
from echoloop.lab.painters import PAINTERS
from echoloop.records import Standing, main_standings
from echoloop.records.arrow import from_table
from echoloop.workspace import Workspace

ITEMS = 6


def settings(folder: Path, address: str) -> None:
    tables = [
        'subject = "Lab Painter"\nreleased = 2025-03-25\n',
        f"[roles]\njudges = [{', '.join(repr(judge) for judge in JUDGES)}]\n[judge]\nresamples = 200\ncanaries = 0\n",
    ]
    tables += [
        f'[endpoints.{judge}]\nbase_url = "{address}"\nprovider = "lab"\nmodel = "lab-judge-{judge}"\n'
        "price = { request = 0.02 }\n"
        for judge in JUDGES
    ]
    tables += [f'[models.{painter.name}]\nendpoint = "strict"\n' for painter in PAINTERS[:4]]
    (folder / "echoloop.toml").write_text("\n".join(tables).replace("'", '"'))


def receipts(workspace: Path) -> tuple[int, float]:
    with Ledger(workspace / "receipts.sqlite", readonly=True) as ledger:
        totals = ledger.stat()
    return sum(total.calls for total in totals), sum(total.cost for total in totals)


def rates(workspace: Path) -> dict[str, float | None]:
    rows = main_standings(from_table(Workspace(workspace).tables.read("standings"), Standing))
    return {row.model: row.rate for row in rows if row.judge == VOTE}


def test_a_batch_brings_the_same_standings_at_half_the_price(tmp_path: Path) -> None:
    fill(tmp_path / "workspace", ITEMS)
    fill(tmp_path / "live", ITEMS)
    with lab_server("--batch-seconds", "0.5") as address:
        settings(tmp_path, address)
        done = echoloop(tmp_path, "judge", "--batch")
        assert done.returncode == 0, done.stderr
        assert "0 calls were paid" in done.stdout
        assert "ordered" in done.stdout
        assert echoloop(tmp_path, "judge", "--workspace", "live").returncode == 0
    calls, cost = receipts(tmp_path / "live")
    assert cost == pytest.approx(calls * 0.02)
    assert receipts(tmp_path / "workspace") == (calls, pytest.approx(calls * 0.01))
    assert rates(tmp_path / "workspace") == rates(tmp_path / "live")


@pytest.mark.kill
def test_a_killed_run_takes_its_batches_up_again_and_a_live_one_does_not_pay_for_them_twice(
    tmp_path: Path,
) -> None:
    fill(tmp_path / "workspace", ITEMS)
    with lab_server("--batch-seconds", "4", "--batch-folder", str(tmp_path / "provider")) as address:
        settings(tmp_path, address)
        with subprocess.Popen(
            [str(ECHOLOOP), "judge", "--batch"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        ) as run:
            assert run.stdout is not None
            said = ""
            while "waiting for the providers" not in said:
                said = run.stdout.readline()
                assert said, "it ended before it waited"
            run.send_signal(signal.SIGKILL)
        live = echoloop(tmp_path, "judge")
        assert live.returncode == 0 or "--batch" in live.stderr, live.stderr
        calls, cost = receipts(tmp_path / "workspace")
        assert cost == pytest.approx(calls * 0.01), "something was bought live that is in a batch"
        again = echoloop(tmp_path, "judge", "--batch")
        assert again.returncode == 0, again.stderr
        assert "ordered" not in again.stdout
    calls, cost = receipts(tmp_path / "workspace")
    assert cost == pytest.approx(calls * 0.01)
    assert calls > 2 * ITEMS
