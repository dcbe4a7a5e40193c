"""What an archive is, seen from its first bytes and said in words."""

from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import Literal, TypeAlias

import msgspec

from echoloop.collect.archives.formats import FORMATS, Format, describe, format_of
from echoloop.collect.archives.pieces import LONGEST, split_lines, split_values
from echoloop.collect.archives.streams import Stream
from echoloop.collect.shapes.decoding import Mended, mend
from echoloop.records import Mistake

Layout: TypeAlias = Literal["lines", "values", "csv", "parquet"]

_SAMPLE = 20
_ENOUGH = 32 << 20
_PACKED = (
    ("a ZIP file (or a spreadsheet, which is one)", 0, b"PK\x03\x04"),
    ("an empty ZIP file", 0, b"PK\x05\x06"),
    ("a tar file", 257, b"ustar"),
    ("a 7z file", 0, b"7z\xbc\xaf\x27\x1c"),
    ("a RAR file", 0, b"Rar!\x1a\x07"),
)
"""How a file begins that holds others, and where it says so."""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Recognised(msgspec.Struct, frozen=True, kw_only=True):
    """The format, how entries lie in the file, why we think so, and the first bytes."""

    format: Format
    layout: Layout
    why: str
    head: bytes


def recognise(
    stream: Stream, label: str, wanted: Format | None, mapping: Mapping[str, str] | None
) -> Recognised:
    """Look at the beginning. Raises `Mistake` where it is nothing we know, or surely not what was asked for."""
    head = stream.head(_ENOUGH, _SAMPLE + 1)
    if wanted is None and mapping:
        wanted = "table"
    if head.startswith(_UTF_16):
        raise Mistake(
            "the archive is UTF-16, not UTF-8",
            where=label,
            remedy="Convert it first: iconv -f UTF-16 -t UTF-8",
        )
    packed = next((name for name, at, mark in _PACKED if head[at : at + len(mark)] == mark), None)
    if packed is not None:
        raise Mistake(
            f"the archive is {packed}: several files in one, and not a file of posts",
            where=label,
            remedy="Unpack it and name the files in it, as in 'unpacked/*.jsonl'; a spreadsheet is saved as CSV UTF-8 first.",
        )
    if head.startswith(b"PAR1"):
        return _as_table("parquet", "a Parquet file", label, wanted, head)
    layout = _json_layout(mend(head, Mended()))
    if layout is None:
        if not head.strip():
            return Recognised(format=wanted or "echo", layout="lines", why="the file is empty", head=head)
        return _as_table("csv", "text that is not JSON, so CSV", label, wanted, head)
    if wanted == "table":
        return Recognised(
            format="table", layout=layout, why="as asked for: JSON objects with a mapping", head=head
        )
    return _by_sample(_sample(mend(head, Mended()), layout), layout, label, wanted, head)


def _as_table(layout: Layout, what: str, label: str, wanted: Format | None, head: bytes) -> Recognised:
    if wanted == "table":
        return Recognised(format="table", layout=layout, why=f"as asked for: {what}", head=head)
    if wanted is not None:
        raise Mistake(
            f"the archive is {what}, not {describe(wanted)}",
            where=label,
            remedy="Leave --format out, or name the right one.",
        )
    raise Mistake(
        f"the archive is {what}; of itself it does not say which column is what",
        where=label,
        remedy="Say so: --format table --map url=link,text=body,created_at=when",
    )


def _json_layout(head: bytes) -> Literal["lines", "values"] | None:
    """Whether the objects are one a line. If not, the text is looked at as one, over its lines."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    pieces = list(islice(split_lines([head]), _SAMPLE))
    good = [_is_object(piece.data) for piece in pieces]
    if good and (good[0] or sum(good) * 2 >= len(good)):
        return "lines"
    if start not in (b"{", b"["):
        return "lines" if any(good) else None
    first = next(split_values([head]), None)
    if first is None or not (first.whole or len(head) >= LONGEST // 2) or not _is_object(first.data):
        return "lines"
    return "values"


def _is_object(data: bytes) -> bool:
    """Whether these bytes are a whole JSON object with fields, or an array of such."""
    if data[:1] not in (b"{", b"["):
        return False
    try:
        if data[:1] == b"[":
            return any(
                bytes(memoryview(raw)[:1]) == b"{"
                for raw in msgspec.json.decode(data, type=list[msgspec.Raw])
            )
        return bool(msgspec.json.decode(data, type=dict[str, msgspec.Raw]))
    except RecursionError:
        return True
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False


def _sample(head: bytes, layout: Literal["lines", "values"]) -> list[bytes]:
    split = split_lines if layout == "lines" else split_values
    return [piece.data for piece in islice(split([head]), _SAMPLE)]


def _by_sample(
    sample: list[bytes], layout: Layout, label: str, wanted: Format | None, head: bytes
) -> Recognised:
    known: Counter[Format] = Counter(form for form in map(format_of, sample) if form)
    likeliest = max(known, key=lambda form: (known[form], -FORMATS.index(form)), default=None)
    if wanted is not None:
        if likeliest and wanted not in known and known[likeliest] == len(sample):
            raise Mistake(
                f"the archive holds {describe(likeliest)}, not {describe(wanted)}",
                where=label,
                remedy=f"Leave --format out, or say --format {likeliest}.",
            )
        return Recognised(format=wanted, layout=layout, why="as asked for", head=head)
    if likeliest is None:
        looked_for = "; ".join(f"{form}: {describe(form)}" for form in FORMATS if form != "table")
        raise Mistake(
            f"the archive is no format that is known: its first {_entries(len(sample), layout)} hold none of {looked_for}",
            where=label,
            remedy="Any other file: --format table --map url=link,text=body. If it is one of these, say --format.",
        )
    count = known[likeliest]
    read = f"{count} of the first {len(sample)}" if count < len(sample) else f"the first {len(sample)}"
    why = f"{read} {_entries(len(sample), layout)} are {describe(likeliest)}"
    return Recognised(format=likeliest, layout=layout, why=_singular(why, len(sample)), head=head)


def _entries(count: int, layout: Layout) -> str:
    name = "line" if layout == "lines" else "value"
    return name if count == 1 else f"{name}s"


def _singular(why: str, count: int) -> str:
    return (
        why.replace("the first 1 line are", "its only line holds").replace(
            "the first 1 value are", "its only value holds"
        )
        if count == 1
        else why
    )
