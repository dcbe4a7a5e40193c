import asyncio
import base64
import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote

import pytest
from aiohttp import web as server
from errand_runs import Watched
from platforms import Fault, Platform

from echoloop.collect.sources.logins import Bearer
from echoloop.collect.sources.source import ErrandFailed, KeyRefused, QuotaEnded
from echoloop.collect.sources.web import TRIES, Forbidden, NotThere, Web
from echoloop.engine import Stopped

TOKEN = "a-very-secret+token/0001"


class Plain(Platform):
    def routes(self) -> list[server.RouteDef]:
        return [server.get("/{path:.*}", self.fine)]

    async def fine(self, request: server.Request) -> server.Response:
        return server.json_response({"fine": True})


def go(
    platform: Platform, work: Callable[[Web], Awaitable[object]], name="x", watched=None, **conduct
) -> Watched:
    watched = watched or Watched(platform.clock)

    async def whole() -> None:
        async with platform.serving():
            web = Web(name, platform.base_url, Bearer("X_BEARER_TOKEN", TOKEN), watched.conduct(**conduct))
            try:
                await work(web)
            finally:
                await web.aclose()

    asyncio.run(whole())
    return watched


def getting(times: int = 1):
    async def work(web: Web) -> None:
        for _ in range(times):
            assert json.loads(await web.get("/page")) == {"fine": True}

    return work


def failing(kind: type[Exception], words: str = ""):
    async def work(web: Web) -> None:
        with pytest.raises(kind, match=words):
            await web.get("/page")

    return work


@pytest.mark.parametrize(
    "headers",
    [
        lambda now: {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(now + 250))},
        lambda now: {"x-ratelimit-remaining": "0.0", "x-ratelimit-used": "100", "x-ratelimit-reset": "250"},
        lambda now: {"RateLimit-Remaining": "0", "RateLimit-Reset": str(int(now + 250))},
        lambda now: {
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": datetime.fromtimestamp(now + 250, UTC).isoformat().replace("+00:00", "Z"),
        },
    ],
    ids=["x", "reddit", "bluesky", "mastodon"],
)
@pytest.mark.parametrize("skew", [0.0, 7200.0, -86400.0])
def test_a_limit_that_is_used_up_is_waited_for_by_the_servers_clock(headers, skew: float) -> None:
    platform = Plain()
    platform.skew = skew
    platform.headers.append(headers(platform.now()))
    watched = go(platform, getting(2))
    assert 249 <= platform.clock.slept <= 253
    assert len(platform.asked) == 2
    ends = datetime.fromtimestamp(platform.clock.now(), UTC).astimezone()
    (said,) = watched.said
    assert said.startswith("x: rate limit, waiting until ")
    assert f"{ends:%H:%M}" in said
    assert "(4 min 1" in said


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "100"},
        {"Retry-After": format_datetime(datetime.fromtimestamp(1_763_700_100, UTC), usegmt=True)},
        {"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1763700100"},
    ],
)
def test_a_429_is_waited_out(headers: dict[str, str]) -> None:
    platform = Plain()
    platform.faults.append(Fault(429, headers))
    go(platform, getting())
    assert 99 <= platform.clock.slept <= 102


def test_a_429_for_a_second_is_not_taken_for_the_whole_window() -> None:
    platform = Plain()
    platform.faults.append(Fault(429, {"x-rate-limit-remaining": "290", "x-rate-limit-reset": "1763700800"}))
    go(platform, getting())
    assert platform.clock.slept < 10


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "0"}, {"Retry-After": "30"}])
def test_a_storm_of_429_ends_in_words_within_the_longest_wait(headers: dict[str, str]) -> None:
    platform = Plain()
    platform.faults.extend(Fault(429, headers) for _ in range(1_000))
    go(platform, failing(QuotaEnded, "rate limit, until"), longest_wait=600.0)
    assert platform.clock.slept <= 600
    assert len(platform.asked) < 50


