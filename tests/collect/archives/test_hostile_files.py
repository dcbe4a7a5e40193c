"""Archives are hostile: whatever a line holds, it becomes a post or a loss that says where, and the rest goes on."""

import json
from pathlib import Path
from typing import Any

import pytest
from archive_entries import (
    comment,
    echo_post,
    named,
    post_view,
    posts_of,
    read_all,
    skipped_of,
    status,
    submission,
    the_archive,
    tweet,
    tweet_page,
    written,
)
from hypothesis import given
from hypothesis import strategies as st

from echoloop.collect.archives.pieces import split_lines, split_values
from echoloop.records import Engagement, Post
from echoloop.records.arrow import from_table, to_table


@pytest.mark.parametrize(
    "bad",
    [
        b"{",
        b"[]x",
        b"null",
        b'{"text": "no url"}',
        b'{"url": "not a url"}',
        b'{"url": "https://x.com/painter_fan_01"}',
        b'{"url": "https://reddit.com/r/pictures"}',
        b'{"url": "https://example.org"}',
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
        b'{"url": "https://x.com/a/status/1", "text": "' + b"x" * 1_000_001 + b'"}',
    ],
)
def test_a_bad_line_is_counted_with_its_place_and_the_rest_goes_on(tmp_path: Path, bad: bytes) -> None:
    seen = read_all(the_archive(written(tmp_path / "posts.jsonl", echo_post(1), bad, echo_post(2))))
    assert len(posts_of(seen)) == 2
    ((where, reason),) = skipped_of(seen)
    assert where == "posts.jsonl:2"
    assert reason


@pytest.mark.parametrize(
    "good", [tweet(1), tweet_page(tweet(1)), submission(), comment(), post_view(), status(1)]
)
@pytest.mark.parametrize(
    "bad", [b"{", b"5", b'"text"', b"[" * 100_000, b'{"id": 5}', b'{"data": 5}', b"\xff\xfe\x00", b"{}"]
)
def test_in_every_format(tmp_path: Path, good: dict[str, Any], bad: bytes) -> None:
    seen = read_all(the_archive(written(tmp_path / "p", good, good, bad, good)))
    assert len(posts_of(seen)) == 3
    assert all(where.startswith("p:3") for where, _ in skipped_of(seen))


