"""Archives are hostile: every line becomes a post or a loss that says where."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from echoloop.collect.archive import SeenText, read_archive
from echoloop.collect.importing import PictureFile, absence_note, import_picture
from echoloop.collect.merging import merge_sightings
from echoloop.images import encode_png
from echoloop.records import Drop, Engagement, ImageRef, Keep, Mistake, Post
from echoloop.records.arrow import from_table, to_table
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
    assert post.created_at.isoformat() == "2025-04-01T08:00:00+00:00"
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
        b'{"url": "https://x.com/a/status/1", "timestamp": "9999-12-31T23:59:59-12:00"}',
        b'{"url": "https://x.com/a/status/1", "timestamp": "0001-01-01T00:00:00+14:00"}',
        b'{"url": "https://x.com/a/status/1", "timestamp": 1e300}',
        b'{"url": "https://x.com/a/status/1", "timestamp": NaN}',
        b'{"url": "https://x.com/a/status/1", "engagement": {"likes": Infinity}}',
        b'{"url": "https://x.com/a/status/1", "engagement": {"likes": ' + b"9" * 5000 + b"}}",
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


@pytest.mark.parametrize(
    "timestamp",
    [
        "0001-01-01T00:00:00Z",
        "1969-07-20T20:17:40Z",
        "9999-12-31T23:59:59.999999Z",
        "2126-01-01T00:00:00+14:00",
    ],
)
def test_any_time_that_can_be_stored_is_kept(tmp_path: Path, timestamp: str) -> None:
    posts, dropped, _ = read(tmp_path, line(timestamp=timestamp))
    assert not dropped
    assert from_table(to_table(posts, Post), Post) == posts


@pytest.mark.parametrize("likes", [10**20, 2**63, -5, -(10**30)])
def test_a_count_that_nothing_can_have_is_left_out_and_counted(tmp_path: Path, likes: int) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(line(engagement={"likes": likes, "views": 2**63 - 1, "reposts": 0}))
    seen = SeenText()
    (kept,) = read_archive(path, seen)
    assert isinstance(kept, Keep)
    assert kept.row.engagement == Engagement(likes=None, views=2**63 - 1, reposts=0)
    assert seen.impossible == 1
    assert from_table(to_table([kept.row], Post), Post) == [kept.row]


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
        ("media", "no such file"),
        ("media/pipe.png", "no such file"),
        ("media/huge.png", "too_many_bytes"),
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
    os.mkfifo(folder / "media" / "pipe.png")
    with (folder / "media" / "huge.png").open("wb") as file:
        file.truncate(1 << 40)
    store = ImageStore(tmp_path / "images")
    found = import_picture(PictureFile(folder=str(folder), url=name), store)
    assert absence in found.absence
    assert (found.sha256 is None) == bool(absence)
    if not absence:
        assert store.read(found.sha256 or "") == picture
        assert (found.width, found.height) == (30, 20)


def test_pictures_that_are_not_here_are_counted_by_reason(tmp_path: Path) -> None:
    store = ImageStore(tmp_path / "images")
    (tmp_path / "a.png").write_bytes(encode_png(np.zeros((20, 30, 3), np.uint8)))
    (tmp_path / "b.png").write_bytes(b"hello")
    names = ["a.png", "b.png", "c.png", "https://a.example/d.png", "https://a.example/e.png"]
    found = [import_picture(PictureFile(folder=str(tmp_path), url=name), store) for name in names]
    assert absence_note(found) == (
        "4 of 5 pictures are not here: not fetched (2), no such file beside the archive (1), not an image (1)"
        " (an archive's pictures must lie beside it)"
    )
    assert absence_note(found[:1]) == ""
    assert (
        absence_note([ImageRef(sha256=None, absence="x"), *found[:1]])
        == "1 of 2 pictures are not here: x (1)"
    )
