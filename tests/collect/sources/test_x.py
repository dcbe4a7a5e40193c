import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from errand_runs import Run, Watched, name_author, run_errands
from platforms import Fault
from platforms.x import X, tweet

from echoloop.collect.errands import KnownPost, Window
from echoloop.collect.sources.logins import Bearer
from echoloop.collect.sources.source import QuotaEnded
from echoloop.collect.sources.web import Web
from echoloop.collect.sources.x import XSource
from echoloop.records import Mistake

NOV_20 = Window(start=datetime(2025, 11, 20, tzinfo=UTC), end=datetime(2025, 11, 21, tzinfo=UTC))


def url(number: int) -> str:
    return f"https://x.com/i/status/{number}"


def go(
    platform: X, work: Callable[[XSource], Awaitable[Run]], access="recent", **conduct
) -> tuple[Run, Watched]:
    watched = Watched(platform.clock)

    async def whole() -> Run:
        async with platform.serving():
            web = Web(
                "x", platform.base_url, Bearer("X_BEARER_TOKEN", platform.token), watched.conduct(**conduct)
            )
            source = XSource(web, access)
            try:
                return await work(source)
            finally:
                await source.aclose()

    return asyncio.run(whole()), watched


def searching(keyword: str = "nano banana", window: Window = NOV_20, language: str = ""):
    return lambda source: run_errands(source, [source.search(keyword, language, window)])


def conversing(number: int, conversation: int = 0, **more):
    post = KnownPost(url=url(number), conversation=str(conversation or ""))
    return lambda source: run_errands(source, source.conversation(post), **more)


def test_a_search_goes_through_every_page_and_notes_the_keyword() -> None:
    platform = X([tweet(n, f"nano banana {n}") for n in range(1, 251)] + [tweet(900, "something else")])
    run, _ = go(platform, searching())
    assert set(run.posts) == {url(n) for n in range(1, 251)}
    assert {post.post.keywords for post in run.posts.values()} == {("nano banana",)}
    assert {post.post.found_by for post in run.posts.values()} == {"keyword"}
    assert len(platform.asked) == 3
    assert run.reads == 250


def test_only_the_window_is_asked_for() -> None:
    times = [
        "2025-11-19T23:59:59.000Z",
        "2025-11-20T00:00:00.000Z",
        "2025-11-20T23:59:59.000Z",
        "2025-11-21T00:00:00.000Z",
    ]
    platform = X([tweet(n, "nano banana", created_at=time) for n, time in enumerate(times, start=1)])
    run, _ = go(platform, searching())
    assert set(run.posts) == {url(2), url(3)}


def test_a_quoted_post_comes_along_without_the_keyword_and_is_billed() -> None:
    platform = X([tweet(1, "the original"), tweet(2, "nano banana did it", quotes=1)])
    run, _ = go(platform, searching())
    assert run.posts[url(2)].post.quotes == (url(1),)
    assert run.posts[url(1)].post.keywords == ()
    assert run.posts[url(1)].post.found_by == "expansion"
    assert run.reads == 2


def test_a_window_older_than_the_recent_search_costs_no_call_and_says_so() -> None:
    platform = X([tweet(1, "nano banana")])
    old = Window(start=datetime(2025, 9, 1, tzinfo=UTC), end=datetime(2025, 9, 2, tzinfo=UTC))
    run, _ = go(platform, searching(window=old))
    assert platform.asked == []
    assert "7 days" in run.limits[0]


def test_a_window_that_is_partly_too_old_is_asked_as_far_as_it_goes() -> None:
    platform = X([tweet(1, "nano banana")])
    long = Window(start=datetime(2025, 10, 1, tzinfo=UTC), end=datetime(2025, 12, 1, tzinfo=UTC))
    run, _ = go(platform, searching(window=long))
    assert set(run.posts) == {url(1)}
    assert "7 days" in run.limits[0]


def test_the_full_archive_has_no_such_bound() -> None:
    platform = X([tweet(1, "nano banana", created_at="2025-09-01T10:00:00.000Z")])
    old = Window(start=datetime(2025, 9, 1, tzinfo=UTC), end=datetime(2025, 9, 2, tzinfo=UTC))
    run, _ = go(platform, searching(window=old), access="all")
    assert set(run.posts) == {url(1)}
    assert run.limits == []


def test_the_times_go_by_the_platforms_clock_not_by_ours() -> None:
    platform = X([tweet(1, "nano banana")])
    platform.skew = -3600.0
    now = datetime.fromtimestamp(platform.clock.now(), UTC)
    window = Window(start=now - timedelta(days=1), end=now)

    async def work(source: XSource) -> Run:
        await run_errands(source, source.look_up([KnownPost(url=url(1))]))
        return await run_errands(source, [source.search("nano banana", "", window)])

    run, _ = go(platform, work)
    assert run.failed == []


def test_a_conversation_brings_the_root_that_its_search_leaves_out_and_parents_the_search_does_not_know() -> (
    None
):
    thread = [
        tweet(10, "root"),
        tweet(11, "a", reply_to=10, thread=10),
        tweet(12, "b", reply_to=11, thread=10),
        tweet(13, "c", reply_to=12, thread=10),
        tweet(14, "d", reply_to=13, thread=10),
    ]
    platform = X(thread)
    platform.unsearchable = {"11", "12", "13"}
    run, _ = go(platform, conversing(14, 10))
    assert set(run.posts) == {url(n) for n in range(10, 15)}
    assert {post.post.found_by for post in run.posts.values()} == {"expansion"}
    assert run.posts[url(12)].post.replies_above == (url(11),)


