"""Every format is recognised, said in words, and read."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from archive_entries import (
    comment,
    echo_post,
    gone_of,
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

from echoloop.collect.archives import Format
from echoloop.collect.sightings import Sighting
from echoloop.records import Mistake

X, REDDIT, SKY, MASTO = (
    "https://x.com/i/status/",
    "https://reddit.com/comments/",
    "https://bsky.app/profile/did:plc:aaa/post/",
    "https://masto.example/@fan/",
)
THREAD = {
    "thread": {
        "post": post_view("a"),
        "replies": [
            {"post": post_view("b")},
            {"$type": "app.bsky.feed.defs#notFoundPost", "uri": "at://did:plc:aaa/app.bsky.feed.post/z"},
        ],
    }
}
COMMENTS = [
    {"kind": "Listing", "data": {"children": [{"kind": "t3", "data": submission("abc")}]}},
    {"kind": "Listing", "data": {"children": [{"kind": "t1", "data": comment("c1")}]}},
]
WHOLE: list[tuple[Format, list[Any], list[str]]] = [
    ("twarc2", [tweet_page(tweet(1), tweet(2)), tweet_page(tweet(3))], [X + "1", X + "2", X + "3"]),
    ("twarc2", [tweet(1, author={"id": "77", "username": "f"}), tweet(2)], [X + "1", X + "2"]),
    ("twarc2", [tweet(1), tweet_page(tweet(2)), tweet(3)], [X + "1", X + "2", X + "3"]),
    ("twarc2", [{"data": tweet(1), "matching_rules": [{"id": "1"}]}], [X + "1"]),
    ("reddit", [submission("abc"), comment("c1")], [REDDIT + "abc", REDDIT + "abc/_/c1"]),
    (
        "reddit",
        [{"kind": "t3", "data": submission("abc")}, {"data": [comment("c1")]}],
        [REDDIT + "abc", REDDIT + "abc/_/c1"],
    ),
    ("reddit", [COMMENTS], [REDDIT + "abc", REDDIT + "abc/_/c1"]),
    ("bluesky", [post_view("a"), {"post": post_view("b")}], [SKY + "a", SKY + "b"]),
    (
        "bluesky",
        [{"posts": [post_view("a")], "cursor": "1"}, {"feed": [{"post": post_view("b")}]}],
        [SKY + "a", SKY + "b"],
    ),
    ("bluesky", [THREAD], [SKY + "a", SKY + "b"]),
    ("mastodon", [status(1), [status(2), status(3)]], [MASTO + "1", MASTO + "2", MASTO + "3"]),
    ("mastodon", [{"statuses": [status(1)], "accounts": [], "hashtags": []}], [MASTO + "1"]),
    ("mastodon", [{"ancestors": [status(1)], "descendants": [status(2)]}], [MASTO + "1", MASTO + "2"]),
    ("echo", [echo_post(1), echo_post(2)], [X + "1", X + "2"]),
]


@pytest.mark.parametrize(("form", "entries", "urls"), WHOLE)
def test_a_file_is_recognised_and_read_one_entry_a_line(
    tmp_path: Path, form: Format, entries: list[Any], urls: list[str]
) -> None:
    archive = the_archive(written(tmp_path / "posts", *entries))
    seen = read_all(archive)
    assert archive.format == form
    assert [post.url for post in posts_of(seen)] == urls
    assert not skipped_of(seen)
    assert "line" in archive.why


@pytest.mark.parametrize(("form", "entries", "urls"), WHOLE)
@pytest.mark.parametrize("indent", [None, 2])
def test_so_is_one_large_array_and_text_over_many_lines(
    tmp_path: Path, form: Format, entries: list[Any], urls: list[str], indent: int | None
) -> None:
    path = tmp_path / "posts.json"
    path.write_text(json.dumps(entries if len(entries) > 1 else entries[0], indent=indent))
    archive = the_archive(path)
    seen = read_all(archive)
    assert archive.format == form
    assert [post.url for post in posts_of(seen)] == urls
    assert not skipped_of(seen)


def test_what_the_archive_says_of_its_own_capture_is_when_a_post_was_seen(tmp_path: Path) -> None:
    for name, entry, at in (
        ("x", tweet_page(tweet(1)), datetime(2025, 4, 3, tzinfo=UTC)),
        ("reddit", submission(), datetime.fromtimestamp(1743600000, UTC)),
        ("bluesky", post_view(), None),
    ):
        (one,) = read_all(the_archive(written(tmp_path / name, entry)))
        assert isinstance(one, Sighting)
        assert (one.seen_at, one.post.found_by) == (at, "archive")


def test_a_post_in_echos_raw_fields(tmp_path: Path) -> None:
    (post, other) = posts_of(
        read_all(the_archive(written(tmp_path / "p", echo_post(1), echo_post(2, keyword=None))))
    )
    assert post.url == X + "1"
    assert post.replies_above == (X + "9",)
    assert post.created_at == datetime(2025, 4, 1, 8, tzinfo=UTC)
    assert post.author == "x/painter_fan_01"
    assert (post.keywords, post.found_by) == (("paint",), "keyword")
    assert (other.keywords, other.found_by) == ((), "expansion")
    assert [(image.url, image.alt) for image in post.images] == [("media/a.png", "a ball")]
    assert post.engagement.likes == 2
    assert post.source_posts == (post.url,)


def test_replies_on_mastodon_find_their_parent_wherever_it_stands(tmp_path: Path) -> None:
    archive = the_archive(
        written(
            tmp_path / "p",
            status(3, in_reply_to_id="2"),
            status(2, in_reply_to_id="1"),
            status(4, in_reply_to_id="2"),
        )
    )
    found = {post.url: post for post in posts_of(read_all(archive))}
    assert found[MASTO + "2"].replies_below == (MASTO + "3",)
    assert found[MASTO + "4"].replies_above == (MASTO + "2",)
    assert archive.notes() == ["1 replies answer a status that this archive does not show"]


def test_replies_on_mastodon_find_a_parent_that_was_read_before_the_run_was_interrupted(
    tmp_path: Path,
) -> None:
    archive = the_archive(written(tmp_path / "p", status(1), status(2, in_reply_to_id="1")))
    (reply,) = posts_of(read_all(archive, 1))
    assert reply.replies_above == (MASTO + "1",)


def test_a_thread_that_is_nested_deeper_than_json_readers_go_is_recognised(tmp_path: Path) -> None:
    kind = '"$type":"app.bsky.feed.defs#threadViewPost"'
    opening = "".join(
        f'{{{kind},"post":{json.dumps(post_view(f"k{level}"))},"replies":[' for level in range(2_000)
    )
    path = tmp_path / "p.json"
    path.write_text('{"thread":' + opening + "]}" * 2_000 + "}")
    archive = the_archive(path)
    assert archive.format == "bluesky"
    assert len(posts_of(read_all(archive))) == 2_000


def test_threads_keep_their_tombstones(tmp_path: Path) -> None:
    (gone,) = gone_of(read_all(the_archive(written(tmp_path / "p", THREAD))))
    assert (gone.url, gone.replies_above) == (SKY + "z", (SKY + "a",))


@pytest.mark.parametrize("own", [tweet(1), submission(), status(1), post_view(), echo_post(1)])
def test_entries_of_another_format_are_said_to_be_that(tmp_path: Path, own: dict[str, Any]) -> None:
    others = (tweet_page(tweet(7)), comment(), status(9), post_view("z"))
    seen = read_all(the_archive(written(tmp_path / "p", *[own] * 5, *others)))
    skipped = skipped_of(seen)
    assert len(skipped) >= 3
    assert all(reason.startswith("another format (") for _, reason in skipped)
    assert len(seen) == 9


def test_a_file_that_is_surely_something_else_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "p", submission(), comment())
    with pytest.raises(Mistake, match=r"things of Reddit.*\n.*--format reddit"):
        the_archive(path, "twarc2")


@pytest.mark.parametrize(
    "content", [b'{"a": 1}\n{"b": 2}\n', b"[1, 2, 3]\n", b'{"id": 1, "full_text": "v1.1", "user": {}}\n']
)
def test_json_that_nobody_knows_is_refused_with_what_was_looked_for(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p"
    path.write_bytes(content)
    with pytest.raises(Mistake, match="--map") as caught:
        the_archive(path)
    assert "--format" in str(caught.value)


def test_nothing_read_of_a_whole_file_is_a_mistake_and_no_empty_result(tmp_path: Path) -> None:
    archive = the_archive(written(tmp_path / "p", {"url": "no url", "text": "x"}, {"url": 5}), "echo")
    with pytest.raises(Mistake, match="not one entry") as caught:
        read_all(archive)
    assert "--format" in str(caught.value)


def test_an_empty_file_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "p"
    path.write_bytes(b"\n  \n")
    archive = the_archive(path)
    assert read_all(archive) == []
    assert "empty" in archive.why


def test_a_mapping_for_a_format_that_needs_none_is_a_mistake(tmp_path: Path) -> None:
    path = written(tmp_path / "p", tweet(1))
    with pytest.raises(Mistake, match="mapping"):
        the_archive(path, "twarc2", {"url": "link"})
