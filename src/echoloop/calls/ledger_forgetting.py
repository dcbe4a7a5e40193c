"""When a post is taken back, what was paid to say about it goes too; a tombstone says that something was there."""

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from echoloop.calls.ledger_file import create_or_open, write_error


class Swept(msgspec.Struct, frozen=True, kw_only=True):
    failures: int
    bytes_before: int
    bytes_after: int


def forget(path: Path, post_ids: Iterable[str], reason: str) -> int:
    """Sums stay: what was spent was spent. The freed bytes are overwritten, in the file and in its log."""
    now = datetime.now(UTC).isoformat()
    connection = create_or_open(path)
    try:
        connection.execute("BEGIN IMMEDIATE")
        keys: set[bytes] = set()
        for post in post_ids:
            keys.update(
                key for (key,) in connection.execute("SELECT key FROM sources WHERE post = ?", (post,))
            )
        rows = [(key,) for key in sorted(keys)]
        gone = sum(connection.execute("DELETE FROM receipts WHERE key = ?", row).rowcount for row in rows)
        connection.executemany("DELETE FROM failures WHERE key = ?", rows)
        connection.executemany(
            "INSERT OR IGNORE INTO forgotten (key, reason, at) VALUES (?, ?, ?)",
            [(key, reason, now) for (key,) in rows],
        )
        connection.execute("CREATE TEMP TABLE gone (key BLOB PRIMARY KEY)")
        connection.executemany("INSERT INTO gone VALUES (?)", rows)
        connection.execute("DELETE FROM sources WHERE key IN (SELECT key FROM gone)")
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        raise write_error(path, error) from error
    finally:
        connection.close()
    return gone


def gc(path: Path) -> Swept:
    """Failures whose request was answered since tell nothing any more."""
    before = _size(path)
    connection = create_or_open(path)
    try:
        cursor = connection.execute("DELETE FROM failures WHERE key IN (SELECT key FROM receipts)")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        raise write_error(path, error) from error
    finally:
        connection.close()
    return Swept(failures=cursor.rowcount, bytes_before=before, bytes_after=_size(path))


def _size(path: Path) -> int:
    parts = (path, path.with_name(path.name + "-wal"))
    return sum(part.stat().st_size for part in parts if part.exists())
