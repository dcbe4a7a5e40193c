"""`echoloop collect` as a person runs it: killed, interrupted, told lies by a platform, given files of every kind."""

import gzip
import json
import os
import random
import signal
import sqlite3
import subprocess
import time
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from aiohttp import web
from archive_entries import echo_post, tweet_page, written
from archive_entries import submission as archived_submission
from archive_entries import tweet as archived_tweet
from collect_runs import KEYS, Town, errands, everything, rows, set_up
from command_line import ECHOLOOP, echoloop
from platforms import Platform
from platforms.bluesky import Bluesky, view
from platforms.mastodon import Mastodon, number_at, status
from platforms.reddit import Reddit, comment, submission
from platforms.x import X, tweet
from sighted import at

from echoloop.collect import Intake
from echoloop.records import Post, Problem
from echoloop.workspace import reading

DAY = "2025-03-26T10:00:00.000Z"
HIT = "Lab Painter at work"


def started(folder: Path, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [str(ECHOLOOP), "collect", *words],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **KEYS},
    )


def busy_town(delay: float) -> Town:
    """Many pages to search, many conversations to follow."""
    found = [tweet(n, HIT, created_at=DAY) for n in range(100, 160)]
    replies = [
        tweet(1000 + n, f"reply {n}", created_at=DAY, reply_to=100 + n % 60, thread=100 + n % 60)
        for n in range(120)
    ]
    deep = [comment("c0", "root")] + [comment(f"c{n}", "root", f"c{n - 1}") for n in range(1, 60)]
    things = [submission("root", HIT, at=at(1).timestamp()), *deep]
    return Town(X(found + replies, page=6), Reddit(things, limit=20), delay=delay)


@pytest.mark.kill
def test_killed_while_searching_and_expanding_it_ends_as_if_nobody_had(tmp_path: Path) -> None:
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    with busy_town(0.01) as town:
        set_up(killed, town)
        set_up(whole, town)
        with started(whole, "--quiet") as run:
            assert run.wait() == 0
        undisturbed, total = town.asked(), town.requests
        moments = sorted(random.Random(7).sample(range(3, total - 3), 4))
        for moment in moments:
            with started(killed, "--quiet") as run:
                town.wait_for(total + moment)
                run.send_signal(signal.SIGKILL)
        with started(killed, "--quiet") as run:
            assert run.wait() == 0, run.stderr.read() if run.stderr else ""
        again = town.asked() - undisturbed
        assert again.keys() == undisturbed.keys()
        assert again.total() - undisturbed.total() <= 4 * 8
        assert max(again.values()) <= 1 + 4
    assert everything(killed) == everything(whole)
    assert len(rows(whole, "posts", Post)) == 60 + 120 + 61


def test_ctrl_c_finishes_what_is_in_flight_and_says_how_to_go_on(tmp_path: Path) -> None:
    with busy_town(0.02) as town:
        set_up(tmp_path, town)
        with started(tmp_path) as run:
            town.wait_for(8)
            run.send_signal(signal.SIGINT)
            out, err = run.communicate()
        assert run.returncode == 130
        assert "stopped in stage 'search'" in err
        assert "Run the same command again: it goes on at the page where this one stopped." in err
        assert "Traceback" not in out + err
        stopped = town.requests
        with started(tmp_path) as run:
            town.wait_for(stopped + 40)
            run.send_signal(signal.SIGTERM)
            out, err = run.communicate()
        assert run.returncode == 130
        assert "Traceback" not in out + err
        with started(tmp_path, "--quiet") as run:
            out, err = run.communicate()
        assert run.returncode == 0, err
        assert set(errands(tmp_path)) == {"done"}
        assert max(town.asked().values()) == 1
        assert len(rows(tmp_path, "posts", Post)) == 60 + 120 + 61


def spellings(secret: str) -> list[str]:
    plain = secret.encode()
    return [secret, quote(secret, safe=""), b64encode(plain).decode(), b64encode(plain).decode().rstrip("=")]


OF = {
    "x": ["x-bearer-secret-0001"],
    "reddit": [
        "reddit-client-secret-1",
        b64encode(b"client-id:reddit-client-secret-1").decode(),
        "reddit-token-secret-1",
    ],
    "bluesky": ["bluesky-app-password-1", "bluesky-access-secret-1", "bluesky-refresh-secret-1"],
    "mastodon": ["mastodon-token-secret-1"],
}

GRANTED = ("reddit-token-secret-1", "bluesky-access-secret-1", "bluesky-refresh-secret-1")


