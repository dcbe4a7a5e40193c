"""What a platform does between two answers changes nothing in what comes."""

import random

import pytest
from errand_runs import ask, run_errands
from platforms import Fault, Platform
from platforms.bluesky import Bluesky, uri, view
from platforms.mastodon import Mastodon, status
from platforms.reddit import Reddit, comment, submission
from platforms.x import X, tweet

from echoloop.collect.errands import KnownPost

ENVIRON = {
    "X_BEARER_TOKEN": "x-bearer-secret-0001",
    "REDDIT_CLIENT_ID": "client-id",
    "REDDIT_CLIENT_SECRET": "reddit-client-secret-1",
    "BLUESKY_IDENTIFIER": "painter-fan-01.example",
    "BLUESKY_APP_PASSWORD": "bluesky-app-password-1",
}


def x() -> tuple[Platform, KnownPost]:
    posts = [tweet(100), *(tweet(n, reply_to=100 + (n - 100) // 3, thread=100) for n in range(101, 300))]
    return X(posts, page=20), KnownPost(url="https://x.com/i/status/250", conversation="100")


def reddit() -> tuple[Platform, KnownPost]:
    things = [comment(f"c{n}", "root", f"c{n // 3}" if n else "") for n in range(1, 200)]
    root = [submission("root"), comment("c0", "root")]
    return Reddit([*root, *things], limit=10), KnownPost(url="https://reddit.com/comments/root/_/c150")


def bluesky() -> tuple[Platform, KnownPost]:
    views = [view("p0"), *(view(f"p{n}", parent=f"p{n // 2}", root="p0") for n in range(1, 200))]
    return Bluesky(views, depth=2, height=2), KnownPost(url="", native=uri("p150"))


def mastodon() -> tuple[Platform, KnownPost]:
    statuses = [status(1000), *(status(1000 + n, reply_to=999 + n) for n in range(1, 150))]
    post = KnownPost(url="https://social.example/@painter_fan_01/1080", native="1080")
    return Mastodon(statuses), post


def weather(seed: int, platform: Platform) -> None:
    """Something goes wrong before every second answer or so; never five times in a row."""
    draw = random.Random(seed)
    answer = platform.answer
    in_a_row = 0

    async def answering(request, handler):
        nonlocal in_a_row
        if in_a_row < 3 and draw.random() < 0.5:
            in_a_row += 1
            faults = [
                Fault(500),
                Fault(502, body="<html>bad gateway</html>"),
                Fault(429, {"Retry-After": "7"}),
                Fault(cut=True),
                Fault(200, body='{"data": [{"id"'),
            ]
            platform.faults.append(draw.choice(faults))
        else:
            in_a_row = 0
        return await answer(request, handler)

    platform.answer = answering


@pytest.mark.parametrize("make", [x, reddit, bluesky, mastodon])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_conversation_comes_whole_through_bad_weather(make, seed: int) -> None:
    fine, post = make()
    rough, _ = make()
    weather(seed, rough)

    async def work(source):
        return await run_errands(source, source.conversation(post), most=1_000)

    expected = ask(fine, work, ENVIRON, platform=make.__name__)
    came = ask(rough, work, ENVIRON, platform=make.__name__)
    assert came.failed == []
    assert len(expected.posts) >= 100
    assert set(came.posts) == set(expected.posts)
    assert len(rough.asked) > len(fine.asked)
