from datetime import UTC, datetime

import pytest
from errand_runs import Run, Watched, ask, name_author, run_errands
from platforms import Fault
from platforms.bluesky import Bluesky, uri, view

from echoloop.collect.errands import KnownPost, Window
from echoloop.collect.sources import ErrandFailed, KeyRefused

ENVIRON = {"BLUESKY_IDENTIFIER": "painter-fan-01.example", "BLUESKY_APP_PASSWORD": "bluesky-app-password-1"}
NOV_20 = Window(start=datetime(2025, 11, 20, tzinfo=UTC), end=datetime(2025, 11, 21, tzinfo=UTC))


def url(key: str) -> str:
    return f"https://bsky.app/profile/did:plc:painterfan01/post/{key}"


def search(server: Bluesky, language: str = "", *, environ=ENVIRON, most: int = 30) -> Run:
    return ask(
        server,
        lambda source: run_errands(source, [source.search("nano banana", language, NOV_20)], most=most),
        environ,
        platform="bluesky",
    )


def converse(server: Bluesky, key: str, root: str = "", *, most: int = 200) -> Run:
    post = KnownPost(url=url(key), native=uri(key), conversation=uri(root) if root else "")
    return ask(
        server,
        lambda source: run_errands(source, source.conversation(post), most=most),
        {},
        platform="bluesky",
    )


def chain(length: int) -> list[dict]:
    return [view("p0"), *(view(f"p{n}", parent=f"p{n - 1}", root="p0") for n in range(1, length))]


def test_a_search_goes_through_every_page_with_one_login() -> None:
    server = Bluesky([view(f"p{n}", f"nano banana {n}") for n in range(250)], page=100)
    run = search(server, "en")
    assert set(run.posts) == {url(f"p{n}") for n in range(250)}
    assert {sighting.post.keywords for sighting in run.posts.values()} == {("nano banana",)}
    assert server.sessions == 1


def test_only_the_window_is_asked_for() -> None:
    times = [
        "2025-11-19T23:59:59.999Z",
        "2025-11-20T00:00:00.000Z",
        "2025-11-20T23:59:59.999Z",
        "2025-11-21T00:00:00.000Z",
    ]
    server = Bluesky([view(f"p{n}", "nano banana", at=time) for n, time in enumerate(times)])
    assert set(search(server).posts) == {url("p1"), url("p2")}


def test_a_session_that_expires_is_refreshed_and_one_that_ended_is_opened_anew() -> None:
    server = Bluesky([view(f"p{n}", "nano banana") for n in range(300)], page=100)

    async def work(source) -> Run:
        first = await source.run(source.search("nano banana", "", NOV_20), name_author)
        server.end_token()
        second = await source.run(first.then[0], name_author)
        assert (server.sessions, server.refreshes) == (1, 1)
        server.end_token()
        server.refresh_ended = True
        run = await run_errands(source, second.then)
        run.seen += [*first.seen, *second.seen]
        return run

    run = ask(server, work, ENVIRON, platform="bluesky")
    assert len(run.posts) == 300
    assert server.sessions == 2


def test_a_wrong_password_names_its_variable_and_not_itself() -> None:
    async def work(source) -> None:
        with pytest.raises(KeyRefused) as raised:
            await source.run(source.search("nano banana", "", NOV_20), name_author)
        assert "BLUESKY_APP_PASSWORD" in str(raised.value)
        assert "wrong-password-000" not in str(raised.value)

    ask(Bluesky([]), work, ENVIRON | {"BLUESKY_APP_PASSWORD": "wrong-password-000"}, platform="bluesky")


@pytest.mark.parametrize("path", ["/xrpc/com.atproto", "/xrpc/app.bsky"])
@pytest.mark.parametrize("status", [403, 404])
def test_a_wrong_address_is_not_taken_for_deleted_posts(path: str, status: int) -> None:
    server = Bluesky(chain(2))
    server.faults.extend(Fault(status, body='{"message": "no such method"}', path=path) for _ in range(3))

    async def work(source) -> None:
        (errand, *_) = source.conversation(KnownPost(url=url("p1")))
        with pytest.raises((KeyRefused, ErrandFailed)):
            await source.run(errand, name_author)

    ask(server, work, ENVIRON, platform="bluesky")


def test_a_post_known_by_a_handle_is_found_with_its_whole_thread() -> None:
    server = Bluesky([*chain(3), view("q", parent="p0")])
    server.views["at://painter-fan-01.example/app.bsky.feed.post/p2"] = server.views[uri("p2")]
    post = KnownPost(url="https://bsky.app/profile/painter-fan-01.example/post/p2")
    run = ask(server, lambda source: run_errands(source, source.conversation(post)), {}, platform="bluesky")
    assert set(run.posts) == {url(key) for key in ("p0", "p1", "p2", "q")}


