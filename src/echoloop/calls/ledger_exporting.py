"""A ledger as a file for others: lines of JSON, compressed. A public one carries no post text."""

import os
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import msgspec
import zstandard

from echoloop.calls.ledger import Ledger
from echoloop.records.receipt import Receipt

FORMAT = "echoloop-ledger"
FORMAT_VERSION = 1
_LEVEL = 9

Form = Literal["whole", "sealed", "withheld"]


class Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    format: str
    version: int
    public: bool


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """`sealed`: the request's texts are hashes; the response is there. `withheld`: the response is not there either."""

    form: Form
    receipt: Receipt


class End(msgspec.Struct, frozen=True, kw_only=True):
    """The last line, so that a file that breaks off is known for one."""

    end: int


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    receipts: int
    sealed: int
    withheld: int
    bytes: int


def export_ledger(path: Path, out: Path, public: bool, open_stages: Collection[str] = ()) -> Exported:
    """Write every receipt. In a public export, a receipt that comes from posts keeps its key, model, usage and state.

    Its request's texts are replaced by their hashes. Its response is kept only for the stages named in `open_stages`
    (those whose answers do not repeat posts, such as scores): an answer that quotes a post is post text too.
    """
    counts = {"whole": 0, "sealed": 0, "withheld": 0}
    partial = out.with_name(out.name + ".partial")
    encoder = msgspec.json.Encoder()
    try:
        with Ledger(path, readonly=True) as ledger, partial.open("wb") as file:
            with zstandard.ZstdCompressor(level=_LEVEL).stream_writer(file, closefd=False) as writer:
                header = Header(format=FORMAT, version=FORMAT_VERSION, public=public)
                writer.write(encoder.encode(header) + b"\n")
                for receipt, sealed_before in ledger.rows():
                    line = _line(receipt, sealed_before, public, open_stages)
                    counts[line.form] += 1
                    writer.write(encoder.encode(line) + b"\n")
                writer.write(encoder.encode(End(end=sum(counts.values()))) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return Exported(
        receipts=sum(counts.values()),
        sealed=counts["sealed"],
        withheld=counts["withheld"],
        bytes=out.stat().st_size,
    )


def _line(receipt: Receipt, sealed_before: bool, public: bool, open_stages: Collection[str]) -> Line:
    if sealed_before:
        return Line(form="sealed", receipt=receipt)
    if not public or not receipt.source_posts:
        return Line(form="whole", receipt=receipt)
    request = seal_request(receipt.request)
    if receipt.stage in open_stages:
        return Line(form="sealed", receipt=msgspec.structs.replace(receipt, request=request))
    closed = msgspec.structs.replace(receipt, request=request, response="", reason="")
    return Line(form="withheld", receipt=closed)


def seal_request(request: str) -> str:
    """The canonical request with a hash in the place of each text that it sends."""
    body = msgspec.json.decode(request)
    for message in body.get("messages", ()):
        message["parts"] = [_seal(part, "text") for part in message["parts"]]
    for name in ("prompt", "text"):
        body = _seal(body, name)
    return msgspec.json.encode(body, order="sorted").decode()


def _seal(holder: dict[str, Any], name: str) -> dict[str, Any]:
    if name not in holder:
        return holder
    rest = {other: value for other, value in holder.items() if other != name}
    return {**rest, f"{name}_sha256": sha256(holder[name].encode()).hexdigest()}
