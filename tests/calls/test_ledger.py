import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from echoloop.calls import Ledger, LedgerTooNew, LedgerWriteError, NotALedger
from echoloop.records.receipt import Receipt

Make = Callable[..., Receipt]


def fill(path: Path, receipts: list[Receipt]) -> None:
    with Ledger(path) as ledger:
        for done in [ledger.append(receipt) for receipt in receipts]:
            done.result()


def test_what_is_acknowledged_is_there(tmp_path: Path, make_receipt: Make) -> None:
    receipts = [make_receipt(f"question {number}") for number in range(50)]
    with Ledger(tmp_path / "l") as ledger:
        for done in [ledger.append(receipt) for receipt in receipts]:
            done.result()
        keys = [receipt.key for receipt in receipts]
        assert ledger.get_many([*keys, "00" * 32]) == {receipt.key: receipt for receipt in receipts}
        assert list(ledger.receipts()) == receipts


def test_the_first_receipt_of_a_key_stays(tmp_path: Path, make_receipt: Make) -> None:
    first, second = make_receipt(reply="one"), make_receipt(reply="two")
    fill(tmp_path / "l", [first])
    fill(tmp_path / "l", [second, second])
    with Ledger(tmp_path / "l", readonly=True) as ledger:
        assert ledger.get_many([first.key])[first.key].response == first.response
        assert [total.calls for total in ledger.stat()] == [1]


def test_many_threads_read_and_write_at_once(tmp_path: Path, make_receipt: Make) -> None:
    receipts = [make_receipt(f"q{number}", "x" * number) for number in range(400)]
    errors: list[BaseException] = []

    def work(ledger: Ledger, part: list[Receipt]) -> None:
        try:
            for receipt in part:
                ledger.append(receipt).result()
                assert ledger.get_many([receipt.key]) == {receipt.key: receipt}
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    with Ledger(tmp_path / "l") as ledger:
        threads = [threading.Thread(target=work, args=(ledger, receipts[at::8])) for at in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not errors
        assert ledger.verify().sound


def test_sums_are_kept_with_each_commit(tmp_path: Path, make_receipt: Make) -> None:
    fill(
        tmp_path / "l",
        [
            make_receipt("a", cost=0.5),
            make_receipt("b", cost=None),
            make_receipt("c", state="refused", cost=0.25),
            make_receipt("d", state="failed", cost=None, reason="down"),
        ],
    )
    with Ledger(tmp_path / "l", readonly=True) as ledger:
        rows = {total.state: (total.calls, total.cost, total.unpriced) for total in ledger.stat()}
    assert rows == {"answered": (2, 0.5, 1), "refused": (1, 0.25, 0), "failed": (1, 0.0, 1)}


def test_a_failure_is_kept_for_diagnosis_and_asked_again(tmp_path: Path, make_receipt: Make) -> None:
    failed = make_receipt(state="failed", reason="status 500", request="", response="")
    with Ledger(tmp_path / "l") as ledger:
        ledger.append(failed).result()
        assert ledger.get_many([failed.key]) == {}
        assert [receipt.reason for receipt in ledger.failures()] == ["status 500"]
        ledger.append(make_receipt()).result()
        assert ledger.get_many([failed.key])[failed.key].state == "answered"
        assert ledger.gc().failures == 1
        assert list(ledger.failures()) == []


def test_a_newer_ledger_is_refused(tmp_path: Path, make_receipt: Make) -> None:
    fill(tmp_path / "l", [make_receipt()])
    connection = sqlite3.connect(tmp_path / "l")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    for readonly in (True, False):
        with pytest.raises(LedgerTooNew, match=r"format 99.*update echoloop"):
            Ledger(tmp_path / "l", readonly=readonly)


def test_what_is_no_ledger_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a database, but long enough to be read as one" * 10)
    other = sqlite3.connect(tmp_path / "other")
    other.execute("CREATE TABLE t (x)")
    other.close()
    before = (tmp_path / "other").read_bytes()
    for name in ("text", "other"):
        for readonly in (True, False):
            with pytest.raises(NotALedger, match="is not an echoloop ledger"):
                Ledger(tmp_path / name, readonly=readonly)
    assert (tmp_path / "other").read_bytes() == before
    with pytest.raises(NotALedger, match="there is no ledger"):
        Ledger(tmp_path / "none", readonly=True)
    assert not (tmp_path / "none").exists()


def test_a_reader_cannot_append_nor_can_anybody_after_closing(tmp_path: Path, make_receipt: Make) -> None:
    fill(tmp_path / "l", [make_receipt()])
    with (
        Ledger(tmp_path / "l", readonly=True) as ledger,
        pytest.raises(LedgerWriteError, match="reading only"),
    ):
        ledger.append(make_receipt("b"))
    closed = Ledger(tmp_path / "l")
    closed.close()
    with pytest.raises(LedgerWriteError, match="closed"):
        closed.append(make_receipt("b"))


_FILLER = """
import os, resource, sys
from pathlib import Path
import msgspec
from echoloop.calls import Ledger, LedgerWriteError
from echoloop.records.receipt import Receipt
pattern = msgspec.json.decode(sys.stdin.readline(), type=Receipt)
with Ledger(Path(sys.argv[1])) as ledger:
    if sys.argv[2] == "small":
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
    number = 0
    while True:
        receipt = msgspec.structs.replace(pattern, key=f"{number:064x}", response=os.urandom(4000).hex())
        try:
            ledger.append(receipt).result()
        except LedgerWriteError as error:
            print("ERROR", type(error).__name__, error, flush=True)
            break
        print(receipt.key, flush=True)
        number += 1
"""


def start_filler(path: Path, room: str, receipt: Receipt) -> subprocess.Popen[str]:
    import msgspec

    process = subprocess.Popen(
        [sys.executable, "-c", _FILLER, str(path), room],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode(receipt).decode() + "\n")
    process.stdin.close()
    return process


def test_a_full_disk_acknowledges_nothing_that_is_not_on_it(tmp_path: Path, make_receipt: Make) -> None:
    with start_filler(tmp_path / "l", "small", make_receipt()) as process:
        assert process.stdout is not None
        lines = process.stdout.read().splitlines()
    acknowledged, error = lines[:-1], lines[-1]
    assert error.startswith("ERROR LedgerWriteError")
    assert str(tmp_path / "l") in error
    assert "Free space" in error
    assert acknowledged
    with Ledger(tmp_path / "l", readonly=True) as ledger:
        assert set(acknowledged) <= set(ledger.get_many(acknowledged))


@pytest.mark.kill
def test_a_killed_writer_loses_nothing_that_was_acknowledged(tmp_path: Path, make_receipt: Make) -> None:
    for count in (1, 23, 60):
        path = tmp_path / f"l{count}"
        with start_filler(path, "large", make_receipt()) as process:
            assert process.stdout is not None
            acknowledged = [process.stdout.readline().strip() for _ in range(count)]
            process.send_signal(signal.SIGKILL)
        with Ledger(path) as ledger:
            assert set(ledger.get_many(acknowledged)) == set(acknowledged)
            assert not ledger.verify().file_problems


def test_sums_of_a_large_ledger_need_no_reading_of_it(tmp_path: Path, make_receipt: Make) -> None:
    fill(tmp_path / "l", [make_receipt(f"q{number}") for number in range(300)])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Ledger(tmp_path / "l", readonly=True) as ledger:
        assert sum(total.calls for total in ledger.stat()) == 300
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000
