"""What goes wrong is said in words, with the remedy and the right exit status, and leaves nothing that a later run would trust."""

import json
import random
import resource
import sqlite3
import struct
import subprocess
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from command_line import ECHOLOOP, echoloop, table_files, write_posts, write_settings
from loopback import Loopback, loopback
from PIL import Image

from echoloop.calls import Ledger
from echoloop.images import encode_png
from echoloop.records import Post
from echoloop.records.arrow import from_table
from echoloop.workspace import reading

SMALL_DISK = 256 * 1024


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with loopback(delay=0) as running:
        yield running


def small_disk() -> None:
    """No file may grow beyond this: what a full disk does to whoever writes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL_DISK, SMALL_DISK))


def said(done: "subprocess.CompletedProcess[str]", status: int, *words: str) -> None:
    """It left with this status and these words, and without a traceback."""
    assert done.returncode == status, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def as_if_nothing_had_happened(folder: Path, fresh: Path) -> None:
    """The right command now gives the same tables as in a workspace that has seen no trouble."""
    for workspace in ("workspace", str(fresh)):
        again = echoloop(folder, "collect", "--workspace", workspace)
        assert again.returncode == 0, again.stderr
    assert table_files(folder / "workspace") == table_files(fresh)


def test_a_misspelt_key_is_named_with_what_is_allowed(tmp_path: Path, server: Loopback) -> None:
    write_posts(tmp_path, ["a"])
    write_settings(tmp_path, server.base_url, more="concurency = 4\n")
    said(echoloop(tmp_path, "collect"), 2, "'concurency' in [endpoints.reader]", "'concurrency'", "Allowed:")
    assert not (tmp_path / "workspace").exists()


def test_no_settings_file_says_how_to_get_one(tmp_path: Path) -> None:
    for verb in ("collect", "plan", "status", "judge"):
        said(echoloop(tmp_path, verb), 2, "no settings file", "echoloop init")


def test_an_unknown_endpoint_and_a_missing_role_are_named(tmp_path: Path, server: Loopback) -> None:
    write_posts(tmp_path, ["a"])
    settings = write_settings(tmp_path, server.base_url)
    whole = settings.read_text()
    settings.write_text(whole.replace('text = "reader"', 'text = "raeder"'))
    said(echoloop(tmp_path, "collect"), 2, "'raeder', which is not declared", "reader")
    settings.write_text(whole.replace('text = "reader"\n', ""))
    said(echoloop(tmp_path, "collect"), 2, "role 'text'", 'text = "..."')


def test_an_archive_that_is_not_there_is_a_mistake(tmp_path: Path, server: Loopback) -> None:
    write_settings(tmp_path, server.base_url)
    said(echoloop(tmp_path, "collect"), 2, "no such archive", "posts.jsonl", "Check the path")


def test_a_key_that_is_not_in_the_environment_is_asked_for_before_anything_is_sent(tmp_path: Path) -> None:
    with loopback(delay=0) as server:
        write_posts(tmp_path, ["a"])
        write_settings(tmp_path, server.base_url, more='key_env = "ECHOLOOP_TEST_NO_SUCH_KEY"\n')
        said(echoloop(tmp_path, "collect"), 2, "ECHOLOOP_TEST_NO_SUCH_KEY is not set")
        assert server.stats()["calls"] == 0
        secret = "sk-a-secret-that-nobody-may-see"
        right = echoloop(tmp_path, "collect", environment={"ECHOLOOP_TEST_NO_SUCH_KEY": secret})
        assert right.returncode == 0, right.stderr
    for file in (tmp_path / "workspace").rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes()


def test_a_server_that_is_down_is_a_failure_and_not_an_empty_table(tmp_path: Path, server: Loopback) -> None:
    write_posts(tmp_path, ["a", "b"])
    write_settings(tmp_path, "http://127.0.0.1:9/v1")
    said(echoloop(tmp_path, "collect"), 1, "not one of 2 questions", "cannot connect", "server is up")
    assert reading(tmp_path / "workspace").tables.manifest("relevance") is None
    write_settings(tmp_path, server.base_url)
    as_if_nothing_had_happened(tmp_path, tmp_path / "fresh")


def test_a_disk_that_is_full_while_a_table_is_written(tmp_path: Path, server: Loopback) -> None:
    draw = random.Random(3)
    write_posts(tmp_path, [draw.randbytes(2_000).hex() for _ in range(200)])
    write_settings(tmp_path, server.base_url)
    said(echoloop(tmp_path, "collect", preexec_fn=small_disk), 1, "collected posts", "Free some space")
    assert reading(tmp_path / "workspace").tables.names() == []
    assert echoloop(tmp_path, "collect").returncode == 0
    done = echoloop(tmp_path, "collect", "--force", preexec_fn=small_disk)
    said(done, 1, "'found' was not written", "Free some space")
    as_if_nothing_had_happened(tmp_path, tmp_path / "fresh")


def test_a_disk_that_is_full_while_a_receipt_is_written(tmp_path: Path) -> None:
    with loopback(delay=0.01) as server:
        write_posts(tmp_path, [f"scene {number}" for number in range(400)])
        write_settings(tmp_path, server.base_url, concurrency=4)
        done = echoloop(tmp_path, "collect", preexec_fn=small_disk)
        said(done, 1, "could not commit", "Free space")
        workspace = reading(tmp_path / "workspace")
        assert workspace.tables.manifest("relevance") is None
        asked = server.stats()["calls"]
        assert 0 < asked < 400
        with Ledger(workspace.receipts, readonly=True) as ledger:
            kept = sum(total.calls for total in ledger.stat())
        assert asked - kept <= 40
        assert echoloop(tmp_path, "collect").returncode == 0
        assert server.stats()["calls"] == 400 + asked - kept
        as_if_nothing_had_happened(tmp_path, tmp_path / "fresh")


def test_a_disk_that_is_full_while_a_picture_is_stored(tmp_path: Path, server: Loopback) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (400, 400, 3), dtype=np.uint8)
    write_posts(tmp_path, ["a"], ["noise.png"])
    (tmp_path / "noise.png").write_bytes(encode_png(noise))
    write_settings(tmp_path, server.base_url)
    said(
        echoloop(tmp_path, "collect", preexec_fn=small_disk),
        1,
        "pictures were not written",
        "Free some space",
    )
    assert reading(tmp_path / "workspace").tables.manifest("posts") is None
    as_if_nothing_had_happened(tmp_path, tmp_path / "fresh")


@pytest.mark.parametrize("verb", [("collect", "--force"), ("ledger", "stat"), ("status",)])
def test_a_ledger_from_a_later_version_is_left_alone(
    tmp_path: Path, server: Loopback, verb: tuple[str, ...]
) -> None:
    write_posts(tmp_path, ["a"])
    write_settings(tmp_path, server.base_url)
    assert echoloop(tmp_path, "collect").returncode == 0
    ledger = tmp_path / "workspace" / "receipts.sqlite"
    set_version(ledger, 99)
    before = ledger.read_bytes()
    said(echoloop(tmp_path, *verb), 2, "format 99", "update echoloop")
    assert ledger.read_bytes() == before
    set_version(ledger, 1)
    as_if_nothing_had_happened(tmp_path, tmp_path / "fresh")


def set_version(ledger: Path, version: int) -> None:
    connection = sqlite3.connect(ledger)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def test_a_truncated_part_is_noticed_and_named(tmp_path: Path, server: Loopback) -> None:
    write_posts(tmp_path, ["a", "b"])
    write_settings(tmp_path, server.base_url)
    assert echoloop(tmp_path, "collect").returncode == 0
    truncate_part(tmp_path)
    done = echoloop(tmp_path, "collect", "--force", "--offline")
    assert done.returncode == 0, done.stderr
    part = truncate_part(tmp_path)
    said(echoloop(tmp_path, "curate"), 1, "a part of table 'posts'", str(part), "Delete")
    for file in sorted((tmp_path / "workspace" / "tables" / "posts").rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    as_if_nothing_had_happened(tmp_path, tmp_path / "fresh")


def truncate_part(folder: Path) -> Path:
    """The posts, cut off."""
    (part,) = (folder / "workspace" / "tables" / "posts").rglob("*.parquet")
    part.write_bytes(part.read_bytes()[:-40])
    return part


def huge_png(side: int) -> bytes:
    """A few bytes that claim to be an enormous picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


