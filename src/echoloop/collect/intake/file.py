"""The intake's file: its tables, and how it is opened. One file that outlives programs, so it says what it is."""

import sqlite3
from pathlib import Path

from echoloop.records import Mistake, Problem

APPLICATION_ID = 0x65636C73
VERSION = 1
_PATIENCE_SECONDS = 30.0

_TABLES = """
CREATE TABLE notes (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE imports (
    id INTEGER PRIMARY KEY, digest TEXT NOT NULL, label TEXT NOT NULL, format TEXT NOT NULL, folder TEXT NOT NULL,
    declared INTEGER NOT NULL, whole INTEGER NOT NULL DEFAULT 0, position INTEGER NOT NULL DEFAULT 0,
    posts INTEGER NOT NULL DEFAULT 0, skipped INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE batches (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, import INTEGER NOT NULL, errand INTEGER NOT NULL,
    rows INTEGER NOT NULL, digest BLOB NOT NULL, body BLOB NOT NULL
);
CREATE TABLE errands (
    id INTEGER PRIMARY KEY, key BLOB NOT NULL, platform TEXT NOT NULL, kind TEXT NOT NULL, thread TEXT NOT NULL,
    body BLOB NOT NULL, round INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '',
    posts INTEGER NOT NULL DEFAULT 0, reads INTEGER NOT NULL DEFAULT 0, cost REAL, at TEXT
);
CREATE UNIQUE INDEX errands_key ON errands (key);
CREATE INDEX errands_waiting ON errands (platform, state, kind, id);
CREATE TABLE limits (thread TEXT NOT NULL, said TEXT NOT NULL, PRIMARY KEY (thread, said)) WITHOUT ROWID;
CREATE TABLE authors (
    id TEXT NOT NULL, handle TEXT NOT NULL, native TEXT NOT NULL, platform TEXT NOT NULL,
    PRIMARY KEY (id, handle, native)
) WITHOUT ROWID;
CREATE TABLE silenced (author TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE pictures (
    place INTEGER NOT NULL, url TEXT NOT NULL, again INTEGER NOT NULL, looked INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (place, url)
) WITHOUT ROWID;
"""


class NotAnIntake(Mistake):
    """The path holds something else, or what a later version wrote."""


class IntakeNotWritten(Problem):
    """The disk would not take it. What was committed before is whole."""


def create_or_open(path: Path) -> sqlite3.Connection:
    """Open for writing, making the file when it is not there."""
    connection = _connect(path, "rwc")
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0 and _is_empty(connection):
            _create(connection)
        _check(connection, path)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
    except sqlite3.DatabaseError as error:
        connection.close()
        raise explained(error, path) from None
    except BaseException:
        connection.close()
        raise
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open what is there without changing it."""
    connection = _connect(path, "ro")
    try:
        _check(connection, path)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise explained(error, path) from None
    except BaseException:
        connection.close()
        raise
    return connection


def explained(error: sqlite3.DatabaseError, path: Path) -> Problem:
    """SQLite's words as a problem that says what to do."""
    if isinstance(error, sqlite3.OperationalError):
        return IntakeNotWritten(
            f"the collected posts could not be written or read: {error}",
            where=path,
            remedy="Free some space (or make it writable), then run the same command again: what was collected is kept.",
        )
    return NotAnIntake(
        f"this is not a file of collected posts: {error}",
        where=path,
        remedy="Move it away and collect again.",
    )


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=_PATIENCE_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
    except sqlite3.OperationalError as error:
        raise explained(error, path) from None
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _is_empty(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(
        f"BEGIN IMMEDIATE;{_TABLES}PRAGMA application_id = {APPLICATION_ID};PRAGMA user_version = {VERSION};COMMIT;"
    )


def _check(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise NotAnIntake(
            "this is not a file of collected posts", where=path, remedy="Move it away and collect again."
        )
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise NotAnIntake(
            f"the collected posts have format {version}, this echoloop reads up to {VERSION}",
            where=path,
            remedy="Update echoloop to use them.",
        )
