"""Receipts as rows of the ledger: packed, compressed, and added up in the same transaction."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec
import zstandard

from echoloop.records.receipt import Receipt

_LEVEL = 3
_SLICE = 1_000
_TOGETHER = 16


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """What one stage bought from one model, in one state. `unpriced` calls are not in `cost`."""

    provider: str
    model: str
    stage: str
    state: str
    calls: int
    cost: float
    unpriced: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    images: int
    attempts: int
    seconds: float


class Packer:
    """Belongs to one thread: a compressor that is shared corrupts what it writes."""

    def __init__(self) -> None:
        self._zstd = zstandard.ZstdCompressor(level=_LEVEL)
        self._encoder = msgspec.msgpack.Encoder()

    def pack(self, receipt: Receipt) -> bytes:
        return self._zstd.compress(self._encoder.encode(receipt))


class Unpacker:
    """Belongs to one thread, for the same reason."""

    def __init__(self) -> None:
        self._zstd = zstandard.ZstdDecompressor()
        self._decoder = msgspec.msgpack.Decoder(Receipt)

    def unpack(self, body: bytes) -> Receipt:
        return self._decoder.decode(self._zstd.decompress(body))


def insert(
    connection: sqlite3.Connection, packer: Packer, receipts: Sequence[Receipt], *, sealed: bool = False
) -> int:
    """Insert what is new, inside the caller's transaction. A key that is known, or forgotten, is left as it is."""
    done = [receipt for receipt in receipts if receipt.state != "failed"]
    failed = [receipt for receipt in receipts if receipt.state == "failed"]
    fresh = _fresh(connection, done)
    _insert_rows(
        connection,
        "INSERT INTO receipts (key, sealed, body)",
        [(key, sealed, packer.pack(receipt)) for key, receipt in fresh.items()],
    )
    connection.executemany(
        "INSERT INTO failures (key, body) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body",
        [(bytes.fromhex(receipt.key), packer.pack(receipt)) for receipt in failed],
    )
    _insert_rows(
        connection,
        "INSERT OR IGNORE INTO sources (post, key)",
        [
            (post, bytes.fromhex(receipt.key))
            for receipt in (*fresh.values(), *failed)
            for post in receipt.source_posts
        ],
    )
    _add_up(connection, (*fresh.values(), *failed))
    return len(fresh)


def known_among(connection: sqlite3.Connection, table: str, keys: Sequence[bytes]) -> set[bytes]:
    found: set[bytes] = set()
    for at in range(0, len(keys), _SLICE):
        part = keys[at : at + _SLICE]
        marks = ",".join("?" * len(part))
        found.update(
            key for (key,) in connection.execute(f"SELECT key FROM {table} WHERE key IN ({marks})", part)
        )
    return found


def get_bodies(connection: sqlite3.Connection, keys: Sequence[bytes]) -> list[bytes]:
    bodies: list[bytes] = []
    for at in range(0, len(keys), _SLICE):
        part = keys[at : at + _SLICE]
        marks = ",".join("?" * len(part))
        bodies += [
            body for (body,) in connection.execute(f"SELECT body FROM receipts WHERE key IN ({marks})", part)
        ]
    return bodies


def tombstones_among(connection: sqlite3.Connection, keys: Sequence[bytes]) -> list[Receipt]:
    """A forgotten request answers with its tombstone: it is not asked again, and nothing of it is left to tell."""
    if connection.execute("SELECT 1 FROM forgotten LIMIT 1").fetchone() is None:
        return []
    found: list[Receipt] = []
    for at in range(0, len(keys), _SLICE):
        part = keys[at : at + _SLICE]
        marks = ",".join("?" * len(part))
        rows = connection.execute(f"SELECT key, reason, at FROM forgotten WHERE key IN ({marks})", part)
        found += [tombstone(key, reason, at) for key, reason, at in rows]
    return found


def tombstone(key: bytes, reason: str, at: str) -> Receipt:
    return Receipt(
        key=key.hex(),
        provider="",
        model="",
        served_model=None,
        stage="",
        prompt="",
        state="failed",
        reason=f"forgotten on {at[:10]}: {reason}",
        request="",
        response="",
        cost=None,
        latency_seconds=0.0,
        attempts=0,
        at=datetime.fromisoformat(at).astimezone(UTC),
    )


def totals_of(receipts: Iterable[Receipt]) -> dict[tuple[str, str, str, str], list[float]]:
    """Sums by provider, model, stage and state, in the order of the columns of `totals`."""
    sums: dict[tuple[str, str, str, str], list[float]] = {}
    for receipt in receipts:
        row = sums.setdefault((receipt.provider, receipt.model, receipt.stage, receipt.state), [0] * 9)
        usage = receipt.usage
        amounts = (
            1,
            receipt.cost or 0.0,
            receipt.cost is None,
            usage.input_tokens or 0,
            usage.cached_tokens or 0,
            usage.output_tokens or 0,
            usage.images or 0,
            receipt.attempts,
            receipt.latency_seconds,
        )
        for at, amount in enumerate(amounts):
            row[at] += amount
    return sums


def read_totals(connection: sqlite3.Connection) -> list[Total]:
    rows = connection.execute(
        "SELECT provider, model, stage, state, calls, cost, unpriced, input_tokens, cached_tokens, output_tokens, images,"
        " attempts, seconds FROM totals ORDER BY stage, provider, model, state"
    )
    return [Total(**dict(zip(Total.__struct_fields__, row, strict=True))) for row in rows]


def _insert_rows(connection: sqlite3.Connection, insertion: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Many rows in one statement: each statement hands the interpreter to other threads and has to get it back."""
    whole = len(rows) - len(rows) % _TOGETHER
    for at in range(0, whole, _TOGETHER):
        part = rows[at : at + _TOGETHER]
        marks = f"({', '.join('?' * len(part[0]))})"
        values = [value for row in part for value in row]
        connection.execute(f"{insertion} VALUES {', '.join([marks] * _TOGETHER)}", values)
    if rest := rows[whole:]:
        connection.executemany(f"{insertion} VALUES ({', '.join('?' * len(rest[0]))})", rest)


def _fresh(connection: sqlite3.Connection, receipts: Sequence[Receipt]) -> dict[bytes, Receipt]:
    fresh: dict[bytes, Receipt] = {}
    for receipt in receipts:
        fresh.setdefault(bytes.fromhex(receipt.key), receipt)
    keys = list(fresh)
    for key in known_among(connection, "receipts", keys) | known_among(connection, "forgotten", keys):
        del fresh[key]
    return fresh


def _add_up(connection: sqlite3.Connection, receipts: Iterable[Receipt]) -> None:
    connection.executemany(
        "INSERT INTO totals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (provider, model, stage, state) DO UPDATE SET calls = calls + excluded.calls,"
        " cost = cost + excluded.cost, unpriced = unpriced + excluded.unpriced,"
        " input_tokens = input_tokens + excluded.input_tokens, cached_tokens = cached_tokens + excluded.cached_tokens,"
        " output_tokens = output_tokens + excluded.output_tokens, images = images + excluded.images,"
        " attempts = attempts + excluded.attempts, seconds = seconds + excluded.seconds",
        [(*names, *amounts) for names, amounts in totals_of(receipts).items()],
    )
