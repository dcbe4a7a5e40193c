"""Views of app.bsky.feed: pages of posts, and threads however deep."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoloop.collect.shapes.bluesky import post_uri, post_url, read_posts, read_search, read_thread
from echoloop.collect.sightings import Gone, Occasion, Seen, Sighting, Skipped
from echoloop.records import NotAPostUrl, canonical_url

AT = datetime(2025, 4, 2, tzinfo=UTC)


def named(platform: str, handle: str, native: str = "") -> str | None:
    return f"{handle}/{native}"


OCCASION = Occasion(name_author=named, at=AT, keywords=("gpt image",), found_by="keyword")


def uri(key: object) -> str:
    return f"at://did:plc:aaa/app.bsky.feed.post/{key}"


def url(key: object) -> str:
    return f"https://bsky.app/profile/did:plc:aaa/post/{key}"


def view(key: object, parent: object = None, replies: int = 0, **changes: Any) -> dict[str, Any]:
    record: dict[str, Any] = {
        "$type": "app.bsky.feed.post",
        "text": f'text {key} with "quotes" and {{brackets',
        "createdAt": "2025-04-01T10:00:00.123Z",
        "langs": ["en", "de"],
        "facets": [{"index": {"byteStart": 0, "byteEnd": 4}, "features": []}],
    }
    if parent is not None:
        record["reply"] = {
            "root": {"uri": uri("root"), "cid": "c"},
            "parent": {"uri": uri(parent), "cid": "c"},
        }
    return {
        "uri": uri(key),
        "cid": "bafy",
        "author": {"did": "did:plc:aaa", "handle": "painter-fan-01.example"},
        "record": record,
        "replyCount": replies,
        "repostCount": 1,
        "likeCount": 7,
        "quoteCount": 2,
        "bookmarkCount": 3,
        "indexedAt": "2025-04-01T10:00:01.000Z",
        "viewer": {"like": "at://me"},
        **changes,
    }


def node(post: dict[str, Any], *replies: Any, **more: Any) -> dict[str, Any]:
    return {"$type": "app.bsky.feed.defs#threadViewPost", "post": post, "replies": list(replies), **more}


def not_found(key: object) -> dict[str, Any]:
    return {"$type": "app.bsky.feed.defs#notFoundPost", "uri": uri(key), "notFound": True}


def blocked(key: object) -> dict[str, Any]:
    return {
        "$type": "app.bsky.feed.defs#blockedPost",
        "uri": uri(key),
        "blocked": True,
        "author": {"did": "did:plc:b"},
    }


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


def sightings(seen: list[Seen]) -> dict[str, Sighting]:
    return {one.native.rpartition("/")[2]: one for one in seen if isinstance(one, Sighting)}


def test_a_search_result() -> None:
    images = {
        "$type": "app.bsky.embed.images#view",
        "images": [
            {
                "thumb": "t",
                "fullsize": "https://cdn.bsky.app/f",
                "alt": "a ball",
                "aspectRatio": {"width": 16, "height": 9},
            }
        ],
    }
    found = read_search(
        encoded({"posts": [view("a", "p", embed=images), {"uri": 5}], "cursor": "25"}), OCCASION, "page"
    )
    one = sightings(found.seen)["a"]
    assert found.cursor == "25"
    assert one.post.url == url("a")
    assert one.post.author == "painter-fan-01.example/did:plc:aaa"
    assert one.post.replies_above == (url("p"),)
    assert one.post.language == "en"
    assert (one.post.engagement.likes, one.post.engagement.reposts, one.post.engagement.bookmarks) == (
        7,
        3,
        3,
    )
    assert [(image.url, image.alt, image.width) for image in one.post.images] == [
        ("https://cdn.bsky.app/f", "a ball", None)
    ]
    assert (one.native, one.conversation, one.seen_at) == (uri("a"), uri("root"), AT)
    assert [one.where for one in found.seen if isinstance(one, Skipped)] == ["page, post 2"]


def test_a_quoted_post_comes_along_and_its_pictures_stay_its_own() -> None:
    quoted = {
        "$type": "app.bsky.embed.record#viewRecord",
        "uri": uri("q"),
        "author": {"did": "did:plc:bbb", "handle": "handle.invalid"},
        "value": {
            "$type": "app.bsky.feed.post",
            "text": "the quoted one",
            "createdAt": "2025-03-01T00:00:00Z",
        },
        "embeds": [{"$type": "app.bsky.embed.images#view", "images": [{"fullsize": "https://q", "alt": ""}]}],
    }
    embed = {
        "$type": "app.bsky.embed.recordWithMedia#view",
        "record": {"record": quoted},
        "media": {"$type": "app.bsky.embed.images#view", "images": [{"fullsize": "https://own", "alt": ""}]},
    }
    found = sightings(read_posts(encoded({"posts": [view("a", embed=embed)]}), OCCASION, "page").seen)
    assert found["a"].post.quotes == (url("q"),)
    assert [image.url for image in found["a"].post.images] == ["https://own"]
    assert [image.url for image in found["q"].post.images] == ["https://q"]
    assert (found["q"].post.found_by, found["q"].post.author) == ("expansion", "/did:plc:bbb")


@pytest.mark.parametrize(
    ("kind", "reasons"), [("viewNotFound", ["not found"]), ("viewBlocked", ["blocked"]), ("viewDetached", [])]
)
def test_a_quoted_post_that_is_gone_leaves_an_edge(kind: str, reasons: list[str]) -> None:
    embed = {
        "$type": "app.bsky.embed.record#view",
        "record": {"$type": f"app.bsky.embed.record#{kind}", "uri": uri("q")},
    }
    seen = read_posts(encoded({"posts": [view("a", embed=embed)]}), OCCASION, "page").seen
    assert sightings(seen)["a"].post.quotes == (url("q"),)
    assert [one.reason for one in seen if isinstance(one, Gone)] == reasons


def test_a_repost_in_a_timeline_is_the_original() -> None:
    feed = [
        {
            "post": view("a"),
            "reason": {"$type": "app.bsky.feed.defs#reasonRepost", "by": {}, "indexedAt": "x"},
        }
    ]
    seen = read_search(encoded({"feed": feed}), OCCASION, "page").seen
    assert [type(one) for one in seen] == [Skipped, Sighting]


def test_a_thread_with_ancestors_tombstones_and_cut_leaves() -> None:
    parents = node(view("p2", "p1", 1), parent=node(view("p1", "p0", 9), parent=blocked("p0")))
    body = encoded(
        {
            "thread": node(
                view("a", "p2", 3),
                node(view("b", "a", 4)),
                not_found("gone"),
                node(view("c", "a", 1), node(view("d", "c"))),
                parent=parents["parent"] and parents,
            )
        }
    )
    found = read_thread(body, OCCASION, "page")
    assert set(sightings(found.seen)) == {"a", "b", "c", "d", "p1", "p2"}
    gone = {one.url: one for one in found.seen if isinstance(one, Gone)}
    assert (gone[url("gone")].reason, gone[url("gone")].replies_above) == ("not found", (url("a"),))
    assert (gone[url("p0")].reason, gone[url("p0")].replies_above) == ("blocked", ())
    assert found.cut == (uri("b"),)
    assert found.above == ""


def test_a_thread_whose_root_is_out_of_sight_says_where_to_go_on() -> None:
    assert read_thread(encoded({"thread": node(view("a", "p"))}), OCCASION, "page").above == uri("p")


def test_one_bad_place_does_not_spoil_a_thread() -> None:
    body = encoded(
        {"thread": node(view("a", None, 3), node({"uri": 5}), node(view("b", "a")), {"$type": "odd"})}
    )
    found = read_thread(body, OCCASION, "page")
    assert set(sightings(found.seen)) == {"a", "b"}
    assert sum(isinstance(one, Skipped) for one in found.seen) == 2
    assert found.cut == ()


def deep(levels: int) -> bytes:
    opening = "".join(
        f'{{"$type":"x#threadViewPost","post":{json.dumps(view(level, level - 1 if level else None, 1))},"replies":['
        for level in range(levels)
    )
    return f'{{"thread":{opening}{json.dumps(not_found("end"))}{"]}" * levels}}}'.encode()


def test_a_thread_of_ten_thousand_levels_is_read_like_a_flat_one() -> None:
    found = read_thread(deep(10_000), OCCASION, "page")
    assert len(sightings(found.seen)) == 10_000
    assert sightings(found.seen)["9999"].post.replies_above == (url(9998),)
    assert found.cut == ()


def test_a_deep_chain_of_parents_too() -> None:
    body = json.dumps(view(0)).join(['{"post":', "}"])
    for level in range(1, 3_000):
        body = f'{{"post":{json.dumps(view(level, level - 1))},"parent":{body}}}'
    found = read_thread(f'{{"thread":{body}}}'.encode(), OCCASION, "page")
    assert len(sightings(found.seen)) == 3_000
    assert found.above == ""


@given(st.recursive(st.just([]), lambda trees: st.lists(trees, max_size=3), max_leaves=12), st.booleans())
def test_however_a_thread_branches_every_place_is_found_once(shape: list[Any], spoiled: bool) -> None:
    names = iter(range(10_000))

    def grow(branches: list[Any], parent: object) -> dict[str, Any]:
        key = next(names)
        return node(view(key, parent, len(branches)), *(grow(branch, key) for branch in branches))

    tree = grow(shape, None)
    count = next(names)
    if spoiled:
        tree["replies"].append(node({"uri": None}))
    found = read_thread(encoded({"thread": tree}), OCCASION, "page")
    assert len(sightings(found.seen)) == count
    assert found.cut == ()


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"thread": 5}', b'{"error":"NotFound"}', b'{"posts": 5}']
)
def test_what_is_no_page_is_skipped(body: bytes) -> None:
    for read in (read_thread, read_search):
        assert all(isinstance(one, Skipped) for one in read(body, OCCASION, "page").seen)


def test_uris_and_urls_lead_to_each_other() -> None:
    assert post_uri(post_url(uri("3kabc"))) == uri("3kabc")
    assert canonical_url(post_url(uri("3kabc"))) == post_url(uri("3kabc"))
    with pytest.raises(NotAPostUrl):
        post_url("at://did:plc:aaa/app.bsky.feed.like/3k")
    with pytest.raises(NotAPostUrl):
        post_uri("https://bsky.app/profile/did:plc:aaa")