@pytest.mark.parametrize("status", [401, 403])
def test_a_search_that_needs_a_login_says_so_and_threads_go_on_without(status: int) -> None:
    server = Bluesky(chain(3))
    server.faults.append(
        Fault(status, body='{"error": "AuthMissing"}', path="/xrpc/app.bsky.feed.searchPosts")
    )

    async def work(source) -> Run:
        with pytest.raises(ErrandFailed, match="BLUESKY_APP_PASSWORD"):
            await source.run(source.search("nano banana", "", NOV_20), name_author)
        return await run_errands(source, source.conversation(KnownPost(url=url("p2"))))

    assert len(ask(server, work, {}, platform="bluesky").posts) == 3


def test_a_cursor_that_goes_on_and_on_over_the_same_page_ends() -> None:
    server = Bluesky([view(f"p{n}", "nano banana") for n in range(3)])
    server.loop = True
    run = search(server, most=10)
    assert len(run.posts) == 3
    assert "again" in run.limits[0]


def test_a_conversation_goes_up_to_the_root_and_down_from_it() -> None:
    beside = [view("q1", parent="p1", root="p0"), view("q2", parent="q1", root="p0")]
    server = Bluesky([*chain(5), *beside])
    run = converse(server, "p3")
    assert set(run.posts) == {url(key) for key in ("p0", "p1", "p2", "p3", "p4", "q1", "q2")}
    assert run.posts[url("p3")].post.replies_above == (url("p2"),)
    assert {sighting.post.found_by for sighting in run.posts.values()} == {"expansion"}


@pytest.mark.parametrize("root", ["", "p0"])
def test_a_thread_that_is_cut_above_and_below_is_walked_to_its_ends(root: str) -> None:
    server = Bluesky(chain(120), depth=20, height=15)
    run = converse(server, "p60", root)
    assert set(run.posts) == {url(f"p{n}") for n in range(120)}


def test_blocked_and_deleted_places_are_tombstones() -> None:
    server = Bluesky(
        [view("p0"), view("p1", parent="p0"), view("p3", parent="p2", root="p0"), view("p4", parent="p1")]
    )
    server.blocked = {uri("p1")}
    run = converse(server, "p3", "p0")
    assert run.gone[url("p2")].reason == "not found"
    assert run.gone[url("p1")].reason == "blocked"
    assert run.posts[url("p3")].post.replies_above == (url("p2"),)


def test_a_post_that_is_not_there_is_a_tombstone() -> None:
    assert converse(Bluesky([]), "p9").gone[url("p9")].reason == "not found"


def test_a_quoted_post_comes_along_without_the_keyword() -> None:
    embed = {
        "$type": "app.bsky.embed.record#view",
        "record": {
            "$type": "app.bsky.embed.record#viewRecord",
            "uri": uri("q"),
            "cid": "bafyq",
            "author": {"did": "did:plc:painterfan01", "handle": "painter-fan-01.example"},
            "value": {
                "$type": "app.bsky.feed.post",
                "text": "the original",
                "createdAt": "2025-11-19T10:00:00Z",
            },
            "indexedAt": "2025-11-19T10:00:00Z",
        },
    }
    run = search(Bluesky([view("p1", "nano banana", embed=embed)]))
    assert run.posts[url("p1")].post.quotes == (url("q"),)
    assert run.posts[url("q")].post.keywords == ()


def test_a_post_that_is_its_own_parent_and_a_cycle_end() -> None:
    server = Bluesky(
        [view("a", parent="a", root="a"), view("b", parent="c", root="b"), view("c", parent="b", root="b")],
        depth=3,
        height=3,
    )
    for key in ("a", "b"):
        assert url(key) in converse(server, key, most=20).posts


def test_posts_are_looked_up_by_address_and_missing_ones_are_gone() -> None:
    server = Bluesky([view(f"p{n}") for n in range(60)])
    posts = [KnownPost(url=url(f"p{n}")) for n in range(61)]
    run = ask(server, lambda source: run_errands(source, source.look_up(posts)), {}, platform="bluesky")
    assert len(run.posts) == 60
    assert set(run.gone) == {url("p60")}
    assert len(server.asked) == 3


def test_the_limit_is_waited_for() -> None:
    server = Bluesky([view(f"p{n}", "nano banana") for n in range(150)])
    reset = str(int(server.now() + 100))
    server.headers.extend(
        [{}, {"ratelimit-limit": "3000", "ratelimit-remaining": "0", "ratelimit-reset": reset}]
    )
    watched = Watched(server.clock)
    ask(
        server,
        lambda source: run_errands(source, [source.search("nano banana", "", NOV_20)]),
        ENVIRON,
        watched=watched,
        platform="bluesky",
    )
    assert 99 <= server.clock.slept <= 103
    assert "bluesky: rate limit" in watched.said[0]
