"""The ledger: every paid call leaves a receipt in it, and whoever asks again is answered from it."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol, Self

from echoloop.calls import ledger_file, ledger_forgetting, ledger_verifying
from echoloop.calls.ledger_rows import Total, Unpacker, get_bodies, read_totals, tombstones_among
from echoloop.calls.ledger_writer import Writer
from echoloop.records.receipt import Receipt

_PAGE = 500


class ReceiptStore(Protocol):
    """What a door needs of a ledger, so that an actor on another machine can stand in for the file.

    `append` returns at once; its future is resolved when the receipt is committed, and fails with LedgerWriteError when
    it is not. Receipts in state "failed" are kept for diagnosis and never returned by `get_many`, except tombstones of
    forgotten requests (state "failed", reason "forgotten ..."), so that these are not paid for again.
    """

    def get_many(self, keys: Sequence[str]) -> dict[str, Receipt]: ...

    def append(self, receipt: Receipt) -> Future[None]: ...


class _Reader(threading.local):
    """A connection and a decompressor for each thread; a shared decompressor corrupts what it reads."""

    connection: sqlite3.Connection | None = None
    unpacker: Unpacker | None = None


class Ledger:
    """One SQLite file. Any thread may read and append; one thread writes. Close it, or use it as a context."""

    def __init__(self, path: Path, readonly: bool = False) -> None:
        self.path = Path(path)
        self.readonly = readonly
        self._reader = _Reader()
        self._open: list[sqlite3.Connection] = []
        self._opening = threading.Lock()
        self._writer: Writer | None = None
        if readonly:
            self._connection()
        else:
            self._writer = Writer(self.path, lambda: ledger_file.create_or_open(self.path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Readers first: only a writer that closes last can fold the write-ahead log back into the file."""
        with self._opening:
            while self._open:
                self._open.pop().close()
            self._reader = _Reader()
        if self._writer is not None:
            self._writer.close()

    def append(self, receipt: Receipt) -> Future[None]:
        """Resolved at commit. A key that is known keeps its first receipt: the ledger is insert-only."""
        if self._writer is None:
            raise ledger_file.LedgerWriteError(f"the ledger {self.path} was opened for reading only")
        return self._writer.append(receipt)

    def get_many(self, keys: Sequence[str]) -> dict[str, Receipt]:
        connection, unpacker = self._connection()
        raw = [bytes.fromhex(key) for key in keys]
        found = {receipt.key: receipt for receipt in map(unpacker.unpack, get_bodies(connection, raw))}
        if len(found) < len(keys):
            found.update((receipt.key, receipt) for receipt in tombstones_among(connection, raw))
        return found

    def stat(self) -> list[Total]:
        """Sums by stage, provider, model and state: kept up to date by each commit, so a million receipts cost nothing."""
        return read_totals(self._connection()[0])

    def receipts(self) -> Iterator[Receipt]:
        """Every receipt in the order of its commit, in flat memory."""
        return (receipt for receipt, _ in self.rows())

    def rows(self) -> Iterator[tuple[Receipt, bool]]:
        """Every receipt, and whether its request came sealed from a public export."""
        connection, unpacker = self._connection()
        last = 0
        while page := connection.execute(
            "SELECT id, sealed, body FROM receipts WHERE id > ? ORDER BY id LIMIT ?", (last, _PAGE)
        ).fetchall():
            last = page[-1][0]
            for _, sealed, body in page:
                yield unpacker.unpack(body), bool(sealed)

    def failures(self) -> Iterator[Receipt]:
        """The last failure of each request that failed."""
        connection, unpacker = self._connection()
        for (body,) in connection.execute("SELECT body FROM failures ORDER BY id").fetchall():
            yield unpacker.unpack(body)

    def forget(self, post_ids: Iterable[str], reason: str) -> int:
        """Replace everything that was made from these posts by tombstones; return how many receipts that were."""
        return ledger_forgetting.forget(self.path, post_ids, reason)

    def gc(self) -> "ledger_forgetting.Swept":
        """Drop failures that were answered since, and give the space of what is gone back, bytes and all."""
        return ledger_forgetting.gc(self.path)

    def verify(self) -> "ledger_verifying.Verification":
        """Read everything again and say what does not add up."""
        connection, _ = self._connection()
        return ledger_verifying.verify(connection)

    def _connection(self) -> tuple[sqlite3.Connection, Unpacker]:
        reader = self._reader
        if reader.connection is None or reader.unpacker is None:
            reader.connection = ledger_file.open_for_reading(self.path)
            reader.unpacker = Unpacker()
            with self._opening:
                self._open.append(reader.connection)
        return reader.connection, reader.unpacker