def test_a_wait_longer_than_allowed_ends_the_quota_and_says_until_when() -> None:
    platform = Plain()
    day = {"x-rate-limit-remaining": "20", "x-rate-limit-reset": "1763700100"}
    day |= {"x-app-limit-24hour-remaining": "0", "x-app-limit-24hour-reset": "1763750000"}
    platform.faults.append(Fault(429, day))

    async def work(web: Web) -> None:
        with pytest.raises(QuotaEnded) as raised:
            await web.get("/page")
        assert raised.value.until is not None
        assert abs(raised.value.until.timestamp() - 1_763_750_000) < 3

    go(platform, work)
    assert platform.clock.slept < 1


def test_limits_of_one_endpoint_do_not_hold_up_another() -> None:
    platform = Plain()
    platform.headers.append({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1763700500"})

    async def work(web: Web) -> None:
        await web.get("/search", bucket="search")
        await web.get("/tweets", bucket="tweets")

    go(platform, work)
    assert platform.clock.slept == 0


def test_everyone_waits_together_and_it_is_said_once() -> None:
    platform = Plain()
    platform.headers.append({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1763700250"})

    async def work(web: Web) -> None:
        await web.get("/page")
        await asyncio.gather(*(web.get("/page") for _ in range(4)))

    watched = go(platform, work)
    assert len(watched.said) == 1


def test_a_wait_ends_at_once_when_the_run_is_stopped() -> None:
    platform = Plain()
    platform.headers.append({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1763700500"})
    watched = Watched(platform.clock)
    watched.said = _Stopping(watched)

    async def work(web: Web) -> None:
        await web.get("/page")
        with pytest.raises(Stopped):
            await web.get("/page")

    go(platform, work, watched=watched)
    assert platform.clock.slept < 1


class _Stopping(list):
    """Somebody who presses Ctrl-C on seeing the first wait."""

    def __init__(self, watched: Watched) -> None:
        super().__init__()
        self._watched = watched

    def append(self, said: str) -> None:
        super().append(said)
        self._watched.stop.set()


@pytest.mark.parametrize(
    "fault",
    [
        Fault(500),
        Fault(503, {"Retry-After": "2"}),
        Fault(cut=True),
        Fault(200, body='{"data": [{"id": "1"'),
        Fault(200, body="<html>down for maintenance</html>"),
        Fault(200, body=""),
    ],
    ids=["500", "503", "cut off", "truncated", "HTML", "empty"],
)
def test_what_may_pass_is_tried_again_and_then_given_up_in_words(fault: Fault) -> None:
    platform = Plain()
    platform.faults.extend([fault] * 2)
    go(platform, getting())
    assert len(platform.asked) == 3

    platform = Plain()
    platform.faults.extend([fault] * 20)
    go(platform, failing(ErrandFailed, f"{TRIES} tries"))
    assert len(platform.asked) == TRIES


def test_odd_but_whole_json_is_not_asked_for_again() -> None:
    platform = Plain()
    bodies = ['{"text": "\\ud83d"}', '{"a":' * 5_000 + "1" + "}" * 5_000]
    platform.faults.extend(Fault(200, body=body) for body in bodies)

    async def work(web: Web) -> None:
        for body in bodies:
            assert (await web.get("/page")).decode() == body

    go(platform, work)
    assert len(platform.asked) == 2


def test_nobody_at_the_other_end_is_said_in_words() -> None:
    watched = Watched(Plain().clock)

    async def work() -> None:
        web = Web("x", "http://127.0.0.1:9", Bearer("X_BEARER_TOKEN", TOKEN), watched.conduct())
        with pytest.raises(ErrandFailed, match="Cannot connect"):
            await web.get("/page")
        await web.aclose()

    asyncio.run(work())


def test_a_body_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("echoloop.collect.sources.wire.LARGEST_BODY", 1_000_000)
    platform = Plain()
    platform.faults.append(Fault(200, body="[" + "1," * 1_000_000))
    go(platform, failing(ErrandFailed, "larger than"))
    assert len(platform.asked) == 1


def test_a_redirect_is_not_followed() -> None:
    platform = Plain()
    platform.faults.append(Fault(302, {"Location": "/elsewhere"}))
    go(platform, failing(ErrandFailed, "not followed"))
    assert platform.asked == ["/page"]


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (401, {"title": "Unauthorized"}, KeyRefused, "X_BEARER_TOKEN"),
        (
            403,
            {"reason": "client-not-enrolled", "detail": "attach the App to a Project"},
            KeyRefused,
            "Project",
        ),
        (403, {"title": "Forbidden"}, Forbidden, "403"),
        (404, {"title": "Not Found"}, NotThere, "404"),
        (404, [], ErrandFailed, "404"),
        (410, {"error": "Gone"}, NotThere, "410"),
        (
            400,
            {"errors": [{"message": "query too long"}], "title": "Invalid Request"},
            ErrandFailed,
            "query too long",
        ),
        (402, {"title": "CreditsDepleted"}, QuotaEnded, "CreditsDepleted"),
        (
            429,
            {
                "title": "UsageCapExceeded",
                "type": "https://api.twitter.com/2/problems/usage-capped",
                "period": "Monthly",
            },
            QuotaEnded,
            "UsageCapExceeded",
        ),
    ],
)
def test_refusals_are_told_apart(status: int, body: object, kind: type[Exception], words: str) -> None:
    platform = Plain()
    platform.faults.append(Fault(status, body=json.dumps(body)))
    watched = go(platform, failing(kind, words))
    assert len(platform.asked) == 1
    assert watched.said == []


def _echoes() -> list[str]:
    header = f"Bearer {TOKEN}"
    pair = base64.b64encode(header.encode()).decode()
    return [
        header,
        TOKEN,
        quote(header),
        quote(TOKEN, safe=""),
        base64.b64encode(TOKEN.encode()).decode(),
        base64.urlsafe_b64encode(TOKEN.encode()).decode(),
        f"you sent {pair}",
        TOKEN.encode().hex(),
        TOKEN.encode().hex().upper(),
        "x" * 290 + TOKEN,
        TOKEN.replace("/", "\\/"),
        "".join(f"\\u{ord(letter):04x}" for letter in TOKEN),
        TOKEN.upper(),
        TOKEN.title(),
    ]


@pytest.mark.parametrize("echo", _echoes())
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 429, 500])
def test_a_key_that_the_server_echoes_is_never_said(status: int, echo: str) -> None:
    platform = Plain()
    platform.faults.extend(Fault(status, body=f'{{"detail": "bad header {echo}"}}') for _ in range(30))
    platform.faults.extend(Fault(status, body=f"<pre>{echo}</pre>") for _ in range(30))
    said: list[str] = []

    async def work(web: Web) -> None:
        for _ in range(2):
            try:
                await web.get("/page")
            except Exception as error:  # noqa: BLE001
                said.append(f"{error} {error!r} {error.__cause__!r}")

    watched = go(platform, work, longest_wait=60.0)
    whole = " ".join([*said, *watched.said])
    for form in {
        TOKEN,
        TOKEN.upper(),
        TOKEN.title(),
        quote(TOKEN, safe=""),
        TOKEN.encode().hex(),
        TOKEN.replace("/", "\\/"),
    }:
        assert form.lower() not in whole.lower()
    assert TOKEN[:10] not in whole
    for run in re.findall(r"[A-Za-z0-9+/_-]{16,}", whole):
        for start in range(4):
            text = run[start:]
            decoded = base64.b64decode(text[: len(text) // 4 * 4].replace("-", "+").replace("_", "/"))
            assert b"very-secret" not in decoded


def test_a_key_echoed_in_an_honest_answer_does_not_reach_the_posts() -> None:
    platform = Plain()
    platform.faults.append(Fault(200, body=f'{{"text": "{TOKEN}"}}'))

    async def work(web: Web) -> None:
        assert TOKEN.encode() not in await web.get("/page")

    go(platform, work)
