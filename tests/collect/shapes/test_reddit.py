"""Reddit's things, as its API and the dumps show them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from echoloop.collect.shapes import Mended
from echoloop.collect.shapes.reddit import More, post_url, read_comments_page, read_listing, read_submission
from echoloop.collect.sightings import Gone, Occasion, Seen, Sighting, Skipped
from echoloop.records import Post

AT = datetime(2025, 4, 2, tzinfo=UTC)


def named(platform: str, handle: str, native: str = "") -> str | None:
    return f"{handle}/{native}" if handle or native else None


OCCASION = Occasion(name_author=named, at=AT, keywords=("gpt image",), found_by="keyword")


def submission(**changes: Any) -> dict[str, Any]:
    return {
        "id": "1abcde",
        "name": "t3_1abcde",
        "title": "Four pictures &amp; a prompt",
        "selftext": "prompt: a &lt;red&gt; ball",
        "author": "painter_fan_01",
        "author_fullname": "t2_u1",
        "created_utc": 1743500000.0,
        "edited": False,
        "permalink": "/r/pictures/comments/1abcde/four_pictures/",
        "url": "https://www.reddit.com/r/pictures/comments/1abcde/four_pictures/",
        "score": 12,
        "ups": 12,
        "num_comments": 3,
        "num_crossposts": 1,
        "subreddit": "pictures",
        **changes,
    }


def comment(name: str, parent: str, **changes: Any) -> dict[str, Any]:
    data = {
        "id": name,
        "link_id": "t3_1abcde",
        "parent_id": parent,
        "body": "nice",
        "author": "painter_fan_02",
        "created_utc": 1743500100,
        "score": 2,
        "replies": "",
        **changes,
    }
    return {"kind": "t1", "data": data}


def listing(*children: Any, after: str | None = None) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"children": list(children), "after": after, "before": None}}


def more(parent: str, *children: str, count: int = 0, depth: int = 0) -> dict[str, Any]:
    data = {"count": count, "name": "t1__", "id": children[0] if children else "_", "parent_id": parent}
    return {"kind": "more", "data": {**data, "depth": depth, "children": list(children)}}


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


def the_post(**changes: Any) -> Post:
    (one, *_) = read_submission(encoded(submission(**changes)), OCCASION, "line")
    assert isinstance(one, Sighting)
    return one.post


def urls(seen: list[Seen]) -> list[str]:
    return [one.post.url for one in seen if isinstance(one, Sighting)]


def test_a_submission() -> None:
    post = the_post(edited=1743500500.0)
    assert post.url == "https://reddit.com/comments/1abcde"
    assert post.text == "Four pictures & a prompt\n\nprompt: a <red> ball"
    assert post.author == "painter_fan_01/t2_u1"
    assert post.created_at == datetime.fromtimestamp(1743500000, UTC)
    assert post.edited_at == datetime.fromtimestamp(1743500500, UTC)
    assert (post.engagement.likes, post.engagement.reposts, post.engagement.views) == (12, 1, None)


@pytest.mark.parametrize("changes", [{"score": -3}, {"hide_score": True}])
def test_a_score_that_says_nothing_of_likes_is_none(changes: dict[str, Any]) -> None:
    assert the_post(**changes).engagement.likes is None


def test_a_gallery_keeps_its_order_and_gives_originals() -> None:
    def item(name: str, **more: Any) -> dict[str, Any]:
        file = {
            "u": f"https://preview.redd.it/{name}.png?width=9&amp;format=png&amp;s=f",
            "x": 1024,
            "y": 768,
        }
        return {"status": "valid", "e": "Image", "m": "image/png", "s": file, **more}

    mended = Mended()
    seen = read_submission(
        encoded(
            submission(
                is_gallery=True,
                gallery_data={
                    "items": [
                        {"media_id": "bb", "caption": "second try"},
                        {"media_id": "cc"},
                        {"media_id": "aa"},
                    ]
                },
                media_metadata={"aa": item("aa"), "bb": item("bb"), "cc": {"status": "failed"}},
            )
        ),
        OCCASION,
        "line",
        mended,
    )
    assert isinstance(seen[0], Sighting)
    images = seen[0].post.images
    assert [image.url for image in images] == ["https://i.redd.it/bb.png", "https://i.redd.it/aa.png"]
    assert (images[0].alt, images[0].width, images[0].height) == ("second try", 1024, 768)
    assert mended.pictures == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"url": "https://i.redd.it/xyz.jpeg"}, "https://i.redd.it/xyz.jpeg"),
        ({"url_overridden_by_dest": "https://i.imgur.com/a.png", "url": "x"}, "https://i.imgur.com/a.png"),
        (
            {
                "url": "https://art.example/1",
                "post_hint": "image",
                "preview": {
                    "images": [{"source": {"url": "https://external-preview.redd.it/q.jpg?a=1&amp;s=2"}}]
                },
            },
            "https://external-preview.redd.it/q.jpg?a=1&s=2",
        ),
        (
            {
                "selftext": "look ![img](mm)",
                "media_metadata": {
                    "mm": {"s": {"u": "https://preview.redd.it/mm.jpg?s=1"}, "m": "image/jpg"}
                },
            },
            "https://i.redd.it/mm.jpg",
        ),
        (
            {"selftext": "https://preview.redd.it/a-title-v0-zz.png?width=1&amp;s=2"},
            "https://i.redd.it/zz.png",
        ),
        ({"selftext": "[mine](https://i.redd.it/yy.png)"}, "https://i.redd.it/yy.png"),
    ],
)
def test_where_pictures_are_found(changes: dict[str, Any], expected: str) -> None:
    assert [image.url for image in the_post(**changes).images] == [expected]


def test_a_link_to_an_article_is_no_picture() -> None:
    preview = {"images": [{"source": {"url": "https://external-preview.redd.it/thumb.jpg"}}]}
    assert the_post(url="https://news.example/story", post_hint="link", preview=preview).images == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"selftext": "[deleted]", "author": "[deleted]"}, "deleted"),
        ({"selftext": "[removed]"}, "removed"),
        ({"selftext": "[ Removed by Reddit in response to a copyright notice. ]"}, "removed"),
        ({"title": "[deleted by user]", "selftext": ""}, "deleted"),
        ({"removed_by_category": "moderator"}, "removed"),
        ({"removed_by_category": "deleted", "selftext": "[deleted]"}, "deleted"),
        (
            {"_meta": {"was_deleted_later": True, "removal_type": "deleted", "retrieved_2nd_on": 1743600000}},
            "deleted",
        ),
    ],
)
def test_what_is_gone_leaves_no_text(changes: dict[str, Any], reason: str) -> None:
    (gone,) = read_submission(encoded(submission(**changes)), OCCASION, "line")
    assert isinstance(gone, Gone)
    assert (gone.url, gone.reason) == ("https://reddit.com/comments/1abcde", reason)


def test_a_deleted_account_leaves_its_posts() -> None:
    assert the_post(author="[deleted]", author_fullname=None).author is None


def test_a_crosspost_quotes_its_original_and_brings_it() -> None:
    original = submission(id="0zz", title="the original")
    seen = read_submission(
        encoded(submission(crosspost_parent="t3_0zz", crosspost_parent_list=[original])), OCCASION, "line"
    )
    assert isinstance(seen[0], Sighting)
    assert isinstance(seen[1], Sighting)
    assert seen[0].post.quotes == (seen[1].post.url,) == ("https://reddit.com/comments/0zz",)
    assert (seen[1].post.found_by, seen[1].post.keywords) == ("expansion", ())


def test_a_comment_page_is_read_in_order_with_its_stubs() -> None:
    tree = listing(
        comment(
            "c1",
            "t3_1abcde",
            replies=listing(comment("c2", "t1_c1", body="[removed]"), more("t1_c1", depth=10)),
        ),
        {"kind": "t1", "data": {"id": 3}},
        comment("c3", "t3_1abcde", body="https://i.imgur.com/x.png"),
        more("t3_1abcde", "d1", "d2", count=17),
    )
    found = read_comments_page(
        encoded([listing({"kind": "t3", "data": submission()}), tree]), OCCASION, "page"
    )
    assert urls(found.seen) == [post_url("1abcde"), post_url("1abcde", "c1"), post_url("1abcde", "c3")]
    (gone,) = [one for one in found.seen if isinstance(one, Gone)]
    assert (gone.url, gone.replies_above) == (post_url("1abcde", "c2"), (post_url("1abcde", "c1"),))
    assert sum(isinstance(one, Skipped) for one in found.seen) == 1
    assert found.more == (
        More(link_id="1abcde", parent="c1", depth=10),
        More(link_id="1abcde", parent="1abcde", children=("d1", "d2"), count=17),
    )


def test_the_answer_of_morechildren() -> None:
    things = [comment("d1", "t3_1abcde"), more("t1_d1", "e1", count=4, depth=1)]
    found = read_comments_page(
        encoded({"json": {"errors": [], "data": {"things": things}}}), OCCASION, "page"
    )
    assert urls(found.seen) == [post_url("1abcde", "d1")]
    assert found.more == (More(link_id="1abcde", parent="d1", children=("e1",), count=4, depth=1),)


def test_a_search_says_where_the_next_page_begins() -> None:
    found = read_listing(
        encoded(listing({"kind": "t3", "data": submission()}, {"kind": "t5", "data": {}}, after="t3_next")),
        OCCASION,
        "page",
    )
    assert found.after == "t3_next"
    assert [type(one) for one in found.seen] == [Sighting, Skipped]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]x",
        b'{"error": 404}',
        b"[" * 50_000,
        b'{"kind":"Listing","data":{"children":[5,null]}}',
    ],
)
def test_what_is_no_listing_is_skipped(body: bytes) -> None:
    assert all(isinstance(one, Skipped) for one in read_comments_page(body, OCCASION, "page").seen)
