"""Receipts from somebody else's file: taken over only where they are what they say they are."""

import io
import re
import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec
import zstandard

from echoloop.calls.canonical import read_canonical
from echoloop.calls.ledger_exporting import FORMAT, FORMAT_VERSION, Header, Line
from echoloop.calls.ledger_file import create_or_open, write_error
from echoloop.calls.ledger_rows import Packer, Unpacker, get_bodies, insert, known_among
from echoloop.calls.receipts import read_receipt
from echoloop.records.problems import Mistake
from echoloop.records.receipt import Receipt

_LONGEST_LINE = 64 * 1024 * 1024
_WINDOW = 128 * 1024 * 1024
_BATCH = 500
_KEY = re.compile(r"[0-9a-f]{64}")


class BadExport(Mistake):
    """The file is no export of a ledger, or one from a later version, or it breaks off."""


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """`conflicting` keys are known with another response: ours is kept. `withheld` ones hold no response to take over."""

    new: int
    known: int
    conflicting: int
    forgotten: int
    withheld: int
    bad: int
    first_bad: str


def import_ledger(src: Path, path: Path) -> Imported:
    """Insert what is new. Lines that do not hold together are counted, named once, and left out."""
    lines = _lines(src)
    _check_header(src, next(lines, b""))
    connection = create_or_open(path)
    counts: dict[str, int] = dict.fromkeys(("new", "known", "conflicting", "forgotten", "withheld", "bad"), 0)
    first_bad = ""
    batch: list[tuple[Receipt, bool]] = []
    packer, unpacker = Packer(), Unpacker()
    try:
        ended = False
        for number, raw in enumerate(lines, start=2):
            if ended := raw.startswith(b'{"end":'):
                break
            try:
                line = _checked(raw)
            except ValueError as error:
                counts["bad"] += 1
                first_bad = first_bad or f"line {number}: {error}"
                continue
            if line.form == "withheld":
                counts["withheld"] += 1
                continue
            batch.append((line.receipt, line.form == "sealed"))
            if len(batch) >= _BATCH:
                _take_over(connection, packer, unpacker, batch, counts)
                batch = []
        _take_over(connection, packer, unpacker, batch, counts)
        if not ended:
            raise BadExport(
                f"{src} breaks off; what came before ({counts['new']} new receipts) was taken over"
            )
    except sqlite3.OperationalError as error:
        raise write_error(path, error) from error
    finally:
        connection.close()
    return Imported(**counts, first_bad=first_bad)


def _take_over(
    connection: sqlite3.Connection,
    packer: Packer,
    unpacker: Unpacker,
    batch: list[tuple[Receipt, bool]],
    counts: dict[str, int],
) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        keys = [bytes.fromhex(receipt.key) for receipt, _ in batch]
        ours = {known.key: known.response for known in map(unpacker.unpack, get_bodies(connection, keys))}
        forgotten = {key.hex() for key in known_among(connection, "forgotten", keys)}
        for receipt, _ in batch:
            if receipt.key in forgotten:
                counts["forgotten"] += 1
            elif receipt.key in ours:
                counts["known" if ours[receipt.key] == receipt.response else "conflicting"] += 1
        for sealed in (False, True):
            part = [receipt for receipt, is_sealed in batch if is_sealed == sealed]
            counts["new"] += insert(connection, packer, part, sealed=sealed)
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _checked(raw: bytes) -> Line:
    """A receipt is believed only as far as it can be checked: its key, its numbers, and that its response reads."""
    try:
        line = msgspec.json.decode(raw, type=Line)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    receipt = line.receipt
    if not _KEY.fullmatch(receipt.key):
        raise ValueError(f"{receipt.key[:80]!r} is not a key")
    if receipt.state == "failed":
        raise ValueError("a failed call is no receipt")
    if receipt.at.tzinfo is None:
        raise ValueError("its time has no zone")
    amounts = (receipt.cost or 0.0, receipt.latency_seconds, receipt.attempts)
    if not all(0 <= amount < 1e9 for amount in amounts):
        raise ValueError("a cost, a latency or a count of attempts is out of range")
    usage = receipt.usage
    counts = (usage.input_tokens, usage.cached_tokens, usage.output_tokens, usage.images)
    if not all(count is None or 0 <= count < 1 << 53 for count in counts):
        raise ValueError("a count of tokens or images is out of range")
    if line.form == "whole":
        if sha256(receipt.request.encode()).hexdigest() != receipt.key:
            raise ValueError("its request does not hash to its key")
        read_receipt(read_canonical(receipt.request), receipt)
    return line


def _check_header(src: Path, raw: bytes) -> None:
    try:
        header = msgspec.json.decode(raw, type=Header)
    except ValueError:
        raise BadExport(
            f"{src} is not an export of a ledger; make one with `echoloop ledger export`"
        ) from None
    if header.format != FORMAT:
        raise BadExport(f"{src} is of format {header.format[:40]!r}, not {FORMAT!r}")
    if header.version > FORMAT_VERSION:
        raise BadExport(
            f"{src} has format version {header.version}, this echoloop reads {FORMAT_VERSION}; update it"
        )


def _lines(src: Path) -> Iterator[bytes]:
    try:
        with (
            src.open("rb") as file,
            zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(file) as reader,
        ):
            buffered = io.BufferedReader(reader, 1 << 20)  # pyright: ignore[reportArgumentType]
            while line := buffered.readline(_LONGEST_LINE):
                if not line.endswith(b"\n"):
                    raise BadExport(
                        f"{src} breaks off in the middle of a line, or has one above {_LONGEST_LINE} bytes"
                    )
                yield line
    except zstandard.ZstdError as error:
        raise BadExport(f"{src} is not an export of a ledger, or is damaged: {error}") from None
