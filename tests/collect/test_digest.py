"""Another archive is other input: its lines, and the pictures beside it."""

import json
import os
import shutil
from pathlib import Path

import pytest

from echoloop.collect import archive_digest
from echoloop.records import Mistake

LARGE = 3_000_000


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Posts with a small, a large, a missing and a distant picture; one of their texts cannot be UTF-8."""
    folder = tmp_path / "archive"
    (folder / "media").mkdir(parents=True)
    (folder / "media" / "small.png").write_bytes(b"small")
    (folder / "media" / "large.png").write_bytes(bytes(LARGE))
    (folder / "other.txt").write_text("not named")
    names = ["media/small.png", "media/large.png", "media/gone.png", "https://a.example/far.png"]
    posts = [
        {"url": f"https://x.com/i/status/{n}", "image_urls": [{"url": name}]} for n, name in enumerate(names)
    ]
    posts.append(
        {"url": "https://x.com/i/status/9", "text": "\ud800", "image_urls": [{"url": "media/odd.png"}]}
    )
    lines = [
        *(json.dumps(post).encode() for post in posts),
        b"{",
        b"[" * 10_000,
        b'"image_urls"',
        b"\xff image_urls",
    ]
    (folder / "posts.jsonl").write_bytes(b"\n".join(lines))
    return folder / "posts.jsonl"


def test_a_copy_elsewhere_is_the_same_archive(archive: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(archive.parent, tmp_path / "copy")
    for path in (copy / "media").iterdir():
        os.utime(path, (1, 1))
    (copy / "other.txt").write_text("still not named")
    assert archive_digest(copy / "posts.jsonl") == archive_digest(archive)


@pytest.mark.parametrize("change", ["small", "large", "longer", "removed", "restored", "odd", "lines"])
def test_what_changes_is_noticed(archive: Path, change: str) -> None:
    before = archive_digest(archive)
    media = archive.parent / "media"
    match change:
        case "small":
            (media / "small.png").write_bytes(b"SMALL")
        case "large":
            (media / "large.png").write_bytes(b"x" * LARGE)
        case "longer":
            (media / "large.png").write_bytes(bytes(LARGE + 1))
        case "removed":
            (media / "small.png").unlink()
        case "restored":
            (media / "gone.png").write_bytes(b"here again")
        case "odd":
            (media / "odd.png").write_bytes(b"named by a line with a lone surrogate")
        case _:
            archive.write_bytes(archive.read_bytes() + b"\n")
    assert archive_digest(archive) != before


def test_a_picture_of_a_hostile_name_is_never_read(archive: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    outside.write_bytes(b"secret")
    os.mkfifo(archive.parent / "pipe.png")
    names = ["../outside.png", str(outside), "pipe.png", "\x00", "a" * 5000]
    archive.write_text("\n".join(json.dumps({"image_urls": [{"url": name}]}) for name in names))
    before = archive_digest(archive)
    outside.write_bytes(b"another secret")
    assert archive_digest(archive) == before


def test_a_missing_archive_says_which_key_names_it(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match=r"\[collect\]"):
        archive_digest(tmp_path / "none.jsonl")