def test_pictures_that_are_none_are_absences_with_a_reason_and_the_run_goes_on(
    tmp_path: Path, server: Loopback
) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    (tmp_path / "words.png").write_text("this is not a picture")
    (tmp_path / "bomb.png").write_bytes(huge_png(50_000))
    (tmp_path / "drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (tmp_path / "nothing.png").write_bytes(b"")
    good = encode_png(np.zeros((20, 20, 3), dtype=np.uint8))
    (tmp_path / "cut.png").write_bytes(good[: len(good) // 2])
    (tmp_path / "good.png").write_bytes(good)
    names = ["words.png", "bomb.png", "drawing.svg", "moving.gif", "nothing.png", "cut.png", "gone.png"]
    names += ["../outside.png", "/etc/hostname", "https://127.0.0.1/there.png", "good.png"]
    write_posts(tmp_path, ["look"], names)
    write_settings(tmp_path, server.base_url)
    done = echoloop(tmp_path, "collect")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    images = from_table(reading(tmp_path / "workspace").tables.read("posts"), Post)[0].images
    found = {image.url: image for image in images}
    assert list(found) == names
    assert found["good.png"].sha256 is not None
    assert found["good.png"].media_type == "image/png"
    reasons = {
        "words.png": "not_an_image",
        "bomb.png": "too_many_pixels",
        "drawing.svg": "svg",
        "moving.gif": "too_many_frames",
        "nothing.png": "empty",
        "gone.png": "no such file",
        "../outside.png": "out of the archive's folder",
        "/etc/hostname": "out of the archive's folder",
        "https://127.0.0.1/there.png": "forbidden",
    }
    for name in (*reasons, "cut.png"):
        assert found[name].sha256 is None
        assert found[name].absence
    assert {name: word for name, word in reasons.items() if word not in found[name].absence.lower()} == {}


def test_lines_that_are_no_posts_leave_with_their_line_number(tmp_path: Path, server: Loopback) -> None:
    archive = write_posts(tmp_path, ["fine"])
    bad = ["not json", "[1, 2]", "null", '{"text": "no url"}', '{"url": "javascript:alert(1)", "text": "x"}']
    archive.write_text(archive.read_text() + "\n".join(bad) + "\n" + "[" * 100_000 + "\n")
    write_settings(tmp_path, server.base_url)
    done = echoloop(tmp_path, "collect")
    assert done.returncode == 0, done.stderr
    tables = reading(tmp_path / "workspace").tables
    assert tables.read("posts").num_rows == 1
    keys = {key.partition(",")[0] for key in tables.read("posts.dropped").column("key").to_pylist()}
    assert sorted(keys) == [f"posts.jsonl:{line}" for line in range(2, 8)]


def test_a_second_writer_is_told_who_the_first_one_is_and_a_dead_one_is_no_obstacle(tmp_path: Path) -> None:
    with loopback(delay=300) as server:
        write_posts(tmp_path, ["a", "b"])
        write_settings(tmp_path, server.base_url)
        first = subprocess.Popen(
            [str(ECHOLOOP), "collect"], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 60
        while server.stats()["calls"] < 1:
            assert time.monotonic() < until
            threading.Event().wait(0.05)
        said(echoloop(tmp_path, "collect"), 1, f"process {first.pid}", "`echoloop collect`", "since", "Wait")
        reader = echoloop(tmp_path, "status")
        assert reader.returncode == 0
        assert f"process {first.pid}" in reader.stdout
        first.kill()
        first.wait()
        assert "running" not in echoloop(tmp_path, "status").stdout
        assert echoloop(tmp_path, "ledger", "gc").returncode == 0


def test_a_folder_that_is_no_workspace_and_a_file_in_its_place(tmp_path: Path, server: Loopback) -> None:
    write_posts(tmp_path, ["a"])
    write_settings(tmp_path, server.base_url)
    said(echoloop(tmp_path, "status"), 2, "not an echoloop workspace", "echoloop collect")
    (tmp_path / "file").write_text("x")
    said(echoloop(tmp_path, "collect", "--workspace", "file"), 2, "this is a file")
    assert echoloop(tmp_path, "collect").returncode == 0
    (tmp_path / "workspace" / "LAYOUT").write_text("echoloop workspace 99\n")
    said(echoloop(tmp_path, "collect"), 2, "layout", "another --workspace")


def test_an_act_before_its_inputs_says_which_act_comes_first(tmp_path: Path, server: Loopback) -> None:
    write_posts(tmp_path, ["a"])
    write_settings(tmp_path, server.base_url)
    said(echoloop(tmp_path, "curate"), 2, "no table", "act that makes it first")


@pytest.mark.parametrize("words", [("nonsense",), ("collect", "--max-cost", "much"), ("collect", "--bogus")])
def test_a_wrong_command_line_is_a_mistake(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = echoloop(tmp_path, *words)
    assert done.returncode in (1, 2), done
    assert "Traceback" not in done.stderr


def test_a_damaged_manifest_is_named(tmp_path: Path, server: Loopback) -> None:
    write_posts(tmp_path, ["a"])
    write_settings(tmp_path, server.base_url)
    assert echoloop(tmp_path, "collect").returncode == 0
    manifest = tmp_path / "workspace" / "tables" / "posts" / "manifest.json"
    manifest.write_text(json.dumps({"table": "posts"}))
    said(echoloop(tmp_path, "collect"), 1, "manifest does not read", str(manifest), "Delete")


def test_a_judge_that_is_named_twice_is_a_mistake(tmp_path: Path, server: Loopback) -> None:
    """It would be asked once, counted twice and stand in the tables twice."""
    settings = write_settings(tmp_path, server.base_url)
    settings.write_text(
        settings.read_text() + 'judges = ["reader", "reader"]\n[models.painter]\nendpoint = "reader"\n'
    )
    said(echoloop(tmp_path, "judge"), 2, "names one twice: reader, reader", "repeats under [judge]")
