"""Archives are hostile: every line becomes a post or a loss that says where."""

import json
from pathlib import Path

import numpy as np
import pytest

from echoloop.collect.archive import SeenText, read_archive
from echoloop.collect.importing import PictureFile, import_picture
from echoloop.collect.merging import merge_sightings
from echoloop.images import encode_png
from echoloop.records import Drop, Keep, Mistake, Post
from echoloop.workspace import ImageStore

GOOD = {
    "text": "look",
    "timestamp": "2025-04-01T10:00:00+02:00",
    "url": "https://twitter.com/painter_fan_01/status/1?s=20",
    "replies_above": ["**https://x.com/a/status/9**", "junk"],
    "replies_below": [],
    "keyword": "paint",
    "author": "@painter_fan_01",
    "image_urls": [{"url": "media/a.png", "alt": "a ball"}],
    "engagement": {"likes": 2},
}


def read(tmp_path: Path, *lines: bytes) -> tuple[list[Post], list[Drop], int]:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b"\n".join(lines))
    seen = SeenText()
    rows = list(read_archive(path, seen))
    kept = [row.row for row in rows if isinstance(row, Keep)]
    return kept, [row for row in rows if isinstance(row, Drop)], seen.replaced


def line(**changes: object) -> bytes:
    return json.dumps({**GOOD, **changes}).encode()


def test_a_line_becomes_a_post_with_a_canonical_url(tmp_path: Path) -> None:
    (post,), dropped, _ = read(tmp_path, line())
    assert post.url == "https://x.com/i/status/1"
    assert post.replies_above == ("https://x.com/i/status/9",)
    assert post.found_by == "keyword"
    assert post.created_at is not None
    assert post.created_at.isoformat() == "2025-04-01T10:00:00+02:00"
    assert post.source_posts == (post.url,)
    assert not dropped


@pytest.mark.parametrize(
    "bad",
    [
        b"{",
        b"[]",
        b"null",
        b'{"text": "no url"}',
        b'{"url": "not a url"}',
        b'{"url": "https://x.com/a/status/1", "timestamp": "yesterday"}',
        b'{"url": "https://x.com/a/status/1", "text": 5}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_bad_line_is_counted_with_its_place_and_the_rest_goes_on(tmp_path: Path, bad: bytes) -> None:
    kept, (drop,), _ = read(tmp_path, line(), bad, line(url="https://x.com/a/status/2"))
    assert len(kept) == 2
    assert drop.key == "posts.jsonl:2"
    assert drop.detail


def test_characters_that_cannot_be_stored_are_replaced_and_counted(tmp_path: Path) -> None:
    (post,), _, replaced = read(tmp_path, line().replace(b'"look"', b'"lo\\ud800ok"'))
    assert post.text == "lo\ufffdok"
    assert replaced == 1


def test_a_time_without_a_zone_is_utc(tmp_path: Path) -> None:
    (post,), _, _ = read(tmp_path, line(timestamp="2025-04-01T10:00:00"))
    assert post.created_at is not None
    assert post.created_at.isoformat() == "2025-04-01T10:00:00+00:00"


def test_a_missing_archive_says_which_key_names_it(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match=r"\[collect\]"):
        list(read_archive(tmp_path / "none.jsonl", SeenText()))


def test_sightings_of_a_post_unite_in_any_order(tmp_path: Path) -> None:
    first = line(keyword="b", replies_below=["https://x.com/a/status/5"], text="short")
    second = line(
        url="https://x.com/i/status/1#m",
        keyword="a",
        replies_below=["https://x.com/a/status/4"],
        text="longer",
    )
    posts, _, _ = read(tmp_path, first, second)
    (merged,) = merge_sightings(posts)
    assert merge_sightings(posts[::-1]) == [merged]
    assert merged.text == "longer"
    assert merged.keyword == "a"
    assert merged.replies_below == ("https://x.com/i/status/4", "https://x.com/i/status/5")


@pytest.mark.parametrize(
    ("name", "absence"),
    [
        ("media/a.png", ""),
        ("media/none.png", "no such file"),
        ("../secret.png", "leads out"),
        ("https://example.org/a.png", "not fetched"),
        ("media/not.png", "not_an_image"),
        ("media/drawing.svg", "not"),
        ("media\x00.png", "no such file"),
    ],
)
def test_pictures_are_stored_or_say_why_not(tmp_path: Path, name: str, absence: str) -> None:
    folder = tmp_path / "archive"
    (folder / "media").mkdir(parents=True)
    picture = encode_png(np.zeros((20, 30, 3), np.uint8))
    (folder / "media" / "a.png").write_bytes(picture)
    (tmp_path / "secret.png").write_bytes(picture)
    (folder / "media" / "not.png").write_bytes(b"hello")
    (folder / "media" / "drawing.svg").write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    store = ImageStore(tmp_path / "images")
    found = import_picture(PictureFile(folder=str(folder), url=name), store)
    assert absence in found.absence
    assert (found.sha256 is None) == bool(absence)
    if not absence:
        assert store.read(found.sha256 or "") == picture
        assert (found.width, found.height) == (30, 20)
