"""The ledger's file: its tables, and how it is opened. One file that outlives programs, so it says what it is."""

import sqlite3
from pathlib import Path

from echoloop.records.problems import Mistake, Problem

APPLICATION_ID = 0x65636C70
VERSION = 1
PATIENCE_SECONDS = 30.0

_TABLES = """
CREATE TABLE receipts (
    id INTEGER PRIMARY KEY, key BLOB NOT NULL, sealed INTEGER NOT NULL DEFAULT 0, body BLOB NOT NULL
);
CREATE UNIQUE INDEX receipts_key ON receipts (key);
CREATE TABLE sources (post TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY (post, key)) WITHOUT ROWID;
CREATE TABLE failures (id INTEGER PRIMARY KEY, key BLOB NOT NULL, body BLOB NOT NULL);
CREATE UNIQUE INDEX failures_key ON failures (key);
CREATE TABLE forgotten (key BLOB PRIMARY KEY, reason TEXT NOT NULL, at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE totals (
    provider TEXT NOT NULL, model TEXT NOT NULL, stage TEXT NOT NULL, state TEXT NOT NULL,
    calls INTEGER NOT NULL, cost REAL NOT NULL, unpriced INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL, cached_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL,
    images INTEGER NOT NULL, attempts INTEGER NOT NULL, seconds REAL NOT NULL,
    PRIMARY KEY (provider, model, stage, state)
) WITHOUT ROWID;
"""


class NotALedger(Mistake):
    """The path holds nothing, or something else."""


class LedgerTooNew(Mistake):
    """A later echoloop wrote this ledger; reading it with older rules could misread paid answers."""


class LedgerWriteError(Problem):
    """A receipt could not be committed. Nothing is acknowledged that is not on disk, so the stage has to stop."""


def create_or_open(path: Path) -> sqlite3.Connection:
    """Open a ledger for writing, making it when it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _connect(f"{path.absolute().as_uri()}?mode=rwc", path)
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0 and _is_empty(connection):
            _create(connection)
        _check(connection, path)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.DatabaseError):
            raise _explained(error, path) from None
        raise
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise NotALedger(
            f"there is no ledger at {path}; run a stage first, or import one with `echoloop ledger import`"
        )
    connection = _connect(f"{path.absolute().as_uri()}?mode=ro", path)
    try:
        _check(connection, path)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.DatabaseError):
            raise _explained(error, path) from None
        raise
    return connection


def write_error(path: Path, error: Exception) -> LedgerWriteError:
    return LedgerWriteError(
        f"the ledger {path} could not commit ({error}); nothing that was acknowledged is lost. "
        "Free space on its disk (or make it writable), then run the same command again"
    )


def _connect(address: str, path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(
            address, uri=True, timeout=PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
        )
    except sqlite3.OperationalError as error:
        raise NotALedger(
            f"cannot open the ledger {path}: {error}; check that the folder exists and is writable"
        ) from None
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _is_empty(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA page_size = 16384")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(
        f"BEGIN IMMEDIATE;{_TABLES}PRAGMA application_id = {APPLICATION_ID};PRAGMA user_version = {VERSION};COMMIT;"
    )


def _check(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise NotALedger(
            f"{path} is not an echoloop ledger; give the path of a ledger, or move that file away"
        )
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise LedgerTooNew(
            f"the ledger {path} has format {version}, this echoloop reads up to {VERSION}; update echoloop to use it"
        )


def _explained(error: sqlite3.DatabaseError, path: Path) -> Exception:
    if "locked" in str(error) or "full" in str(error):
        return write_error(path, error)
    return NotALedger(
        f"{path} is not an echoloop ledger ({error}); give the path of a ledger, or move that file away"
    )
