import asyncio
import tracemalloc
from datetime import UTC, datetime

import pytest
from errand_runs import Run, Watched, ask, name_author, run_errands
from platforms import Fault, unused_port
from platforms.reddit import Reddit, comment, submission

from echoloop.collect.errands import KnownPost, Page, Window
from echoloop.collect.sightings import Sighting
from echoloop.collect.sources import KeyRefused, QuotaEnded, Source

ENVIRON = {"REDDIT_CLIENT_ID": "client-id", "REDDIT_CLIENT_SECRET": "reddit-client-secret-1"}
WEEK = Window(start=datetime(2025, 11, 15, tzinfo=UTC), end=datetime(2025, 11, 22, tzinfo=UTC))
NOON = datetime(2025, 11, 20, 12, tzinfo=UTC).timestamp()


def url(link: str, comment: str = "") -> str:
    return f"https://reddit.com/comments/{link}" + (f"/_/{comment}" if comment else "")


def search(platform: Reddit, window: Window = WEEK, *, most: int = 50, **settings) -> Run:
    return ask(
        platform,
        lambda source: run_errands(source, [source.search("nano banana", "", window)], most=most),
        ENVIRON,
        platform="reddit",
        **settings,
    )


def converse(platform: Reddit, link: str, focus: str = "", **more) -> Run:
    return ask(
        platform,
        lambda source: run_errands(source, source.conversation(KnownPost(url=url(link, focus))), **more),
        ENVIRON,
        platform="reddit",
    )


def base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


def test_a_search_goes_through_every_page_and_logs_in_once() -> None:
    platform = Reddit([submission(f"s{n}", f"nano banana {n}", at=NOON - n) for n in range(230)])
    run = search(platform)
    assert set(run.posts) == {url(f"s{n}") for n in range(230)}
    assert {sighting.post.keywords for sighting in run.posts.values()} == {("nano banana",)}
    assert platform.logins == 1
    assert run.reads == 0


def test_posts_of_another_time_are_left_out_and_paging_ends_with_the_window() -> None:
    times = [
        WEEK.end.timestamp(),
        WEEK.end.timestamp() - 1,
        WEEK.start.timestamp(),
        WEEK.start.timestamp() - 1,
    ]
    old = [submission(f"old{n}", "nano banana", at=1_600_000_000 - n) for n in range(200)]
    posts = [submission(f"s{n}", "nano banana", at=time) for n, time in enumerate(times)]
    platform = Reddit([*posts, *old])
    run = search(platform)
    assert set(run.posts) == {url("s1"), url("s2")}
    assert len([path for path in platform.asked if "search" in path]) == 1


def test_the_ceiling_of_the_search_is_said() -> None:
    platform = Reddit([submission(base36(100_000 + n), "nano banana", at=NOON - n) for n in range(1_200)])
    run = search(platform)
    assert len(run.posts) == 1_000
    assert any("1,000" in said for said in run.limits)


def test_a_search_can_keep_to_some_subreddits() -> None:
    platform = Reddit([submission("s1", "nano banana", at=NOON)])
    search(platform, subreddits=("made_up", "another"))
    assert any(
        path.startswith("/r/made_up+another/search") and "restrict_sr=true" in path for path in platform.asked
    )


def test_a_private_subreddit_is_said_and_ends_nothing() -> None:
    platform = Reddit([])
    platform.faults.append(Fault(403, body='{"reason": "private", "message": "Forbidden"}', path="/r/"))
    run = search(platform, subreddits=("made_up",))
    assert "private" in run.limits[0]


def test_a_page_that_repeats_ends() -> None:
    platform = Reddit([submission(f"s{n}", "nano banana", at=NOON - n) for n in range(5)], page=2)
    platform.loop = True
    run = search(platform, most=10)
    assert url("s0") in run.posts


def test_a_token_that_expires_is_renewed_in_the_middle() -> None:
    platform = Reddit([submission(f"s{n}", "nano banana", at=NOON - n) for n in range(150)])

    async def work(source) -> Run:
        first = await source.run(source.search("nano banana", "", WEEK), name_author)
        platform.token = "reddit-token-secret-2"
        return await run_errands(source, first.then)

    run = ask(platform, work, ENVIRON, platform="reddit")
    assert len(run.posts) == 50
    assert platform.logins == 2


