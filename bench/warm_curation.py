"""A warm re-run of curation: every stage again over posts whose receipts are all there, beside bare reads of as many receipts.

The model is in this process and honest enough: each conversation is one task in the words of its first post. The first run
pays, the second (`force`) is what is measured; nothing may be asked in it.
Usage: python bench/warm_curation.py [--posts 100000] [--rounds 1]
"""

import argparse
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import zstandard

from echoloop.calls import Endpoint, Price, read_fenced
from echoloop.curate import CurateSettings, curate_stages
from echoloop.engine import Progress, Session
from echoloop.records import Post, Relevance
from echoloop.records.arrow import to_table
from echoloop.workspace import Workspace, writing

FLOOR = 0.2
TALK = 2
START = datetime(2025, 4, 1, tzinfo=UTC)


class Reader:
    """Answers extraction with the first post's words, and calls everything safe."""

    async def respond(self, path: str, content_type: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        del path, content_type
        request = json.loads(body)
        said = _extraction(request) if "response_format" in request else "safe"
        message = {"role": "assistant", "content": said}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        usage = {"prompt_tokens": 100, "completion_tokens": 10}
        answer = {"id": "w", "object": "chat.completion", "model": request["model"], "choices": [choice]}
        return 200, {}, json.dumps({**answer, "usage": usage}).encode()


def _extraction(request: dict) -> str:
    content = request["messages"][1]["content"]
    first = read_fenced(content if isinstance(content, str) else content[0]["text"])["posts"][0]
    sample = {
        "prompt": first["text"],
        "prompt_modified": False,
        "post_urls": [first["url"]],
        "quality": "Analysis",
        "quality_reason": "a bench",
        "community_feedback": [],
    }
    return json.dumps({"samples": [sample]})


def open_reader() -> Reader:
    """The factory that the endpoint names."""
    return Reader()


def posts(count: int) -> tuple[pa.Table, pa.Table]:
    """Conversations of two posts without pictures, each with one relevant post."""
    rows = [
        Post(
            url=_url(number),
            platform="x",
            text=f"please paint scene number {number} with a red ball, a blue cube and the word {number * 7919}",
            created_at=START + timedelta(seconds=number),
            replies_above=(_url(number - number % TALK),) if number % TALK else (),
            source_posts=(_url(number),),
        )
        for number in range(count)
    ]
    scored = [
        Relevance(post=row.url, score=5, state="answered", source_posts=row.source_posts)
        for row in rows[::TALK]
    ]
    return to_table(rows, Post), to_table(scored, Relevance)


def _url(number: int) -> str:
    return f"https://x.com/i/status/{10**18 + number}"


def bare_reads(path: Path) -> tuple[int, float]:
    """How many receipts there are, and the seconds to read and unpack each by its key, five hundred at a time."""
    unpack = zstandard.ZstdDecompressor().decompress
    connection = sqlite3.connect(path)
    keys = [key for (key,) in connection.execute("SELECT key FROM receipts")]
    began = time.perf_counter()
    for at in range(0, len(keys), 500):
        part = keys[at : at + 500]
        marks = ", ".join("?" * len(part))
        for (body,) in connection.execute(f"SELECT body FROM receipts WHERE key IN ({marks})", part):
            unpack(body)
    return len(keys), time.perf_counter() - began


def run(workspace: Workspace, *, force: bool) -> tuple[float, int]:
    """All stages; the seconds, and how many calls were paid."""
    endpoint = Endpoint(
        name="reader",
        provider="bench",
        model="bench-1",
        factory="warm_curation:open_reader",
        price=Price(request=0.0),
        concurrency=64,
    )
    settings = CurateSettings(
        subject="Lab Painter", reader="reader", viewer="reader", boxer="reader", guard="reader"
    )
    began = time.perf_counter()
    with Session(workspace, [endpoint], progress=Progress("quiet"), force=force) as session:
        results = session.run(curate_stages(settings))
    return time.perf_counter() - began, sum(result.counts.paid_calls for result in results)


def main() -> None:
    """Pay once, replay, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as room, writing(Path(room) / "workspace") as workspace:
        found, relevance = posts(chosen.posts)
        workspace.tables.write("posts", found, Post)
        workspace.tables.write("relevance", relevance, Relevance)
        cold, paid = run(workspace, force=False)
        warm: list[float] = []
        for _ in range(chosen.rounds):
            seconds, again = run(workspace, force=True)
            if again:
                sys.exit(f"{again:,} calls were paid in a warm run")
            warm.append(seconds)
        receipts, bare = bare_reads(workspace.receipts)
    median = statistics.median(warm)
    ratio = bare / median
    print(f"{chosen.posts:,} posts, {receipts:,} receipts ({paid:,} paid in {cold:.1f} s)")
    print(f"  bare reads of as many receipts {bare:7.2f} s  {receipts / bare:8,.0f}/s")
    print(
        f"  all stages again               {median:7.2f} s  {receipts / median:8,.0f}/s  {ratio:.2f}x (floor {FLOOR}x)"
    )
    if ratio < FLOOR:
        sys.exit("below the floor")


if __name__ == "__main__":
    main()
