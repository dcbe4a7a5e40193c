"""What bounds a run, and what a platform can do to it: nothing that came is lost, and the next run goes on."""

import asyncio
import threading
import time
from pathlib import Path

import pytest
from collect_runs import _TABLES, KEYS, Town, collect, errands, rows, set_up
from platforms import Fault
from platforms.bluesky import Bluesky, view
from platforms.mastodon import Mastodon
from platforms.reddit import Reddit, comment, submission
from platforms.x import X, tweet

from echoloop.cli.collecting import tell_limits
from echoloop.collect import Intake
from echoloop.collect.errands import Errand
from echoloop.collect.intake import IntakeNotWritten
from echoloop.collect.sources import QuotaEnded
from echoloop.engine import Stopped
from echoloop.records import Post, Tombstone
from echoloop.workspace import reading

DAY = "2025-03-26T10:00:00.000Z"
ONE = ("Lab Painter",)


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are a thousand times shorter."""

    async def sleep(_: object, seconds: float) -> None:
        await asyncio.sleep(seconds / 1000)

    clock = "echoloop.collect.sources.clock.SystemClock"
    monkeypatch.setattr(f"{clock}.steady", lambda _: time.monotonic() * 1000)
    monkeypatch.setattr(f"{clock}.sleep", sleep)


def said(number: int, text: str = "", **more) -> dict:
    return tweet(number, text, **({"created_at": DAY} | more))


def url(number: int) -> str:
    return f"https://x.com/i/status/{number}"


def numbers(folder: Path) -> set[int]:
    return {int(found.rpartition("/")[2]) for found in rows(folder, "posts", Post)}


@pytest.mark.parametrize(
    ("expand", "expected"), [("relevant", {1, 2, 10}), ("all", {1, 2, 10, 11}), ("none", {1, 10})]
)
def test_whose_conversations_are_followed(expand: str, expected: set[int], tmp_path: Path) -> None:
    posts = [said(1, "Lab Painter"), said(2, reply_to=1, thread=1)]
    posts += [said(10, "boring Lab Painter"), said(11, reply_to=10, thread=10)]
    with Town(X(posts)) as town:
        set_up(tmp_path, town, keywords=ONE, collect=f'expand = "{expand}"')
        collect(tmp_path)
        assert numbers(tmp_path) == expected
        assert len(town.read) == 2


def test_refresh_looks_again_at_what_is_known_and_the_newest_sight_counts(tmp_path: Path) -> None:
    replies = [said(number, "a first reply", reply_to=1, thread=1) for number in range(2, 8)]
    platform = X([said(1, "Lab Painter"), *replies], page=2)
    with Town(platform) as town:
        set_up(tmp_path, town, keywords=ONE, collect="posts_per_thread = 12", x="concurrency = 1")
        collect(tmp_path)
        platform.tweets["2"]["public_metrics"]["like_count"] = 4
        platform.tweets["1"]["public_metrics"]["like_count"] = 77
        platform.tweets["8"] = said(8, "a late reply", reply_to=2, thread=1)
        collect(tmp_path)
        assert numbers(tmp_path) == set(range(1, 8))
        platform.skew = 60.0
        collect(tmp_path, refresh=True)
        posts = rows(tmp_path, "posts", Post)
        assert numbers(tmp_path) == set(range(1, 9))
        assert (posts[url(1)].engagement.likes, posts[url(2)].engagement.likes) == (77, 4)
        assert posts[url(1)].keywords == ONE
        assert set(errands(tmp_path)) == {"done"}
        asked = town.requests
        collect(tmp_path)
        assert town.requests == asked


def deep(length: int) -> list[dict]:
    """A reply to a reply to a reply, as Reddit shows it: ten levels at a time."""
    chain = [comment("c0", "root")]
    chain += [comment(f"c{number}", "root", f"c{number - 1}") for number in range(1, length)]
    return [submission("root", "Lab Painter", at=1_742_983_200.0), *chain]


def test_a_bound_on_depth_is_said_and_lifted_by_the_next_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Town(Reddit(deep(45))) as town:
        set_up(tmp_path, town, keywords=ONE, collect="depth = 1")
        collect(tmp_path)
        some = rows(tmp_path, "posts", Post)
        assert 10 <= len(some) < 46
        assert (
            "Not whole (1 times): deeper than 1 steps from the post that was found" in capsys.readouterr().out
        )
        asked = town.asked()
        set_up(tmp_path, town, keywords=ONE)
        collect(tmp_path)
        assert len(rows(tmp_path, "posts", Post)) == 46
        assert "Not whole" not in capsys.readouterr().out
        assert all(town.asked()[one] == times for one, times in asked.items())


def test_bounds_never_cut_the_way_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chain = [
        view("p0", at=DAY),
        *(view(f"p{n}", parent=f"p{n - 1}", root="p0", at=DAY) for n in range(1, 12)),
    ]
    found = view("p12", "Lab Painter", parent="p11", root="p0", at=DAY)
    crowd = [view(f"r{n}", parent="p0", root="p0", at=DAY) for n in range(30)]
    with Town(Bluesky([*chain, found, *crowd], height=4)) as town:
        set_up(tmp_path, town, keywords=ONE, collect="posts_per_thread = 3", bluesky="concurrency = 1")
        collect(tmp_path)
        names = {found.rpartition("/")[2] for found in rows(tmp_path, "posts", Post)}
        assert names == {f"p{n}" for n in range(13)}
        assert "has brought 3 posts already" in capsys.readouterr().out
        asked = town.asked()
        set_up(tmp_path, town, keywords=ONE)
        collect(tmp_path)
        assert len(rows(tmp_path, "posts", Post)) == 43
        assert "Not whole" not in capsys.readouterr().out
        assert all(town.asked()[one] == times for one, times in asked.items())


def test_a_bound_on_posts_leaves_the_root_and_is_lifted_by_the_next_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    crowd = [said(number, reply_to=1, thread=1) for number in range(20, 80)]
    found = said(90, "Lab Painter", reply_to=12, thread=1)
    platform = X([said(1, "the root"), said(12, reply_to=1, thread=1), *crowd, found], page=10)
    with Town(platform) as town:
        set_up(tmp_path, town, keywords=ONE, collect="posts_per_thread = 15", x="concurrency = 1")
        collect(tmp_path)
        assert {1, 12, 90} <= numbers(tmp_path)
        assert len(numbers(tmp_path)) < 40
        assert "has brought 15 posts already" in capsys.readouterr().out
        asked = town.asked()
        set_up(tmp_path, town, keywords=ONE)
        collect(tmp_path)
        assert numbers(tmp_path) == {1, 12, 90, *range(20, 80)}
        assert all(town.asked()[one] == times for one, times in asked.items())


@pytest.mark.parametrize("max_cost", [None, 1.0])
def test_a_bound_on_calls_holds_for_each_run(
    max_cost: float | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    posts = [said(number, "Lab Painter") for number in range(1, 6)]
    posts += [said(number, reply_to=number % 5 + 1, thread=number % 5 + 1) for number in range(10, 40)]
    with Town(X(posts, page=10)) as town:
        set_up(tmp_path, town, keywords=ONE, collect="calls = 4", x="price_per_read = 0.0003")
        runs, held = 0, True
        while held and runs < 6:
            runs += 1
            before = town.requests
            collect(tmp_path, max_cost=max_cost)
            assert town.requests - before <= 4
            held = "the bound on calls of one run was reached" in capsys.readouterr().out
        assert runs > 1
        assert len(numbers(tmp_path)) == 35
        assert max(town.asked().values()) == 1


def test_every_request_that_is_still_to_be_made_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sightings.sqlite"
    with Intake(path) as intake:
        intake.send(Errand(platform="x", kind="post", argument=str(n)) for n in range(6))
        intake.send([Errand(platform="reddit", kind="post", argument="done")])
        with intake.writing():
            intake.errands.settle(1, "failed", reason="no answer")
            intake.errands.settle(2, "limited", reason="a bound")
            intake.errands.settle(3, "limited", reason="a bound")
            intake.errands.settle(7, "done")
    tell_limits(path)
    said = capsys.readouterr().out
    assert "x: 6 requests are still to be made" in said
    assert "reddit" not in said


def test_a_hashtag_without_posts_is_asked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MASTODON_ACCESS_TOKEN")
    monkeypatch.setitem(_TABLES, "mastodon", "")
    with Town(Mastodon([])) as town:
        set_up(tmp_path, town, keywords=ONE)
        collect(tmp_path)
        assert errands(tmp_path) == {"done": 1}
        asked = town.requests
        collect(tmp_path)
        assert town.requests == asked


def test_a_post_that_answers_itself_and_posts_that_answer_each_other_end(tmp_path: Path) -> None:
    posts = [said(1, "Lab Painter", reply_to=1), said(2, "Lab Painter", reply_to=3, thread=3)]
    posts += [said(3, reply_to=2, thread=2)]
    with Town(X(posts)) as town:
        set_up(tmp_path, town, keywords=ONE)
        collect(tmp_path)
        assert numbers(tmp_path) == {1, 2, 3}
        assert town.requests < 12
        assert set(errands(tmp_path)) == {"done"}


def test_threads_that_go_round_on_bluesky_end(tmp_path: Path) -> None:
    views = [view("a", "Lab Painter", parent="b", root="c", at=DAY), view("b", parent="c", root="c", at=DAY)]
    views += [view("c", parent="a", root="c", at=DAY)]
    with Town(Bluesky(views, depth=4, height=4)) as town:
        set_up(tmp_path, town, keywords=ONE)
        collect(tmp_path)
        assert {found[-1] for found in rows(tmp_path, "posts", Post)} == {"a", "b", "c"}
        assert town.requests < 20


def test_a_quota_that_ends_keeps_what_came_and_the_next_run_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    platform = X([said(number, "Lab Painter") for number in range(1, 31)], page=10)
    platform.headers.append(
        {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(time.time()) + 7200)}
    )
    with Town(platform) as town:
        set_up(tmp_path, town, keywords=ONE, collect='expand = "none"')
        collect(tmp_path)
        assert len(numbers(tmp_path)) == 10
        told = capsys.readouterr()
        assert "x: 1 requests are still to be made; the same command goes on with them." in told.out
        assert "Failed" not in told.out
        assert "x: x: rate limit, until " in told.err
        assert "What came is kept" in told.err
        collect(tmp_path)
        assert len(numbers(tmp_path)) == 30
        assert max(town.asked().values()) == 1


def test_a_plan_that_is_used_up_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    platform = X([said(1, "Lab Painter")])
    spent = '{"title": "UsageCapExceeded", "detail": "Usage cap exceeded: Monthly product cap", "type": '
    spent += '"https://api.twitter.com/2/problems/usage-capped"}'
    platform.faults.append(Fault(429, body=spent))
    with Town(platform) as town:
        set_up(tmp_path, town, keywords=ONE)
        with pytest.raises(QuotaEnded, match="used up"):
            collect(tmp_path)
        assert "used up" in capsys.readouterr().err
        collect(tmp_path)
        assert numbers(tmp_path) == {1}


@pytest.mark.usefixtures("hurried")
def test_a_platform_that_is_down_does_not_keep_the_others_from_working(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    down = X([said(1, "Lab Painter")])
    down.faults.extend(Fault(503, body="down for maintenance") for _ in range(500))
    with Town(down, Bluesky([view("a", "Lab Painter", at=DAY)])) as town:
        set_up(tmp_path, town)
        collect(tmp_path)
        assert len(rows(tmp_path, "posts", Post)) == 1
        assert errands(tmp_path)["failed"] == 2
        told = capsys.readouterr().out
        assert "x: 2 requests are still to be made" in told
        assert "503" in told
        down.faults.clear()
        collect(tmp_path)
        assert len(rows(tmp_path, "posts", Post)) == 2
        assert set(errands(tmp_path)) == {"done"}


def test_one_bad_item_is_counted_and_the_rest_goes_on(tmp_path: Path) -> None:
    platform = X([said(1, "Lab Painter"), said(2, "Lab Painter"), said(3, "Lab Painter")])
    platform.tweets["2"]["text"] = ["Lab Painter"]
    platform._matches = lambda *_: True  # type: ignore[method-assign]
    with Town(platform) as town:
        set_up(tmp_path, town, keywords=ONE, collect='expand = "none"')
        collect(tmp_path)
        assert numbers(tmp_path) == {1, 3}
        (lost,) = reading(tmp_path / "workspace").tables.read("posts.dropped").to_pylist()
        assert "text" in f"{lost['reason']} {lost['detail']}"


def test_a_cost_bound_holds_before_it_is_crossed_and_a_higher_one_goes_on(tmp_path: Path) -> None:
    posts = [said(number, "Lab Painter") for number in range(1, 301)]
    with Town(X(posts, page=30)) as town:
        set_up(tmp_path, town, keywords=ONE, collect='expand = "none"', x="price_per_read = 0.001")
        with pytest.raises(Stopped, match="cost bound") as caught:
            collect(tmp_path, max_cost=1.6)
        assert "--max-cost" in caught.value.remedy
        assert 0.0 < paid(tmp_path) <= 0.16
        assert town.requests == 4
        collect(tmp_path, max_cost=2.0)
        assert len(numbers(tmp_path)) == 300
        assert paid(tmp_path) == pytest.approx(0.3)
        assert max(town.asked().values()) == 1


def test_what_nobody_knows_the_price_of_is_not_asked_under_a_cost_bound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Town(X([said(1, "Lab Painter")]), Bluesky([view("a", "Lab Painter", at=DAY)])) as town:
        set_up(tmp_path, town, keywords=ONE)
        collect(tmp_path, max_cost=5.0)
        assert not town.asked("x")
        assert len(rows(tmp_path, "posts", Post)) == 1
        assert "price_per_read" in capsys.readouterr().err


def test_a_run_that_is_stopped_goes_on_at_its_page(tmp_path: Path) -> None:
    posts = [said(number, "Lab Painter") for number in range(1, 201)]
    stop = threading.Event()
    with Town(X(posts, page=10), delay=0.005) as town:
        set_up(tmp_path, town, keywords=ONE, collect='expand = "none"')
        threading.Thread(target=lambda: (town.wait_for(7), stop.set())).start()
        with pytest.raises(Stopped, match="stopped in stage 'search'"):
            collect(tmp_path, stop=stop)
        assert 7 <= town.requests <= 9
        collect(tmp_path)
        assert len(numbers(tmp_path)) == 200
        assert max(town.asked().values()) == 1


def test_a_full_disk_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise IntakeNotWritten("the collected posts could not be written or read: disk is full")

    with Town(X([said(1, "Lab Painter")])) as town:
        set_up(tmp_path, town)
        with monkeypatch.context() as patch:
            patch.setattr(Intake, "keep_page", full)
            with pytest.raises(IntakeNotWritten, match="disk is full"):
                collect(tmp_path)
        collect(tmp_path)
        assert numbers(tmp_path) == {1}


def test_without_network_nothing_is_asked_and_what_came_is_there(tmp_path: Path) -> None:
    with Town(X([said(1, "Lab Painter"), said(2, reply_to=1, thread=1)])) as town:
        set_up(tmp_path, town)
        collect(tmp_path)
        asked = town.requests
        set_up(tmp_path, town, until="2025-05-01")
        collect(tmp_path, refresh=True, offline=True)
        assert town.requests == asked
        assert numbers(tmp_path) == {1, 2}


def test_what_is_gone_keeps_its_place_and_comes_back_when_it_is_seen_again(tmp_path: Path) -> None:
    platform = X([said(1, "Lab Painter", reply_to=9, thread=9)])
    with Town(platform) as town:
        set_up(tmp_path, town, keywords=ONE)
        collect(tmp_path)
        assert set(rows(tmp_path, "gone", Tombstone)) == {url(9)}
        platform.tweets["9"] = said(9, "back again")
        collect(tmp_path, refresh=True)
        assert not rows(tmp_path, "gone", Tombstone)
        assert numbers(tmp_path) == {1, 9}


def paid(folder: Path) -> float:
    with Intake(folder / "workspace" / "sightings.sqlite", readonly=True) as intake:
        return sum(row.cost or 0.0 for row in intake.errands.rows())
