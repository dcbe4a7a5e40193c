from datetime import UTC, datetime, timedelta

import pytest
from errand_runs import Run, ask, name_author, run_errands
from platforms import Fault
from platforms.mastodon import Mastodon, number_at, status

from echoloop.collect.errands import KnownPost, Window
from echoloop.collect.sources import KeyRefused

TOKEN = {"MASTODON_ACCESS_TOKEN": "mastodon-token-secret-1"}
NOON = datetime(2025, 11, 20, 12, tzinfo=UTC)
NOV_20 = Window(start=datetime(2025, 11, 20, tzinfo=UTC), end=datetime(2025, 11, 21, tzinfo=UTC))


def at(moment: datetime, order: int = 0, text: str = "nano banana", **more) -> dict:
    return status(number_at(moment, order), text, created_at=moment.isoformat(), **more)


def url(number: int, host: str = "social.example") -> str:
    return f"https://{host}/@painter_fan_01/{number}"


def search(server: Mastodon, environ: dict, keyword: str = "nano banana", **more) -> Run:
    return ask(
        server,
        lambda source: run_errands(source, [source.search(keyword, "", NOV_20)], **more),
        environ,
        platform="mastodon",
    )


def converse(
    server: Mastodon, number: int, environ: dict, *, native: str | None = None, address="", most=300
) -> Run:
    post = KnownPost(url=address or url(number), native=str(number) if native is None else native)
    return ask(
        server,
        lambda source: run_errands(source, source.conversation(post), most=most),
        environ,
        platform="mastodon",
    )


def chain(length: int) -> list[dict]:
    return [status(1000 + n, reply_to=999 + n if n else 0) for n in range(length)]


@pytest.mark.parametrize("environ", [TOKEN, {}], ids=["search", "hashtag"])
def test_a_search_goes_through_every_page_of_its_window(environ: dict) -> None:
    inside = [at(NOON, n, tags=("NanoBanana",)) for n in range(95)]
    outside = [at(NOON + timedelta(days=days), tags=("NanoBanana",)) for days in (-1, 1)]
    run = search(Mastodon([*inside, *outside]), environ)
    assert set(run.posts) == {post["url"] for post in inside}
    assert {sighting.post.keywords for sighting in run.posts.values()} == {("nano banana",)}


def test_without_a_token_it_is_said_that_only_hashtags_are_searched() -> None:
    run = search(Mastodon([at(NOON)]), {})
    assert run.posts == {}
    assert "#nanobanana" in run.limits[0]


def test_a_page_that_repeats_ends() -> None:
    server = Mastodon([at(NOON, n) for n in range(5)])

    async def always(request):
        from aiohttp import web

        return web.json_response({"accounts": [], "hashtags": [], "statuses": list(server.statuses.values())})

    server.search = always
    run = search(server, TOKEN, most=10)
    assert len(run.posts) == 5
    assert "again" in run.limits[0]


def test_html_becomes_text_and_boosts_are_no_posts() -> None:
    post = at(
        NOON,
        content="<p>nano <b>banana</b> &amp; more<br>second line<script>alert(1)</script></p>",
        tags=("nanobanana",),
    )
    boost = at(NOON, 1, "boost", reblog=post, tags=("nanobanana",))
    run = search(Mastodon([post, boost]), {})
    assert run.texts == {"nano banana & more\nsecond line"}
    assert "a repost" in {one.reason for one in run.skipped}


@pytest.mark.parametrize("environ", [TOKEN, {}], ids=["token", "no token"])
def test_a_conversation_brings_ancestors_siblings_and_replies_with_their_edges(environ: dict) -> None:
    server = Mastodon([*chain(4), status(2000, reply_to=1001), status(2001, reply_to=2000)])
    run = converse(server, 1002, environ)
    assert set(run.posts) == {url(n) for n in (1000, 1001, 1002, 1003, 2000, 2001)}
    assert run.posts[url(2001)].post.replies_above == (url(2000),)
    edges = {one.post.url: one.post.replies_above for one in run.seen if one.post.replies_above}
    assert edges[url(1002)] == (url(1001),)
    assert edges[url(1001)] == (url(1000),)


