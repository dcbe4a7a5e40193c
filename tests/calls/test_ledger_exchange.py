"""Forget, verify, export, import: what others may see of a ledger, and what may come in from them."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import zstandard

from echoloop.calls import BadExport, Ledger, export_ledger, import_ledger
from echoloop.records.receipt import Receipt

Make = Callable[..., Receipt]
SECRET = "my grandmother's blue heron prompt"


@pytest.fixture
def path(tmp_path: Path, make_receipt: Make) -> Path:
    with Ledger(tmp_path / "l.sqlite") as ledger:
        for receipt in (
            make_receipt(SECRET, f"it says {SECRET}", source_posts=("post-1", "post-2"), stage="extract"),
            make_receipt(f"score {SECRET}", "[[7]]", source_posts=("post-1",), stage="judge"),
            make_receipt("plain question", "plain answer", source_posts=()),
            make_receipt("another", source_posts=("post-3",), stage="extract"),
            make_receipt(
                f"fails {SECRET}", state="failed", source_posts=("post-2",), request="", response=SECRET
            ),
        ):
            ledger.append(receipt).result()
    return tmp_path / "l.sqlite"


def on_disk(path: Path) -> bytes:
    return b"".join(part.read_bytes() for part in path.parent.glob(path.name + "*"))


def keys(path: Path) -> set[str]:
    with Ledger(path, readonly=True) as ledger:
        return {receipt.key for receipt in ledger.receipts()}


def test_forgetting_leaves_a_tombstone_and_no_content(path: Path, make_receipt: Make) -> None:
    with Ledger(path) as ledger:
        blobs = [row[0] for row in sqlite3.connect(path).execute("SELECT body FROM receipts LIMIT 2")]
        assert all(blob in on_disk(path) for blob in blobs)
        assert ledger.forget(["post-1", "unheard-of"], "deleted by its author") == 2
        ledger.gc()
        gone = make_receipt(SECRET).key
        tombstone = ledger.get_many([gone])[gone]
        assert tombstone.state == "failed"
        assert tombstone.reason.endswith("deleted by its author")
        assert tombstone.request == tombstone.response == ""
        assert sum(total.calls for total in ledger.stat()) == 5
        ledger.append(make_receipt(SECRET)).result()
        assert ledger.get_many([gone])[gone].state == "failed"
        assert ledger.verify().sound
    assert not any(blob in on_disk(path) for blob in blobs)
    assert len(keys(path)) == 2


def test_forgetting_takes_failures_along(path: Path) -> None:
    with Ledger(path) as ledger:
        assert len(list(ledger.failures())) == 1
        ledger.forget(["post-2"], "deleted")
        assert list(ledger.failures()) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE receipts SET key = zeroblob(32) WHERE id = 1", "another key"),
        ("UPDATE receipts SET body = x'00112233' WHERE id = 2", "cannot be unpacked"),
        ("UPDATE receipts SET body = (SELECT body FROM receipts WHERE id = 1) WHERE id = 2", "another key"),
    ],
)
def test_verify_names_what_was_changed(path: Path, change: str, problem: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(change)
    connection.close()
    with Ledger(path, readonly=True) as ledger:
        found = ledger.verify()
    assert not found.sound
    assert found.bad == 1
    assert problem in found.bad_rows[0].problem


def test_verify_sees_a_request_that_does_not_hash_to_its_key(tmp_path: Path, make_receipt: Make) -> None:
    with Ledger(tmp_path / "l") as ledger:
        ledger.append(make_receipt("a", request=make_receipt("b").request)).result()
        assert "does not hash" in ledger.verify().bad_rows[0].problem


def test_a_whole_export_comes_back_whole(path: Path, tmp_path: Path) -> None:
    assert export_ledger(path, tmp_path / "out.zst", public=False).receipts == 4
    taken = import_ledger(tmp_path / "out.zst", tmp_path / "copy.sqlite")
    assert (taken.new, taken.bad) == (4, 0)
    with Ledger(path, readonly=True) as ours, Ledger(tmp_path / "copy.sqlite", readonly=True) as theirs:
        assert list(ours.receipts()) == list(theirs.receipts())
        assert theirs.verify().sound
    again = import_ledger(tmp_path / "out.zst", tmp_path / "copy.sqlite")
    assert (again.new, again.known) == (0, 4)


def test_a_public_export_carries_no_post_text(path: Path, tmp_path: Path) -> None:
    told = export_ledger(path, tmp_path / "out.zst", public=True, open_stages=("judge",))
    assert (told.receipts, told.sealed, told.withheld) == (4, 1, 2)
    with (tmp_path / "out.zst").open("rb") as file:
        text = zstandard.ZstdDecompressor().stream_reader(file).read().decode()
    assert SECRET not in text
    assert "plain answer" in text
    taken = import_ledger(tmp_path / "out.zst", tmp_path / "copy.sqlite")
    assert (taken.new, taken.withheld, taken.bad) == (2, 2, 0)
    with Ledger(tmp_path / "copy.sqlite") as theirs:
        checked = theirs.verify()
        assert (checked.sound, checked.sealed) == (True, 1)
    export_ledger(tmp_path / "copy.sqlite", tmp_path / "again.zst", public=False)
    assert import_ledger(tmp_path / "again.zst", tmp_path / "third.sqlite").new == 2


def test_an_import_keeps_ours_and_revives_nothing(path: Path, tmp_path: Path, make_receipt: Make) -> None:
    export_ledger(path, tmp_path / "out.zst", public=False)
    with Ledger(tmp_path / "mine.sqlite") as ledger:
        ledger.append(make_receipt("plain question", "my own answer")).result()
        ledger.append(make_receipt("another", source_posts=("post-3",))).result()
        ledger.forget(["post-3"], "deleted")
    taken = import_ledger(tmp_path / "out.zst", tmp_path / "mine.sqlite")
    assert (taken.new, taken.conflicting, taken.forgotten) == (2, 1, 1)


def write_lines(path: Path, lines: list[bytes]) -> Path:
    path.write_bytes(zstandard.ZstdCompressor().compress(b"\n".join(lines) + b"\n"))
    return path


HEADER = b'{"format":"echoloop-ledger","version":1,"public":false}'


def test_a_hostile_file_adds_nothing_but_what_holds_together(tmp_path: Path, make_receipt: Make) -> None:
    def line(form: str = "whole", **changes: object) -> bytes:
        return msgspec.json.encode({"form": form, "receipt": make_receipt("x", **changes)})

    src = write_lines(
        tmp_path / "evil.zst",
        [
            HEADER,
            b"not json",
            b"[" * 50_000,
            line(key="0" * 64),
            line(key="../../etc"),
            line(cost=-1.0),
            line(response="{}"),
            line(attempts=2**62),
            line(form="surprise"),
            line(),
            b'{"end":9}',
        ],
    )
    taken = import_ledger(src, tmp_path / "l")
    assert (taken.new, taken.bad) == (1, 8)
    assert taken.first_bad.startswith("line 2:")


def test_a_file_that_is_something_else_says_so(tmp_path: Path, path: Path) -> None:
    (tmp_path / "a").write_text("hello")
    for src, problem in (
        (tmp_path / "a", "not an export"),
        (write_lines(tmp_path / "b", [b"{}"]), "not an export"),
        (write_lines(tmp_path / "c", [HEADER.replace(b"1", b"9")]), "version 9"),
    ):
        with pytest.raises(BadExport, match=problem):
            import_ledger(src, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    export_ledger(path, tmp_path / "out.zst", public=False)
    whole = (tmp_path / "out.zst").read_bytes()
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadExport):
        import_ledger(tmp_path / "cut", tmp_path / "copy")
    with pytest.raises(BadExport, match="breaks off"):
        import_ledger(write_lines(tmp_path / "d", [HEADER]), tmp_path / "copy")
