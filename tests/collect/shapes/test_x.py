"""Responses of X's API v2, as documented: pages, includes, errors, edits, and lines that twarc2 has flattened."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from echoloop.collect.shapes import Mended
from echoloop.collect.shapes.x import XPage, read_flattened, read_tweets
from echoloop.collect.sightings import Gone, Occasion, Sighting, Skipped
from echoloop.records import Engagement, Post

AT = datetime(2025, 4, 2, tzinfo=UTC)


def named(platform: str, handle: str, native: str = "") -> str | None:
    return f"{platform}/{handle}/{native}"


OCCASION = Occasion(name_author=named, at=AT, keywords=("gpt image",), found_by="keyword")


def tweet(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "text": "a &lt;ball&gt; &amp; a hoop https://t.co/x",
        "author_id": "77",
        "conversation_id": "1",
        "created_at": "2025-04-01T10:00:00.000Z",
        "lang": "en",
        "edit_history_tweet_ids": [str(number)],
        "public_metrics": {
            "retweet_count": 3,
            "reply_count": 1,
            "like_count": 5,
            "quote_count": 2,
            "bookmark_count": 4,
            "impression_count": 900,
        },
        **changes,
    }


def page(*tweets: dict[str, Any], **more: Any) -> bytes:
    users = [{"id": "77", "username": "painter_fan_01", "name": "Painter"}]
    includes = {"users": users, **more.pop("includes", {})}
    return json.dumps({"data": list(tweets), "includes": includes, **more}).encode()


def read(body: bytes) -> XPage:
    return read_tweets(body, OCCASION, "page", Mended())


def posts(found: XPage) -> dict[str, Post]:
    return {one.post.url.rpartition("/")[2]: one.post for one in found.seen if isinstance(one, Sighting)}


def test_a_post_with_its_author_engagement_and_words() -> None:
    (one,) = read(page(tweet())).seen
    assert isinstance(one, Sighting)
    assert one.post.url == "https://x.com/i/status/1"
    assert one.post.text == "a <ball> & a hoop https://t.co/x"
    assert one.post.author == "x/painter_fan_01/77"
    assert one.post.engagement == Engagement(likes=5, views=900, reposts=5, bookmarks=4)
    assert one.post.created_at == datetime(2025, 4, 1, 10, tzinfo=UTC)
    assert (one.post.keywords, one.post.found_by) == (("gpt image",), "keyword")
    assert (one.seen_at, one.native, one.conversation) == (AT, "1", "1")


def test_what_came_along_is_not_found_by_the_keyword() -> None:
    body = page(
        tweet(2, referenced_tweets=[{"type": "replied_to", "id": "1"}, {"type": "quoted", "id": "9"}]),
        includes={"tweets": [tweet(1), tweet(9)]},
    )
    found = posts(read(body))
    assert found["2"].replies_above == ("https://x.com/i/status/1",)
    assert found["2"].quotes == ("https://x.com/i/status/9",)
    assert (found["1"].keywords, found["1"].found_by) == ((), "expansion")


def test_long_text_wins_and_only_photos_are_pictures() -> None:
    media = [
        {
            "media_key": "3_1",
            "type": "photo",
            "url": "https://pbs.twimg.com/media/AA.jpg",
            "alt_text": "a ball",
            "width": 800,
            "height": 600,
        },
        {"media_key": "7_2", "type": "video", "preview_image_url": "https://pbs.twimg.com/v.jpg"},
        {"media_key": "3_3", "type": "photo", "url": "https://pbs.twimg.com/media/BB?format=png&name=small"},
    ]
    body = page(
        tweet(note_tweet={"text": "the whole long text"}, attachments={"media_keys": ["3_3", "7_2", "3_1"]}),
        includes={"media": media},
    )
    post = posts(read(body))["1"]
    assert post.text == "the whole long text"
    assert [image.url for image in post.images] == [
        "https://pbs.twimg.com/media/BB?format=png&name=orig",
        "https://pbs.twimg.com/media/AA.jpg?name=orig",
    ]
    assert (post.images[1].alt, post.images[1].width, post.images[1].absence) == (
        "a ball",
        800,
        "not fetched",
    )


def test_photos_without_an_address_are_counted() -> None:
    mended = Mended()
    read_tweets(page(tweet(attachments={"media_keys": ["3_1", "7_1"]})), OCCASION, "page", mended)
    assert mended.pictures == 1


def test_an_edited_post_keeps_the_identity_of_its_first_version() -> None:
    first, second = "1580661436132757506", "1580661809132757506"
    body = page(
        tweet(int(second), edit_history_tweet_ids=[first, second]),
        tweet(5, referenced_tweets=[{"type": "replied_to", "id": second}]),
    )
    found = read(body)
    post = posts(found)[first]
    assert post.created_at == datetime(2022, 10, 13, 20, 47, 8, tzinfo=UTC)
    assert post.edited_at == datetime(2022, 10, 13, 20, 48, 37, tzinfo=UTC)
    assert posts(found)["5"].replies_above == (post.url,)
    assert not found.parents


def test_an_edited_post_asked_for_by_its_first_id_says_what_it_shows() -> None:
    body = page(
        tweet(100, edit_history_tweet_ids=["100", "101"]), tweet(101, edit_history_tweet_ids=["100", "101"])
    )
    sightings = [one for one in read(body).seen if isinstance(one, Sighting)]
    assert [one.post.url for one in sightings] == ["https://x.com/i/status/100"] * 2
    assert [one.post.edited_at is None for one in sightings] == [True, False]


def test_a_repost_brings_its_original_as_if_it_had_been_found() -> None:
    body = page(
        tweet(2, text="RT @a: a ball", referenced_tweets=[{"type": "retweeted", "id": "1"}]),
        includes={"tweets": [tweet(1)]},
    )
    found = read(body)
    assert [type(one) for one in found.seen] == [Skipped, Sighting]
    assert posts(found)["1"].keywords == ("gpt image",)
    assert found.reads == 2


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (
            {"type": "https://api.twitter.com/2/problems/resource-not-found", "title": "Not Found Error"},
            "not found",
        ),
        ({"type": "https://api.twitter.com/2/problems/not-authorized-for-resource"}, "protected"),
        ({"type": "https://api.twitter.com/2/problems/disallowed-resource"}, "withheld"),
        ({"type": "x", "detail": "has been withheld in your country"}, "withheld"),
    ],
)
def test_errors_are_posts_that_are_gone(problem: dict[str, str], reason: str) -> None:
    fault = {
        "resource_type": "tweet",
        "resource_id": "8",
        "value": "8",
        "parameter": "referenced_tweets.id",
        **problem,
    }
    found = read(page(tweet(2, referenced_tweets=[{"type": "replied_to", "id": "8"}]), errors=[fault]))
    (gone,) = [one for one in found.seen if isinstance(one, Gone)]
    assert (gone.url, gone.reason, gone.noticed_at) == ("https://x.com/i/status/8", reason, AT)
    assert not found.parents


def test_a_withheld_post_leaves_no_text() -> None:
    body = page(
        tweet(
            withheld={"copyright": False, "country_codes": ["DE"]},
            referenced_tweets=[{"type": "replied_to", "id": "9"}],
        )
    )
    (gone,) = read(body).seen
    assert gone == Gone(
        url="https://x.com/i/status/1",
        reason="withheld",
        noticed_at=AT,
        replies_above=("https://x.com/i/status/9",),
    )


def test_users_and_media_that_are_gone_are_no_posts() -> None:
    fault = {"resource_type": "user", "resource_id": "77", "title": "Not Found Error"}
    assert len(read(page(tweet(), errors=[fault])).seen) == 1


def test_parents_are_followed_up_to_the_first_that_is_not_shown() -> None:
    body = page(
        tweet(4, referenced_tweets=[{"type": "replied_to", "id": "3"}]),
        includes={
            "tweets": [
                tweet(3, referenced_tweets=[{"type": "replied_to", "id": "2"}]),
                tweet(9, referenced_tweets=[{"type": "replied_to", "id": "8"}]),
            ]
        },
    )
    assert read(body).parents == ("2",)


def test_a_cycle_of_parents_ends() -> None:
    body = page(
        tweet(1, referenced_tweets=[{"type": "replied_to", "id": "2"}]),
        tweet(2, referenced_tweets=[{"type": "replied_to", "id": "1"}]),
        tweet(3, referenced_tweets=[{"type": "replied_to", "id": "3"}]),
    )
    assert read(body).parents == ()


def test_one_bad_entry_does_not_spoil_the_page() -> None:
    body = page(
        tweet(1, text=5),
        tweet(2),
        tweet(3, created_at="yesterday"),
        {"id": "../etc", "text": "x"},
        includes={"tweets": [{"no": "id"}]},
        errors=["odd"],
        meta={"next_token": "more"},
    )
    found = read(body)
    assert list(posts(found)) == ["2"]
    assert found.next_token == "more"
    wheres = [one.where for one in found.seen if isinstance(one, Skipped)]
    assert sorted(wheres) == [
        "page",
        "page, data 1",
        "page, data 3",
        "page, errors 1",
        "page, includes.tweets 1",
    ]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"null", b"[1]", b"[" * 100_000, b'{"data": ' + b"9" * 5_000 + b"}"]
)
def test_what_is_no_page_is_skipped(body: bytes) -> None:
    assert all(isinstance(one, Skipped) for one in read(body).seen)


def test_a_page_without_results_is_no_loss() -> None:
    assert read(b'{"meta": {"result_count": 0}}').seen == []


def test_lone_surrogates_and_bytes_that_are_no_utf8_are_replaced_and_counted() -> None:
    mended = Mended()
    body = page(tweet(text="x")).replace(b'"x"', b'"lo\\ud800ok \\ud83d\\ude00 \\\\ud800 \xff"')
    (one,) = read_tweets(body, OCCASION, "page", mended).seen
    assert isinstance(one, Sighting)
    assert one.post.text == "lo\ufffdok 😀 \\ud800 \ufffd"
    assert mended.characters == 2


def test_counts_that_nothing_can_have_are_left_out() -> None:
    mended = Mended()
    body = page(tweet(public_metrics={"like_count": -5, "retweet_count": 10**20, "impression_count": 7}))
    (one,) = read_tweets(body, OCCASION, "page", mended).seen
    assert isinstance(one, Sighting)
    assert one.post.engagement == Engagement(views=7)
    assert mended.counts == 2


def test_text_that_was_never_escaped_stays_as_it_is() -> None:
    assert posts(read(page(tweet(text="a < b &amp; c"))))["1"].text == "a < b &amp; c"


def test_a_flattened_line_reads_like_the_page_it_was_made_from() -> None:
    inner = tweet(1, type="replied_to", author={"id": "78", "username": "painter_fan_02"}, author_id="78")
    flat = tweet(
        2,
        author={"id": "77", "username": "painter_fan_01"},
        attachments={
            "media_keys": ["3_1"],
            "media": [{"media_key": "3_1", "type": "photo", "url": "https://pbs.twimg.com/media/AA.jpg"}],
        },
        referenced_tweets=[inner],
        __twarc={"retrieved_at": "2025-04-03T00:00:00+00:00", "version": "2.14.0"},
    )
    found = read_flattened(json.dumps(flat).encode(), OCCASION, "line", Mended())
    post, parent = posts(found)["2"], posts(found)["1"]
    assert post.replies_above == (parent.url,)
    assert parent.author == "x/painter_fan_02/78"
    assert [image.url for image in post.images] == ["https://pbs.twimg.com/media/AA.jpg?name=orig"]
    assert {one.seen_at for one in found.seen if isinstance(one, Sighting)} == {
        datetime(2025, 4, 3, tzinfo=UTC)
    }