def test_a_wrong_secret_names_the_variables_and_nothing_else() -> None:
    platform = Reddit([])
    environ = ENVIRON | {"REDDIT_CLIENT_SECRET": "a-wrong-secret-000"}

    async def work(source) -> None:
        with pytest.raises(KeyRefused, match="reddit") as raised:
            await source.run(source.search("nano banana", "", WEEK), name_author)
        assert "REDDIT_CLIENT_SECRET" in str(raised.value)
        assert "a-wrong-secret-000" not in str(raised.value)

    ask(platform, work, environ, platform="reddit")


def test_a_login_that_is_echoed_back_is_not_said() -> None:
    platform = Reddit([])
    platform.faults.extend(Fault(400, echo=True, path="/api/v1") for _ in range(3))
    said: list[str] = []

    async def work(source) -> None:
        run = await run_errands(source, [source.search("nano banana", "", WEEK)])
        said.extend(run.failed)

    ask(platform, work, ENVIRON, platform="reddit")
    assert said
    for header in platform.authorizations:
        for part in header.split():
            assert part in ("Basic", "Bearer") or part not in said[0]


def test_a_source_serves_one_event_loop_after_the_other() -> None:
    platform = Reddit(forest(width=30, depth=1), limit=10)
    opened: list[Source] = []

    async def work(source: Source) -> Run:
        opened[:] = opened or [source]
        errands = opened[0].conversation(KnownPost(url=url("root")))
        runs = await asyncio.gather(*(run_errands(opened[0], errands) for _ in range(3)))
        await opened[0].aclose()
        return runs[0]

    port = unused_port()
    for _ in range(2):
        run = ask(platform, work, ENVIRON, port=port, platform="reddit")
        assert len(run.posts) == 31
    assert platform.logins == 1


def forest(width: int, depth: int) -> list[dict]:
    """Top-level comments, each the head of a chain."""
    things = [submission("root", num_comments=width * depth)]
    for column in range(width):
        for row in range(depth):
            parent = f"c{column}x{row - 1}" if row else ""
            things.append(comment(f"c{column}x{row}", "root", parent))
    return things


def test_a_whole_forest_comes_with_all_its_stubs() -> None:
    things = forest(width=40, depth=25)
    run = converse(Reddit(things, limit=200), "root")
    assert len(run.posts) == len(things)
    assert run.posts[url("root", "c3x7")].post.replies_above == (url("root", "c3x6"),)
    assert run.posts[url("root", "c3x0")].post.replies_above == (url("root"),)
    assert {sighting.post.found_by for sighting in run.posts.values()} == {"expansion"}


def test_a_thread_deeper_than_a_page_goes_on() -> None:
    run = converse(Reddit(forest(width=1, depth=300)), "root", most=100)
    assert len(run.posts) == 301


def test_a_relevant_comment_brings_its_ancestors_first() -> None:
    platform = Reddit(forest(width=2, depth=30))

    async def work(source) -> Run:
        errands = [
            one for one in source.conversation(KnownPost(url=url("root", "c0x29"))) if one.kind == "above"
        ]
        run = Run()
        while errands:
            page = await source.run(errands.pop(), name_author)
            run.seen += page.seen
            errands += page.then
        return run

    run = ask(platform, work, ENVIRON, platform="reddit")
    assert {url("root", f"c0x{row}") for row in range(30)} <= set(run.posts)


def test_deleted_and_removed_comments_stay_as_tombstones_in_their_place() -> None:
    things = [
        submission("root"),
        comment("a", "root", body="[deleted]", author="[deleted]"),
        comment("b", "root", "a"),
        comment("c", "root", "b", body="[removed]", author="[deleted]"),
    ]
    run = converse(Reddit(things), "root")
    assert run.gone[url("root", "a")].reason == "deleted"
    assert run.gone[url("root", "c")].reason == "removed"
    assert run.gone[url("root", "c")].replies_above == (url("root", "b"),)
    assert run.posts[url("root", "b")].post.replies_above == (url("root", "a"),)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (404, '{"message": "Not Found", "error": 404}', "not found"),
        (403, '{"reason": "private", "message": "Forbidden", "error": 403}', "protected"),
    ],
)
def test_a_submission_that_cannot_be_seen_is_a_tombstone(status: int, body: str, reason: str) -> None:
    platform = Reddit([])
    platform.faults.append(Fault(status, body=body, path="/comments"))
    assert converse(platform, "gone").gone[url("gone")].reason == reason


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_wrong_address_or_a_closed_door_is_not_taken_for_a_deleted_post(status: int) -> None:
    platform = Reddit([])
    platform.faults.append(Fault(status, body="<html>nothing here</html>", path="/comments"))
    run = converse(platform, "s1")
    assert run.gone == {}
    assert len(run.failed) == 1