def test_a_conversation_is_found_where_nobody_noted_its_id() -> None:
    platform = X(
        [tweet(10, "root"), tweet(11, "a", reply_to=10, thread=10), tweet(12, "b", reply_to=10, thread=10)]
    )
    run, _ = go(platform, conversing(11))
    assert set(run.posts) == {url(10), url(11), url(12)}


def test_a_long_conversation_does_not_ask_again_for_what_later_pages_show() -> None:
    chain = [tweet(100)] + [tweet(100 + n, reply_to=99 + n, thread=100) for n in range(1, 300)]
    platform = X(chain, page=50)
    run, _ = go(platform, conversing(399, 100))
    assert len(run.posts) == 300
    assert len(platform.asked) <= 6 + 3


def test_a_deleted_parent_is_a_tombstone_in_its_place() -> None:
    platform = X([tweet(10, "root"), tweet(12, "b", reply_to=11, thread=10)])
    run, _ = go(platform, conversing(12, 10))
    assert run.gone[url(11)].reason == "not found"
    assert run.posts[url(12)].post.replies_above == (url(11),)


def test_a_withheld_post_is_a_tombstone() -> None:
    platform = X([])
    platform.withheld["7"] = "protected"
    run, _ = go(platform, lambda source: run_errands(source, source.look_up([KnownPost(url=url(7))])))
    assert run.gone[url(7)].reason == "protected"


def test_posts_are_looked_up_a_hundred_at_a_time() -> None:
    platform = X([tweet(n) for n in range(1, 231)])
    posts = [KnownPost(url=url(n)) for n in range(1, 231)]
    run, _ = go(platform, lambda source: run_errands(source, source.look_up(posts)))
    assert len(run.posts) == 230
    assert len(platform.asked) == 3


def test_an_edited_post_keeps_its_first_address() -> None:
    first, last = 1991700000000000001, 1991700000100000001
    platform = X([tweet(last, "nano banana, edited", history=[str(first), str(last)])])
    run, _ = go(platform, searching())
    assert run.posts[url(first)].post.edited_at is not None


@pytest.mark.parametrize("loop", [["same"], ["a", "b"], ["a", "b", "c"]])
def test_a_cursor_that_goes_round_ends(loop: list[str]) -> None:
    platform = X([tweet(n, "nano banana") for n in range(1, 5)])
    platform.loop = loop

    async def work(source: XSource) -> Run:
        return await run_errands(source, [source.search("nano banana", "", NOV_20)], most=20)

    original = platform.recent

    async def recent(request):
        request = request.clone(rel_url=request.rel_url.update_query(next_token="t0"))
        return await original(request)

    platform.recent = recent
    run, _ = go(platform, work)
    assert len(run.posts) == 4


def test_a_post_that_is_its_own_parent_ends() -> None:
    platform = X([tweet(10, "root"), tweet(11, "me", reply_to=11, thread=10)])
    run, _ = go(platform, conversing(11, 10, most=20))
    assert url(11) in run.posts


def test_a_cycle_of_parents_ends() -> None:
    platform = X([tweet(n, reply_to=10 + (n - 9) % 5, thread=10) for n in range(10, 15)])
    platform.unsearchable = {"10", "11", "12", "13"}
    run, _ = go(platform, conversing(14, 10, most=20))
    assert set(run.posts) == {url(n) for n in range(10, 15)}


def test_a_bad_entry_is_skipped_and_the_rest_stays() -> None:
    platform = X([tweet(1, "nano banana"), tweet(2, "nano banana", lang=17)])
    run, _ = go(platform, searching())
    assert set(run.posts) == {url(1)}
    assert len(run.skipped) == 1


def test_a_repost_is_no_post() -> None:
    link = {"referenced_tweets": [{"type": "retweeted", "id": "1"}]}
    platform = X([tweet(1, "nano banana"), tweet(2, "RT nano banana", **link)])
    run, _ = go(platform, searching())
    assert set(run.posts) == {url(1)}


def test_phrases_are_quoted_and_operators_are_left_alone() -> None:
    platform = X([])
    for keyword in ("nano banana", "#nanobanana", '"a b" OR c'):
        go(platform, searching(keyword, language="ja"))
    asked = [path.partition("query=")[2].partition("&")[0] for path in platform.asked]
    assert asked == [
        "%22nano+banana%22+-is:retweet+lang:ja",
        "%23nanobanana+-is:retweet+lang:ja",
        "(%22a+b%22+OR+c)+-is:retweet+lang:ja",
    ]


def test_a_query_that_x_cannot_take_is_a_mistake_before_any_call() -> None:
    with pytest.raises(Mistake, match="4096"):
        go(X([]), searching("banana " * 700))


def test_a_quota_that_ends_in_the_middle_names_its_place_by_the_next_errand() -> None:
    platform = X([tweet(n, "nano banana") for n in range(1, 151)])
    body = '{"title":"CreditsDepleted","detail":"no credits","type":"https://api.x.com/2/problems/credits"}'

    async def work(source: XSource) -> Run:
        first = await source.run(source.search("nano banana", "", NOV_20), name_author)
        platform.faults.append(Fault(402, body=body))
        with pytest.raises(QuotaEnded, match="CreditsDepleted"):
            await source.run(first.then[0], name_author)
        return await run_errands(source, first.then)

    run, _ = go(platform, work)
    assert len(run.posts) == 50