def echoing(platform: Platform, name: str, status_code: int, *, logged_in: bool) -> None:
    """Every answer is an error that repeats what was sent, and every key in every spelling."""
    answer = platform.answer
    known = [key for key in OF[name] if logged_in or key not in GRANTED]

    async def answering(request: web.Request, handler) -> web.StreamResponse:
        login = "access_token" in request.path or "Session" in request.path
        if login and logged_in:
            return await answer(request, handler)
        sent = f"{request.headers.get('Authorization', '')} {(await request.read()).decode()}"
        words = " ".join([sent, *(one for key in [*known, *sent.split()] for one in spellings(key))])
        said = {
            "title": words,
            "detail": words,
            "message": words,
            "error": words,
            "errors": [{"message": words}],
        }
        return web.json_response(said, status=status_code)

    platform.answer = answering  # type: ignore[method-assign]


def held_anywhere(folder: Path, *said: str) -> str:
    """All that was written, packed or not, as one text."""
    workspace = folder / "workspace"
    texts = [*said]
    texts += [path.read_bytes().decode("latin-1") for path in workspace.rglob("*") if path.is_file()]
    tables = reading(workspace).tables
    texts += [json.dumps(tables.read(name).to_pylist(), default=str) for name in tables.names()]
    with Intake(workspace / "sightings.sqlite", readonly=True) as intake:
        texts.append(msgspec.json.encode([batch.seen for batch in intake.batches()]).decode())
        texts.append(msgspec.json.encode(list(intake.errands.rows())).decode())
        texts.append(json.dumps(intake.errands.limits()))
    return "\n".join(texts)


@pytest.mark.parametrize("case", ["refused", "logged in", "repeated in posts"])
def test_no_key_is_written_anywhere(case: str, tmp_path: Path) -> None:
    x, bluesky = X([tweet(1, HIT, created_at=DAY)]), Bluesky([view("a", HIT, at=DAY)])
    reddit = Reddit([submission("r", HIT, at=at(1).timestamp())])
    first = number_at(at(1))
    mastodon = Mastodon([status(first, HIT, created_at="2025-04-01T00:00:00.000Z")])
    four: dict[str, Platform] = {"x": x, "bluesky": bluesky, "reddit": reddit, "mastodon": mastodon}
    for name, platform in four.items():
        if case != "repeated in posts":
            echoing(platform, name, 400 if case == "logged in" else 401, logged_in=case == "logged in")
    if case == "repeated in posts":
        x.tweets["1"]["text"] += " x-bearer-secret-0001"
        reddit.things["t3_r"]["selftext"] = "reddit-token-secret-1"
        bluesky.views[next(iter(bluesky.views))]["record"]["text"] += " bluesky-access-secret-1"
        mastodon.statuses[str(first)]["content"] += "<p>mastodon-token-secret-1</p>"
    with Town(*four.values()) as town:
        set_up(tmp_path, town, keywords=("Lab Painter",))
        with started(tmp_path, "--json") as run:
            out, err = run.communicate()
        assert run.returncode == 0 if case == "repeated in posts" else run.returncode in (0, 1), err
    held = held_anywhere(tmp_path, out, err)
    secrets = [secret for secrets in OF.values() for secret in secrets]
    found = [one for secret in secrets for one in spellings(secret) if one in held]
    assert not found
    if case == "repeated in posts":
        assert len(rows(tmp_path, "posts", Post)) == 4
    else:
        for name in OF:
            assert f"{name}: " in err + out


def test_a_missing_key_names_its_variable(tmp_path: Path) -> None:
    with Town(X([])) as town:
        set_up(tmp_path, town)
        done = echoloop(tmp_path, "collect", environment={"X_BEARER_TOKEN": ""})
    assert done.returncode == 2
    assert "the environment has no X_BEARER_TOKEN" in done.stderr
    assert not (tmp_path / "workspace" / "tables").exists() or not town.requests


def posts_in(folder: Path, workspace: str = "workspace") -> list[str]:
    with Intake(folder / workspace / "sightings.sqlite", readonly=True) as intake:
        return [one.post.url for batch in intake.batches() for one in batch.seen if hasattr(one, "post")]


