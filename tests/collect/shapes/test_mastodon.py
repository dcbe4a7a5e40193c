"""Statuses of Mastodon's API: HTML, boosts, local ids."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from echoloop.collect.shapes.mastodon import read_context, read_search, read_statuses
from echoloop.collect.sightings import Occasion, Seen, Sighting, Skipped

AT = datetime(2025, 4, 2, tzinfo=UTC)


def named(platform: str, handle: str, native: str = "") -> str | None:
    return handle


OCCASION = Occasion(name_author=named, at=AT, keywords=("gpt image",), found_by="keyword")


def url(number: int) -> str:
    return f"https://masto.example/@fan/{number}"


def status(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "uri": f"https://masto.example/users/fan/statuses/{number}",
        "url": url(number),
        "created_at": "2025-04-01T10:00:00.000Z",
        "edited_at": None,
        "in_reply_to_id": None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": "public",
        "language": "en",
        "content": "<p>A ball &amp; a hoop<br />by <a href='#'>@<span>fan</span></a></p><p>Prompt: red</p>",
        "account": {"id": "1", "acct": "fan", "url": "https://masto.example/@fan"},
        "media_attachments": [],
        "favourites_count": 4,
        "reblogs_count": 2,
        "quotes_count": 1,
        "reblog": None,
        **changes,
    }


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


def sightings(seen: list[Seen]) -> dict[str, Sighting]:
    return {one.native: one for one in seen if isinstance(one, Sighting)}


def test_a_status() -> None:
    media = [
        {
            "type": "image",
            "url": "https://files.example/1.png",
            "description": "a ball",
            "meta": {"original": {"width": 640, "height": 480}},
        },
        {"type": "gifv", "url": "https://files.example/2.mp4", "preview_url": "https://files.example/2.png"},
        {
            "type": "image",
            "url": None,
            "remote_url": "https://far.example/3.png",
            "description": None,
            "meta": None,
        },
    ]
    body = encoded(
        status(
            9,
            media_attachments=media,
            sensitive=True,
            spoiler_text="AI",
            edited_at="2025-04-01T11:00:00.000Z",
        )
    )
    one = sightings(read_statuses(body, OCCASION, "page").seen)["9"]
    assert one.post.url == url(9)
    assert one.post.text == "AI\n\nA ball & a hoop\nby @fan\n\nPrompt: red"
    assert one.post.author == "fan@masto.example"
    assert one.post.edited_at == datetime(2025, 4, 1, 11, tzinfo=UTC)
    assert (one.post.engagement.likes, one.post.engagement.reposts) == (4, 3)
    assert [(image.url, image.alt, image.width) for image in one.post.images] == [
        ("https://files.example/1.png", "a ball", 640),
        ("https://far.example/3.png", "", None),
    ]


def test_a_status_without_url_is_known_by_its_uri() -> None:
    (one,) = read_statuses(encoded(status(9, url=None)), OCCASION, "page").seen
    assert isinstance(one, Sighting)
    assert one.post.url == "https://masto.example/users/fan/statuses/9"


def test_a_remote_author_keeps_his_server() -> None:
    account = {"acct": "fan@far.example", "url": "https://far.example/@fan"}
    assert (
        sightings(read_statuses(encoded(status(9, account=account)), OCCASION, "p").seen)["9"].post.author
        == "fan@far.example"
    )


def test_a_context_links_what_it_shows_and_says_what_it_does_not() -> None:
    context = {
        "ancestors": [status(1, in_reply_to_id="0"), status(2, in_reply_to_id="1")],
        "descendants": [status(4, in_reply_to_id="3"), status(5, in_reply_to_id="4")],
    }
    page = read_context(encoded(context), OCCASION, "page", known={"3": url(3)})
    above = {name: one.post.replies_above for name, one in sightings(page.seen).items()}
    assert above == {"1": (), "2": (url(1),), "4": (url(3),), "5": (url(4),)}
    assert page.parents == {url(1): "0"}
    assert page.known["5"] == url(5)


def test_a_boost_is_its_original() -> None:
    page = read_statuses(encoded([status(8, reblog=status(7)), status(6)]), OCCASION, "page")
    assert set(sightings(page.seen)) == {"7", "6"}
    assert page.ids == ("8", "6")
    assert [one.reason for one in page.seen if isinstance(one, Skipped)] == ["a repost"]


def test_a_quoted_status_comes_along() -> None:
    body = encoded(
        {"statuses": [status(9, quote={"state": "accepted", "quoted_status": status(3)})], "accounts": []}
    )
    found = sightings(read_search(body, OCCASION, "page").seen)
    assert found["9"].post.quotes == (url(3),)
    assert found["3"].post.found_by == "expansion"


@pytest.mark.parametrize("state", ["pending", "revoked", "deleted"])
def test_a_quote_that_is_not_shown_is_no_edge(state: str) -> None:
    body = encoded(status(9, quote={"state": state, "quoted_status": None}))
    assert sightings(read_statuses(body, OCCASION, "page").seen)["9"].post.quotes == ()


@pytest.mark.parametrize("visibility", ["private", "direct"])
def test_what_is_not_public_does_not_come_in(visibility: str) -> None:
    (one,) = read_statuses(encoded(status(9, visibility=visibility)), OCCASION, "page").seen
    assert isinstance(one, Skipped)


def test_one_bad_status_does_not_spoil_the_page() -> None:
    page = read_statuses(
        encoded([{"id": 4}, status(1), status(2, url="javascript:alert(1)")]), OCCASION, "page"
    )
    assert set(sightings(page.seen)) == {"1"}
    assert [one.where for one in page.seen if isinstance(one, Skipped)] == [
        "page, status 1",
        "page, status 3",
    ]


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b"[[]]", b'{"error":"Record not found"}'])
def test_what_is_no_page_is_skipped(body: bytes) -> None:
    for read in (read_statuses, read_context, read_search):
        assert all(isinstance(one, Skipped) for one in read(body, OCCASION, "page").seen)
