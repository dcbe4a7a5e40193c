"""What several sightings of a post amount to, in whatever order they came."""

from itertools import permutations

import msgspec
import pytest
from sighted import at, picture, sighting, url_of

from echoloop.collect.sightings import Gone, Sighting
from echoloop.collect.uniting import unite
from echoloop.records import Post


def united(*sightings: Sighting, gone: tuple[Gone, ...] = ()) -> Post | Gone:
    results = [unite(order, gone) for order in permutations(sightings)]
    assert all(result == results[0] for result in results)
    return results[0]


def test_the_newest_edit_wins_whenever_it_was_seen() -> None:
    before = sighting(1, "a longer text before the edit", seen_at=at(9))
    after = sighting(1, "after", seen_at=at(3), edited_at=at(2))
    again = sighting(1, "after all", seen_at=at(4), edited_at=at(4))
    post = united(before, after, again)
    assert isinstance(post, Post)
    assert (post.text, post.edited_at) == ("after all", at(4))


def test_engagement_is_that_of_the_newest_sight() -> None:
    early = sighting(1, seen_at=at(2), likes=50)
    late = sighting(1, seen_at=at(5), likes=40)
    unknown = sighting(1, likes=90)
    post = united(early, late, unknown)
    assert isinstance(post, Post)
    assert post.engagement.likes == 40


def test_keywords_edges_and_pictures_are_united() -> None:
    searched = sighting(1, keywords=("paint",), found_by="keyword", images=(picture("a.png"),))
    talked = sighting(
        1,
        found_by="expansion",
        replies_above=(url_of(7), url_of(8)),
        replies_below=(url_of(2),),
        images=(picture("b.png"), picture("a.png")),
    )
    other = sighting(1, keywords=("brush", "paint"), found_by="keyword", replies_below=(url_of(3),))
    post = united(searched, talked, other)
    assert isinstance(post, Post)
    assert post.keywords == ("brush", "paint")
    assert post.found_by == "keyword"
    assert post.replies_above == (url_of(7), url_of(8))
    assert post.replies_below == (url_of(2), url_of(3))
    assert {image.url.rpartition("/")[2] for image in post.images} == {"a.png", "b.png"}


def test_a_picture_that_came_counts_before_one_that_did_not() -> None:
    here = msgspec.structs.replace(picture("a.png"), sha256="0" * 64, absence="")
    post = united(sighting(1, images=(picture("a.png"),)), sighting(1, images=(here,)))
    assert isinstance(post, Post)
    assert [image.sha256 for image in post.images] == ["0" * 64]


@pytest.mark.parametrize(
    ("reason", "noticed", "stays"),
    [
        ("deleted", at(6), False),
        ("removed", at(6), False),
        ("deleted", at(4), True),
        ("withheld", at(6), False),
        ("withheld", None, True),
        ("blocked", at(6), True),
        ("not found", at(6), False),
        ("not found", at(5), True),
        ("protected", at(4), True),
    ],
)
def test_what_was_taken_back_is_gone_unless_it_was_seen_after_that(reason, noticed, stays) -> None:
    gone = (Gone(url=url_of(1), reason=reason, noticed_at=noticed),)
    result = united(sighting(1, seen_at=at(5)), sighting(1), gone=gone)
    assert isinstance(result, Post) is stays


def test_a_post_of_which_only_the_place_is_known_is_gone() -> None:
    notices = [
        Gone(url=url_of(1), reason="not found"),
        Gone(url=url_of(1), reason="deleted", noticed_at=at(2)),
    ]
    assert unite([], notices) == notices[1]


def test_an_archive_without_dates_is_not_outweighed_by_a_platform_that_does_not_know_the_post() -> None:
    gone = (Gone(url=url_of(1), reason="not found", noticed_at=at(9)),)
    assert isinstance(united(sighting(1), gone=gone), Post)
    deleted = (Gone(url=url_of(1), reason="deleted", noticed_at=at(9)),)
    assert isinstance(united(sighting(1), gone=deleted), Gone)