def test_files_of_every_kind_are_read_once(tmp_path: Path) -> None:
    with Town() as town:
        set_up(tmp_path, town)
        written(tmp_path / "tweets-1.jsonl", tweet_page(archived_tweet(1)))
        packed = written(tmp_path / "plain", tweet_page(archived_tweet(2))).read_bytes()
        (tmp_path / "tweets-2.jsonl.gz").write_bytes(gzip.compress(packed))
        written(tmp_path / "forum.ndjson", archived_submission("r1"))
        rows_of = "link,body,when\nhttps://x.com/i/status/9,hello,2025-04-01T10:00:00Z\nno address,x,y\n"
        (tmp_path / "posts.csv").write_text(rows_of)

        done = echoloop(tmp_path, "collect", "file", "tweets-*", "forum.ndjson")
        assert done.returncode == 0, done.stderr
        assert "tweets-1.jsonl: 1 posts." in done.stdout
        assert "forum.ndjson: 1 posts." in done.stdout
        mapped = ("collect", "file", "posts.csv", "--map", "url=link,text=body,created_at=when")
        done = echoloop(tmp_path, *mapped, "--strict")
        assert done.returncode == 2
        assert "posts.csv:3" in done.stderr
        assert "Nothing of this file was kept" in done.stderr
        done = echoloop(tmp_path, *mapped)
        assert done.returncode == 0, done.stderr
        assert "skipped 1" in done.stdout
        assert "first at posts.csv:3" in done.stdout
        done = echoloop(tmp_path, "collect", "file", "tweets-1.jsonl", "posts.csv", "--format", "table")
        assert done.returncode == 2, done.stdout
        streamed = json.dumps(echo_post(11, image_urls=[])) + "\n"
        done = echoloop(tmp_path, "collect", "file", "tweets-1.jsonl", "-", input=streamed)
        assert "tweets-1.jsonl: already in (1 posts)" in done.stdout
        assert "standard input: 1 posts" in done.stdout, done.stderr
        assert sorted(url.rpartition("/")[2] for url in posts_in(tmp_path)) == ["1", "11", "2", "9", "r1"]

        done = echoloop(tmp_path, "collect", "--quiet")
        assert done.returncode == 0, done.stderr
        assert len(rows(tmp_path, "posts", Post)) == 5
        assert len(rows(tmp_path, "posts", Post)) == len(set(posts_in(tmp_path)))


@pytest.mark.kill
def test_an_import_that_is_stopped_or_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    total = 60_000
    path = tmp_path / "posts.jsonl"
    path.write_bytes(
        b"".join(
            json.dumps(echo_post(n, image_urls=[], replies_above=[])).encode() + b"\n"
            for n in range(1, total + 1)
        )
    )
    with Town() as town:
        set_up(tmp_path, town)
        positions: list[int] = []
        for least, end in ((1_000, signal.SIGINT), (20_000, signal.SIGKILL)):
            with started(tmp_path, "file", "posts.jsonl", "--quiet") as run:
                while _position(tmp_path) < least and run.poll() is None:
                    time.sleep(0.002)
                run.send_signal(end)
                _, err = run.communicate()
            assert run.returncode == (130 if end == signal.SIGINT else -end)
            assert ("Run the same command again: it goes on there." in err) is (end == signal.SIGINT)
            positions.append(_position(tmp_path))
        assert 1_000 <= positions[0] <= positions[1] < total
        done = echoloop(tmp_path, "collect", "file", "posts.jsonl")
        assert done.returncode == 0, done.stderr
        assert f"posts.jsonl: {total - positions[1]:,} posts" in done.stdout
    found = posts_in(tmp_path)
    assert len(found) == len(set(found)) == total


def _position(folder: Path) -> int:
    try:
        with Intake(folder / "workspace" / "sightings.sqlite", readonly=True) as intake:
            return max((one.position for one in intake.imports.all()), default=0)
    except (Problem, sqlite3.Error):
        return 0


def test_a_declared_archive_that_changes_replaces_what_it_had_brought(tmp_path: Path) -> None:
    with Town() as town:
        set_up(tmp_path, town, collect='archive = ["posts.jsonl", "more.jsonl"]')
        entries = [echo_post(n, text=HIT, image_urls=[], replies_above=[]) for n in (1, 2, 3)]
        written(tmp_path / "posts.jsonl", *entries)
        written(tmp_path / "more.jsonl", echo_post(7, text=HIT, image_urls=[], replies_above=[]))
        assert echoloop(tmp_path, "collect", "--quiet").returncode == 0
        assert echoloop(tmp_path, "forget", "https://x.com/i/status/3").returncode == 0
        written(tmp_path / "posts.jsonl", entries[0], entries[2], echo_post(4, text=HIT, image_urls=[]))
        done = echoloop(tmp_path, "collect")
        assert done.returncode == 0, done.stderr
        assert "left out 1: forgotten on request" in done.stderr
        urls = {url.rpartition("/")[2] for url in rows(tmp_path, "posts", Post)}
        assert urls == {"1", "4", "7"}
        set_up(tmp_path, town, collect='archive = "posts.jsonl"')
        assert echoloop(tmp_path, "collect", "--quiet").returncode == 0
        assert {url.rpartition("/")[2] for url in rows(tmp_path, "posts", Post)} == {"1", "4"}
