"""Conversations are the same whatever order their posts come in, and survive what archives do to them."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from slow_threads import slow_threads

from echoloop.curate import merge_threads
from echoloop.records import Post, Thread
from echoloop.records.arrow import from_table, to_table

START = datetime(2025, 4, 1, tzinfo=UTC)


def post(name: str, above: tuple[str, ...] = (), below: tuple[str, ...] = (), minute: int | None = 0) -> Post:
    return Post(
        url=name,
        platform="x",
        text=name,
        created_at=None if minute is None else START + timedelta(minutes=minute),
        replies_above=above,
        replies_below=below,
        source_posts=(name,),
    )


def threads_of(posts: list[Post]) -> list[Thread]:
    return from_table(merge_threads(to_table(posts, Post)), Thread)


def test_chains_and_replies_unite() -> None:
    threads = threads_of(
        [post("c", above=("a", "b"), minute=2), post("a", below=("b", "d")), post("d", minute=1)]
    )
    assert len(threads) == 1
    (thread,) = threads
    assert thread.id == "a"
    assert thread.posts == ("a", "d", "c")
    assert thread.parents == (-1, 0, 0)
    assert thread.missing == ("b",)


def test_a_deleted_root_keeps_its_place() -> None:
    (thread,) = threads_of([post("b", above=("gone",)), post("c", above=("gone",), minute=1)])
    assert (thread.id, thread.posts, thread.parents, thread.missing) == (
        "gone",
        ("b", "c"),
        (-1, -1),
        ("gone",),
    )


def test_a_post_that_is_its_own_parent() -> None:
    (thread,) = threads_of([post("a", above=("a",), below=("a",))])
    assert (thread.posts, thread.parents) == (("a",), (-1,))


def test_a_cycle_is_cut_and_reported() -> None:
    (thread,) = threads_of(
        [
            post("a", above=("c",), minute=0),
            post("b", above=("a",), minute=1),
            post("c", above=("b",), minute=2),
        ]
    )
    assert thread.posts == ("a", "b", "c")
    assert thread.cut_edges == ("a",)


def test_no_posts_are_no_threads() -> None:
    assert threads_of([]) == []


def test_a_very_deep_thread_is_one_walk() -> None:
    names = [f"{number:05d}" for number in range(20_000)]
    chain = [
        post(name, above=(names[number - 1],) if number else (), minute=number)
        for number, name in enumerate(names)
    ]
    (thread,) = threads_of(chain)
    assert thread.posts == tuple(names)


@st.composite
def forests(draw: st.DrawFn) -> list[Post]:
    names = [f"p{number}" for number in range(draw(st.integers(1, 12)))]
    anywhere = st.sampled_from([*names, "gone1", "gone2"])
    return [
        post(
            name,
            above=tuple(draw(st.lists(anywhere, max_size=3))),
            below=tuple(draw(st.lists(anywhere, max_size=3))),
            minute=draw(st.none() | st.integers(0, 5)),
        )
        for name in names
    ]


@settings(deadline=None, max_examples=150)
@given(forests(), st.randoms(use_true_random=False))
def test_any_order_gives_the_threads_of_the_slow_merge_with_every_post_once(
    posts: list[Post], chance: object
) -> None:
    threads = threads_of(posts)
    assert threads == slow_threads(posts)
    shuffled = posts[:]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert threads_of(shuffled) == threads
    placed = [url for thread in threads for url in thread.posts]
    assert sorted(placed) == sorted(one.url for one in posts)
    for thread in threads:
        for place, above in enumerate(thread.parents):
            assert above < place