def test_a_half_written_last_line_is_said_to_be_that(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_bytes(json.dumps(tweet(1)).encode() + b"\n" + json.dumps(tweet(2)).encode()[:40])
    seen = read_all(the_archive(path))
    assert len(posts_of(seen)) == 1
    assert skipped_of(seen) == [("p.jsonl:2", "half-written last line")]


def test_a_last_line_without_an_end_is_read(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_bytes(json.dumps(tweet(1)).encode())
    assert len(posts_of(read_all(the_archive(path)))) == 1


def test_an_array_that_breaks_off_keeps_what_came(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(json.dumps([status(1), status(2), status(3)], indent=1).encode()[:-120])
    seen = read_all(the_archive(path))
    assert len(posts_of(seen)) == 2
    ((where, reason),) = skipped_of(seen)
    assert (where.partition(":")[0], reason) == ("p.json", "half-written last line")


def test_characters_that_cannot_be_stored_are_replaced_and_counted(tmp_path: Path) -> None:
    line = json.dumps(echo_post(1)).encode().replace(b'"look"', b'"lo\\ud800o\xffk"')
    archive = the_archive(written(tmp_path / "p", line))
    (post,) = posts_of(read_all(archive))
    assert post.text == "lo\ufffdo\ufffdk"
    assert archive.notes() == ["2 characters that no UTF-8 can carry were replaced by U+FFFD"]


def test_a_byte_order_mark_and_windows_line_ends_are_no_content(tmp_path: Path) -> None:
    path = tmp_path / "p"
    path.write_bytes(
        b"\xef\xbb\xbf" + b"\r\n".join(json.dumps(tweet(number)).encode() for number in (1, 2)) + b"\r\n"
    )
    seen = read_all(the_archive(path))
    assert len(posts_of(seen)) == 2
    assert not skipped_of(seen)


def test_dates_without_zone_and_from_the_future_are_kept_and_counted(tmp_path: Path) -> None:
    archive = the_archive(
        written(
            tmp_path / "p",
            echo_post(1, timestamp="2025-04-01T10:00:00"),
            echo_post(2, timestamp="2999-01-01T00:00:00Z"),
        )
    )
    first, second = posts_of(read_all(archive))
    assert first.created_at is not None
    assert first.created_at.isoformat() == "2025-04-01T10:00:00+00:00"
    assert second.created_at is not None
    assert archive.notes() == [
        "1 posts are dated in the future; they were kept as they are",
        "1 dates have no zone and were taken as UTC",
    ]


@pytest.mark.parametrize(
    "timestamp",
    [
        "0001-01-01T00:00:00Z",
        "1969-07-20T20:17:40Z",
        "9999-12-31T23:59:59.999999Z",
        "2126-01-01T00:00:00+14:00",
        1743500000,
    ],
)
def test_any_time_that_can_be_stored_is_kept(tmp_path: Path, timestamp: Any) -> None:
    posts = posts_of(read_all(the_archive(written(tmp_path / "p", echo_post(1, timestamp=timestamp)))))
    assert len(posts) == 1
    assert from_table(to_table(posts, Post), Post) == posts


@pytest.mark.parametrize("likes", [10**20, 2**63, -5, -(10**30)])
def test_a_count_that_nothing_can_have_is_left_out_and_counted(tmp_path: Path, likes: int) -> None:
    archive = the_archive(
        written(tmp_path / "p", echo_post(1, engagement={"likes": likes, "views": 2**63 - 1, "reposts": 0}))
    )
    (post,) = posts_of(read_all(archive))
    assert post.engagement == Engagement(likes=None, views=2**63 - 1, reposts=0)
    assert archive.notes()[0].startswith("1 counts that nothing can have")
    assert from_table(to_table([post], Post), Post) == [post]


def test_the_same_post_with_different_content_goes_on_twice(tmp_path: Path) -> None:
    seen = read_all(the_archive(written(tmp_path / "p", tweet(1, text="old"), tweet(1, text="new"))))
    assert [post.text for post in posts_of(seen)] == ["old", "new"]


def test_reading_goes_on_behind_any_line(tmp_path: Path) -> None:
    archive = the_archive(
        written(tmp_path / "p", *(tweet_page(tweet(2 * n), tweet(2 * n + 1)) for n in range(1, 1_500)))
    )
    batches = list(archive.batches(named))
    assert len(batches) > 2
    whole = [post.url for post in posts_of([one for batch in batches for one in batch.seen])]
    for number, batch in enumerate(batches):
        before = [
            post.url for post in posts_of([one for earlier in batches[: number + 1] for one in earlier.seen])
        ]
        assert [*before, *(post.url for post in posts_of(read_all(archive, batch.position)))] == whole
    assert read_all(archive, batches[-1].position) == []


chunks = st.lists(st.binary(max_size=20), max_size=20)


@given(
    st.lists(st.binary(max_size=8).filter(lambda line: b"\n" not in line), max_size=12),
    st.integers(0, 13),
    st.integers(1, 9),
)
def test_lines_do_not_depend_on_how_the_bytes_come(lines: list[bytes], start: int, size: int) -> None:
    text = b"\n".join([b"first", *lines])
    given_chunks = [text[at : at + size] for at in range(0, len(text), size)]
    wanted = [
        (number, line.strip())
        for number, line in enumerate([b"first", *lines], start=1)
        if line.strip() and number > start
    ]
    assert [(piece.number, piece.data) for piece in split_lines(given_chunks, start)] == wanted


values = st.recursive(
    st.none() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(st.dictionaries(st.text(max_size=4), values, max_size=4), max_size=5),
    st.booleans(),
    st.integers(1, 11),
    st.integers(0, 6),
)
def test_values_do_not_depend_on_how_the_bytes_come(
    objects: list[Any], array: bool, size: int, start: int
) -> None:
    text = json.dumps(objects, indent=1) if array else "\n".join(json.dumps(one, indent=2) for one in objects)
    data = text.encode()
    pieces = list(split_values([data[at : at + size] for at in range(0, len(data), size)], start))
    assert [json.loads(piece.data) for piece in pieces] == objects[start:]
    assert all(data.split(b"\n")[piece.line - 1].lstrip().startswith(b"{") for piece in pieces)


@given(chunks)
def test_no_bytes_break_the_splitting(given_chunks: list[bytes]) -> None:
    list(split_lines(given_chunks))
    list(split_values(given_chunks))
