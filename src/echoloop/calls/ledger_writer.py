"""The one thread that writes a ledger: it commits whenever it is idle, and at the latest after 25 ms."""

import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

from echoloop.calls.ledger_file import LedgerWriteError, write_error
from echoloop.calls.ledger_rows import Packer, insert
from echoloop.records.receipt import Receipt

_LATEST = 0.025

Entry = tuple[Receipt, Future[None]]


class Writer:
    """Owns the writing connection. A future is resolved when its receipt is on disk, and fails when it is not."""

    def __init__(self, path: Path, connect: Callable[[], sqlite3.Connection]) -> None:
        self._path = path
        self._connection = connect()
        self._inbox: queue.SimpleQueue[Entry | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="echoloop-ledger", daemon=True)
        self._thread.start()

    def append(self, receipt: Receipt) -> Future[None]:
        done: Future[None] = Future()
        done.set_running_or_notify_cancel()
        with self._closing:
            if self._closed:
                raise LedgerWriteError(f"the ledger {self._path} is closed; open it again to append")
            self._inbox.put((receipt, done))
        return done

    def close(self) -> None:
        """Commit what was appended, then close."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._inbox.put(None)
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        packer = Packer()
        going_on = True
        while going_on:
            batch, going_on = self._gather()
            if batch:
                self._commit(batch, packer)

    def _gather(self) -> tuple[list[Entry], bool]:
        """Wait for one receipt, then take what else is there."""
        batch: list[Entry] = []
        entry = self._inbox.get()
        latest = time.monotonic() + _LATEST
        while entry is not None:
            batch.append(entry)
            if time.monotonic() >= latest:
                return batch, True
            try:
                entry = self._inbox.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _commit(self, batch: Sequence[Entry], packer: Packer) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            insert(self._connection, packer, [receipt for receipt, _ in batch])
            self._connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it was, nobody may take these receipts for committed
            self._roll_back()
            failure = write_error(self._path, error)
            for _, done in batch:
                done.set_exception(failure)
            return
        for _, done in batch:
            done.set_result(None)

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.rollback()
