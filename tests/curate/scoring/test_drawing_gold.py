"""Which conversations are drawn to be labelled."""

from datetime import UTC, datetime

from echoloop.curate.scoring import draw_threads
from echoloop.records import Post, Thread


def world(counts: dict[str, int]) -> tuple[list[Thread], dict[str, Post]]:
    posts = [
        Post(
            url=f"https://{platform}.example/{number}",
            platform=platform,
            text="",
            created_at=datetime(2025, 4, 1, tzinfo=UTC),
            language="en",
        )
        for platform, count in counts.items()
        for number in range(count)
    ]
    threads = [Thread(id=post.url, posts=(post.url,), parents=(-1,)) for post in posts]
    return threads, {post.url: post for post in posts}


def platforms(drawn: list[Thread], posts: dict[str, Post]) -> list[str]:
    return [posts[one.id].platform for one in drawn]


def test_each_platform_has_its_share_and_none_is_left_out() -> None:
    threads, posts = world({"x": 80, "reddit": 18, "bluesky": 2})
    drawn = platforms(draw_threads(threads, posts, 20), posts)
    assert len(drawn) == 20
    assert (drawn.count("bluesky"), drawn.count("reddit")) == (1, 3)
    assert set(platforms(draw_threads(threads, posts, 3), posts)) == {"x", "reddit", "bluesky"}


def test_the_seed_decides_and_the_order_of_rows_does_not() -> None:
    threads, posts = world({"x": 50})
    assert draw_threads(threads, posts, 9) == draw_threads(threads[::-1], posts, 9)
    assert draw_threads(threads, posts, 9) != draw_threads(threads, posts, 9, seed=1)
    assert len(draw_threads(threads, posts, 500)) == 50
    assert draw_threads([], {}, 5) == []


def test_more_conversations_do_not_reshuffle() -> None:
    threads, posts = world({"x": 60})
    few = {one.id for one in draw_threads(threads[:50], posts, 10)}
    more = {one.id for one in draw_threads(threads, posts, 10)}
    assert len(few & more) >= 5
