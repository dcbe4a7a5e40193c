"""The one thread that writes a ledger: it commits when nothing came for 2 ms, and at the latest after 25 ms."""

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

_QUIET, _LATEST = 0.002, 0.025

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
        """Wait for one receipt, then for as long as others keep coming: a commit costs far more than a row in it."""
        batch: list[Entry] = []
        if (entry := self._inbox.get()) is None:
            return batch, False
        batch.append(entry)
        latest = time.monotonic() + _LATEST
        while True:
            time.sleep(_QUIET)
            before = len(batch)
            if not self._drain(batch):
                return batch, False
            if len(batch) == before or time.monotonic() + _QUIET >= latest:
                return batch, True

    def _drain(self, batch: list[Entry]) -> bool:
        """Take what is there; False when the last of it was the word to close."""
        while True:
            try:
                entry = self._inbox.get_nowait()
            except queue.Empty:
                return True
            if entry is None:
                return False
            batch.append(entry)

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
