"""`echoloop collect` from the keyword to the tables, on each platform, and what a second run does."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from collect_runs import KEYS, Town, collect, errands, everything, rows, set_up
from platforms.bluesky import Bluesky, view
from platforms.mastodon import Mastodon, number_at, status
from platforms.reddit import Reddit, comment, submission
from platforms.x import X, tweet

from echoloop.images import content_hash
from echoloop.records import Author, Post, Relevance, Tombstone

AT = datetime(2025, 3, 26, 10, tzinfo=UTC)
DAY = "2025-03-26T10:00:00.000Z"
HIT = "what Lab Painter does at Lab Atelier"
BORING = "a boring Lab Painter news line"
BELOW = "prompt below"


class Place(NamedTuple):
    """A platform with one conversation that matters; what is to come of it."""

    platform: str
    relevant: str
    boring: str
    conversation: frozenset[str]
    unfollowed: str
    gone: frozenset[str]


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


def x(town: Town) -> Place:
    pictures = [("3_1", "red"), ("3_2", "green"), ("3_3", "blue")]
    said = [
        tweet(100, "has anybody tried the new one?", created_at=DAY),
        tweet(101, HIT, created_at=DAY, reply_to=100, thread=100, attachments={"media_keys": ["3_1"]}),
        tweet(102, BELOW, created_at=DAY, reply_to=101, thread=100, attachments={"media_keys": ["3_2"]}),
        tweet(103, "to whom?", created_at=DAY, reply_to=99, thread=100),
        tweet(110, BORING, created_at=DAY, attachments={"media_keys": ["3_3"]}),
        tweet(111, "unfollowed", created_at=DAY, reply_to=110, thread=110),
    ]
    platform = X(said)
    platform.media = {
        key: {"media_key": key, "type": "photo", "url": town.picture(name)} for key, name in pictures
    }
    town.add(platform)
    url = "https://x.com/i/status/{}".format
    return Place(
        "x", url(101), url(110), frozenset(map(url, (100, 102, 103))), url(111), frozenset({url(99)})
    )


def reddit(town: Town) -> Place:
    at = AT.timestamp()
    uploaded = {"status": "valid", "m": "image/jpeg", "s": {"u": town.picture("green"), "x": 24, "y": 32}}
    said = [
        submission("r1", HIT, at=at, url=town.picture("red"), is_self=False),
        comment("c1", "r1", body=f"{BELOW} ![img](m1)", created_utc=at, media_metadata={"m1": uploaded}),
        comment("c2", "r1", "c1", body="[removed]", author="[deleted]", created_utc=at),
        comment("c3", "r1", "c2", body="why was that removed?", created_utc=at),
        submission("r2", BORING, at=at, url=town.picture("blue"), is_self=False),
        comment("c4", "r2", body="unfollowed", created_utc=at),
    ]
    town.add(Reddit(said))
    url = "https://reddit.com/comments/{}".format
    return Place(
        "reddit",
        url("r1"),
        url("r2"),
        frozenset({url("r1/_/c1"), url("r1/_/c3")}),
        url("r2/_/c4"),
        frozenset({url("r1/_/c2")}),
    )


def bluesky(town: Town) -> Place:
    def shown(name: str) -> dict:
        image = {"fullsize": town.picture(name), "thumb": town.picture(name), "alt": name}
        return {"embed": {"$type": "app.bsky.embed.images#view", "images": [image]}}

    said = [
        view("b0", "has anybody tried the new one?", at=DAY),
        view("b1", HIT, parent="b0", at=DAY, **shown("red")),
        view("b2", BELOW, parent="b1", root="b0", at=DAY, **shown("green")),
        view("b3", "this one is hidden", parent="b1", root="b0", at=DAY),
        view("b4", BORING, at=DAY, **shown("blue")),
        view("b5", "unfollowed", parent="b4", at=DAY),
    ]
    platform = Bluesky(said)
    platform.blocked = {said[3]["uri"]}
    town.add(platform)
    url = "https://bsky.app/profile/did:plc:painterfan01/post/{}".format
    return Place(
        "bluesky", url("b1"), url("b4"), frozenset(map(url, ("b0", "b2"))), url("b5"), frozenset({url("b3")})
    )


def mastodon(town: Town) -> Place:
    def shown(name: str) -> dict:
        return {"media_attachments": [{"id": "1", "type": "image", "url": town.picture(name)}]}

    first = number_at(AT)
    said = [
        status(first, "has anybody tried the new one?", created_at=DAY),
        status(first + 1, HIT, reply_to=first, created_at=DAY, **shown("red")),
        status(first + 2, BELOW, reply_to=first + 1, created_at=DAY, **shown("green")),
        status(first + 3, BORING, created_at=DAY, **shown("blue")),
        status(first + 4, "unfollowed", reply_to=first + 3, created_at=DAY),
    ]
    town.add(Mastodon(said))
    url = [f"https://social.example/@painter_fan_01/{first + number}" for number in range(5)]
    return Place("mastodon", url[1], url[3], frozenset({url[0], url[2]}), url[4], frozenset())


PLACES: list[Callable[[Town], Place]] = [x, reddit, bluesky, mastodon]


@pytest.mark.parametrize("plant", PLACES)
def test_from_the_keyword_to_the_tables_and_again(
    plant: Callable[[Town], Place], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town = Town()
    place = plant(town)
    with town:
        set_up(tmp_path, town)
        collect(tmp_path)
        posts = rows(tmp_path, "posts", Post)
        assert set(posts) == {place.relevant, place.boring, *place.conversation}
        assert set(rows(tmp_path, "gone", Tombstone)) == place.gone
        assert set(rows(tmp_path, "relevance", Relevance)) == {place.relevant}
        assert {post["text"] for post in town.read} == {posts[place.relevant].text, posts[place.boring].text}
        assert posts[place.relevant].keywords == ("Lab Atelier", "Lab Painter")
        assert {posts[url].found_by for url in place.conversation} == {"expansion"}
        here = {image.sha256 for post in posts.values() for image in post.images}
        assert here == {
            content_hash(town.pictures["red.jpg"]),
            content_hash(town.pictures["green.jpg"]),
            None,
        }
        assert town.shown.keys() == {"red.jpg", "green.jpg"}
        writers = {post.author for post in posts.values()}
        assert {author.id for author in rows(tmp_path, "authors", Author).values()} == writers
        assert set(errands(tmp_path)) == {"done"}

        first, asked, read = everything(tmp_path), town.asked(), len(town.read)
        capsys.readouterr()
        assert all(result.fresh for result in collect(tmp_path))
        assert everything(tmp_path) == first
        assert (town.asked(), len(town.read), town.shown.total()) == (asked, read, 2)
        assert "still to be made" not in capsys.readouterr().out

        set_up(tmp_path, town, until="2025-04-10")
        collect(tmp_path)
        later = town.asked() - asked
        assert 0 < later.total() <= 4
        assert everything(tmp_path) == first
        assert len(town.read) == read


def test_a_picture_that_did_not_come_has_a_reason_and_is_tried_again(tmp_path: Path) -> None:
    town = Town()
    place = x(town)
    del town.pictures["green.jpg"]
    town.broken = {"red.jpg"}
    with town:
        set_up(tmp_path, town)
        collect(tmp_path)
        (image,) = rows(tmp_path, "posts", Post)[place.relevant].images
        assert (image.sha256, image.absence) == (None, "server error: HTTP 408")
        town.broken.clear()
        collect(tmp_path)
        (image,) = rows(tmp_path, "posts", Post)[place.relevant].images
        assert image.sha256 == content_hash(town.pictures["red.jpg"])
        assert town.shown["green.jpg"] == 1