def test_contexts_that_are_cut_are_walked_to_their_ends_without_a_token() -> None:
    server = Mastodon(chain(130))
    run = converse(server, 1065, {})
    assert set(run.posts) == {url(1000 + n) for n in range(130)}
    edges = {(one.post.url, above) for one in run.seen for above in one.post.replies_above}
    assert edges == {(url(1000 + n), url(999 + n)) for n in range(1, 130)}


def test_more_replies_than_an_instance_shows_are_fetched_where_they_can_be_and_said_where_not() -> None:
    replies = [status(2000 + n, reply_to=1000) for n in range(50)]
    below = [status(3000 + n, reply_to=2000 + n % 50) for n in range(100)]
    server = Mastodon([status(1000), *replies, *below])
    run = converse(server, 1000, {})
    assert any("60 replies" in said for said in run.limits)
    assert len(converse(server, 1000, TOKEN).posts) == 151


def test_an_id_of_another_instance_is_not_taken_for_one_of_this() -> None:
    ours = status(1000, "something else entirely")
    theirs = status(1001, "the post that was meant", host="elsewhere.example")
    server = Mastodon([ours, theirs])
    address = url(1001, "elsewhere.example")
    run = converse(server, 1001, TOKEN, native="1000", address=address)
    assert run.texts == {"the post that was meant"}


def test_a_post_known_by_its_url_is_resolved_with_a_token_and_recorded_without() -> None:
    address = url(77, "elsewhere.example")
    server = Mastodon([status(1001, host="elsewhere.example", url=address)])
    server.remote = {address: "1001"}
    assert set(converse(server, 0, TOKEN, native="", address=address).posts) == {address}
    (skipped,) = converse(server, 0, {}, native="", address=address).skipped
    assert skipped.where == address


def test_a_post_of_the_instance_itself_needs_no_noted_id() -> None:
    server = Mastodon([status(5, host="127.0.0.1")])
    assert converse(server, 5, {}, native="", address=url(5, "127.0.0.1")).texts == {"post 5"}
    gone = converse(server, 6, {}, native="", address=url(6, "127.0.0.1")).gone
    assert gone[url(6, "127.0.0.1")].reason == "not found"


def test_a_parent_that_is_gone_is_recorded_and_the_rest_stays() -> None:
    server = Mastodon([status(1001, reply_to=1000), status(1002, reply_to=1001)])
    run = converse(server, 1002, {})
    assert set(run.posts) == {url(1001), url(1002)}
    assert [one.reason for one in run.skipped] == ["a parent that is not there"]


def test_a_status_that_is_its_own_parent_and_a_cycle_end() -> None:
    server = Mastodon([status(1, reply_to=1), status(2, reply_to=3), status(3, reply_to=2)])
    for number in (1, 2):
        assert url(number) in converse(server, number, {}, most=20).posts


def test_an_edit_is_noted() -> None:
    run = search(Mastodon([at(NOON, edited_at="2025-11-20T13:00:00.000Z")]), TOKEN)
    (sighting,) = run.posts.values()
    assert sighting.post.edited_at == datetime(2025, 11, 20, 13, tzinfo=UTC)


def test_an_instance_that_shows_nothing_without_a_token_asks_for_one() -> None:
    server = Mastodon([])
    server.faults.append(Fault(401, body='{"error": "This method requires an authenticated user"}'))

    async def work(source) -> None:
        with pytest.raises(KeyRefused, match="asks for a key") as raised:
            await source.run(source.search("nanobanana", "", NOV_20), name_author)
        assert "MASTODON_ACCESS_TOKEN" in str(raised.value)

    ask(server, work, {}, platform="mastodon")


def test_the_limit_is_waited_for() -> None:
    server = Mastodon([at(NOON, n, tags=("nanobanana",)) for n in range(50)])
    reset = datetime.fromtimestamp(server.now() + 120, UTC).isoformat().replace("+00:00", "Z")
    server.headers.append(
        {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    )
    search(server, {})
    assert 119 <= server.clock.slept <= 123
