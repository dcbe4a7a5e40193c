"""Does a ledger still say what was paid for? Every request is hashed again, every blob unpacked, every sum redone."""

import sqlite3
from hashlib import sha256

import msgspec
import zstandard

from echoloop.calls.canonical import read_canonical
from echoloop.calls.ledger_rows import Unpacker, read_totals, totals_of
from echoloop.calls.receipts import read_receipt
from echoloop.records.receipt import Receipt

_MOST_NAMED = 100


class BadRow(msgspec.Struct, frozen=True):
    key: str
    problem: str


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """`sealed` receipts came from a public export without their request's text: their key cannot be hashed again."""

    receipts: int
    sealed: int
    bad: int
    bad_rows: tuple[BadRow, ...]
    file_problems: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not self.bad and not self.file_problems


def verify(connection: sqlite3.Connection) -> Verification:
    unpacker = Unpacker()
    counted: dict[tuple[str, str, str, str], int] = {}
    named: list[BadRow] = []
    receipts = sealed_count = bad = 0
    for key, sealed, body in connection.execute("SELECT key, sealed, body FROM receipts ORDER BY id"):
        receipts += 1
        sealed_count += sealed
        problem, receipt = _problem(unpacker, key, bool(sealed), body)
        if receipt is not None:
            for names, amounts in totals_of([receipt]).items():
                counted[names] = counted.get(names, 0) + int(amounts[0])
        if problem:
            bad += 1
            if len(named) < _MOST_NAMED:
                named.append(BadRow(key.hex(), problem))
    return Verification(
        receipts=receipts,
        sealed=sealed_count,
        bad=bad,
        bad_rows=tuple(named),
        file_problems=(*_file_problems(connection), *_total_problems(connection, counted)),
    )


def _problem(unpacker: Unpacker, key: bytes, sealed: bool, body: bytes) -> tuple[str, Receipt | None]:
    try:
        receipt = unpacker.unpack(body)
    except (zstandard.ZstdError, msgspec.DecodeError, ValueError) as error:
        return f"cannot be unpacked: {error}", None
    if receipt.key != key.hex():
        return f"is filed under another key than its own ({receipt.key})", receipt
    if not sealed and sha256(receipt.request.encode()).digest() != key:
        return "its request does not hash to its key", receipt
    if sealed:
        return "", receipt
    try:
        read_receipt(read_canonical(receipt.request), receipt)
    except ValueError as error:
        return f"cannot be read: {error}", receipt
    return "", receipt


def _file_problems(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("PRAGMA quick_check(10)").fetchall()
    return [str(row[0]) for row in rows if row[0] != "ok"]


def _total_problems(
    connection: sqlite3.Connection, counted: dict[tuple[str, str, str, str], int]
) -> list[str]:
    """The sums also remember calls whose receipts were forgotten since, so they may say more, but never less."""
    kept = {
        (total.provider, total.model, total.stage, total.state): total.calls
        for total in read_totals(connection)
    }
    return [
        f"the sums say {kept.get(names, 0)} calls for {'/'.join(names)}, the receipts {calls}"
        for names, calls in counted.items()
        if kept.get(names, 0) < calls
    ]