def test_a_comment_that_a_stub_named_and_nobody_shows_is_recorded() -> None:
    things = forest(width=30, depth=1)
    platform = Reddit(things, limit=10)
    platform.hidden = {"t1_c20x0"}
    run = converse(platform, "root")
    assert [one.detail for one in run.skipped] == [url("root", "c20x0")]


def test_posts_are_looked_up_and_missing_ones_are_gone() -> None:
    platform = Reddit([submission("s1"), comment("c1", "s1")])
    posts = [KnownPost(url=address) for address in (url("s1"), url("s1", "c1"), url("s2"))]
    run = ask(platform, lambda source: run_errands(source, source.look_up(posts)), ENVIRON, platform="reddit")
    assert set(run.posts) == {url("s1"), url("s1", "c1")}
    assert set(run.gone) == {url("s2")}


def test_a_comment_that_is_its_own_parent_and_a_cycle_end() -> None:
    things = [
        submission("root"),
        comment("a", "root", "a"),
        comment("b", "root", "c"),
        comment("c", "root", "b"),
    ]
    for focus in ("a", "b"):
        run = converse(Reddit(things), "root", focus, most=30)
        assert url("root") in run.posts


def test_a_quota_that_ends_keeps_what_came_and_the_next_errand_goes_on() -> None:
    platform = Reddit([submission(f"s{n}", "nano banana", at=NOON - n) for n in range(150)])

    async def work(source) -> Run:
        first = await source.run(source.search("nano banana", "", WEEK), name_author)
        platform.faults.extend(Fault(429, {"Retry-After": "5000"}) for _ in range(2))
        with pytest.raises(QuotaEnded):
            await source.run(first.then[0], name_author)
        platform.faults.clear()
        platform.clock.time += 6_000
        return await run_errands(source, first.then)

    assert len(ask(platform, work, ENVIRON, platform="reddit").posts) == 50


def test_the_limit_of_requests_is_waited_for() -> None:
    platform = Reddit([submission(f"s{n}", "nano banana", at=NOON - n) for n in range(150)])
    platform.headers.extend(
        [{}, {"x-ratelimit-remaining": "0.0", "x-ratelimit-used": "100", "x-ratelimit-reset": "42"}]
    )
    watched = Watched(platform.clock)
    ask(
        platform,
        lambda source: run_errands(source, [source.search("nano banana", "", WEEK)]),
        ENVIRON,
        watched=watched,
        platform="reddit",
    )
    assert 42 <= platform.clock.slept <= 45
    assert "reddit: rate limit" in watched.said[0]


def crowd(size: int, *, top_level: int) -> list[dict]:
    """A thread in which every so many-th comment answers the submission, and the others earlier comments."""
    things = [submission("root")]
    for number in range(size):
        parent = base36(10_000 + (number - 1) // 3) if number % top_level else ""
        things.append(comment(base36(10_000 + number), "root", parent))
    return things


@pytest.mark.parametrize(("top_level", "a_call_brings"), [(1, 90), (7, 50)])
def test_fifty_thousand_comments_take_so_many_calls_and_no_more(top_level: int, a_call_brings: int) -> None:
    platform = Reddit(crowd(50_000, top_level=top_level))
    seen: set[str] = set()

    def count(page: Page) -> None:
        seen.update(one.native for one in page.seen if isinstance(one, Sighting))

    run = converse(platform, "root", most=2_000, each=count)
    assert len(seen) == 50_001
    assert len(run.done) <= 50_000 / a_call_brings + 20


def test_memory_does_not_grow_with_the_thread() -> None:
    def peak(size: int) -> int:
        platform = Reddit(crowd(size, top_level=7))
        tracemalloc.start()
        try:
            converse(platform, "root", most=2_000, each=lambda page: None)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    small, large = peak(2_000), peak(8_000)
    assert large < small + 6_000 * 500
