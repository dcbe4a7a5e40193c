"""How fast do receipts answer, and how fast does a large ledger open?

Replays through the door (canonical key, ledger read, decompression, parsing) and prints the ratio to bare reads of the
same rows. Usage: python bench/ledger_replay.py [--answers 40000] [--large 1000000] [--rounds 3]
"""

import argparse
import asyncio
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path

import zstandard
from pydantic import BaseModel

from echoloop.calls import (
    Ask,
    Budget,
    ChatRequest,
    Door,
    Endpoint,
    Ledger,
    Message,
    Price,
    Purpose,
    Structured,
    TextPart,
    canonical,
    request_key,
    structured,
)
from echoloop.records.receipt import Receipt, Usage

RUBRIC = "You judge whether a picture keeps what its prompt asks for. " * 12
RESPONSE = (
    '{"id":"chatcmpl-%d","object":"chat.completion","model":"bench-1","choices":[{"index":0,"message":{"role":"assistant",'
    '"content":"{\\"score\\": 7, \\"why\\": \\"both balls are red, and the sand is where the prompt wants it\\"}"},'
    '"finish_reason":"stop"}],"usage":{"prompt_tokens":400,"completion_tokens":20,"total_tokens":420}}'
)


class Score(BaseModel):
    score: int
    why: str


class NoImages:
    def read(self, sha256: str) -> bytes:
        raise KeyError(sha256)

    def put(self, data: bytes) -> str:
        raise AssertionError("a chat answer holds no picture")


def ask(number: int, shape: Structured) -> Ask:
    request = ChatRequest(
        provider="bench",
        model="bench-1",
        messages=(
            Message("system", (TextPart(RUBRIC),)),
            Message("user", (TextPart(f"Prompt {number}: two red balls on sand"),)),
        ),
        parameters={"temperature": 0},
    )
    return Ask("bench", request, Purpose("judge", "rubric@1", (f"post-{number}",)), shape)


def receipt(number: int, request: ChatRequest) -> Receipt:
    return Receipt(
        key=request_key(request),
        provider="bench",
        model="bench-1",
        served_model="bench-1",
        stage="judge",
        prompt="rubric@1",
        state="answered",
        reason="",
        request=canonical(request).decode(),
        response=RESPONSE % number,
        usage=Usage(input_tokens=400, output_tokens=20),
        cost=0.00044,
        latency_seconds=0.05,
        attempts=1,
        at=datetime.now(UTC),
        source_posts=(f"post-{number}",),
    )


def fill(path: Path, count: int, shape: Structured) -> float:
    """Write `count` receipts through the ledger's own door; return receipts a second."""
    began = time.perf_counter()
    with Ledger(path) as ledger:
        waiting: list[Future[None]] = []
        for number in range(count):
            waiting.append(ledger.append(receipt(number, shape.dress(ask(number, shape).request))))
            if len(waiting) >= 5_000:
                for done in waiting:
                    done.result()
                waiting = []
        for done in waiting:
            done.result()
    return count / (time.perf_counter() - began)


def bare_reads(path: Path, keys: list[str]) -> float:
    """The floor: select and decompress, one statement for 500 rows, nothing else."""
    connection = sqlite3.connect(path)
    unpack = zstandard.ZstdDecompressor().decompress
    began = time.perf_counter()
    count = 0
    for at in range(0, len(keys), 500):
        part = [bytes.fromhex(key) for key in keys[at : at + 500]]
        marks = ",".join("?" * len(part))
        rows = connection.execute(f"SELECT body FROM receipts WHERE key IN ({marks})", part)
        count += sum(1 for (body,) in rows if unpack(body))
    speed = count / (time.perf_counter() - began)
    connection.close()
    assert count == len(keys)
    return speed


async def replay(path: Path, count: int) -> float:
    endpoint = Endpoint(
        name="bench",
        provider="bench",
        model="bench-1",
        base_url="http://127.0.0.1:9/v1",
        price=Price(input=1, output=2),
    )
    shape = structured(Score)
    asks = [ask(number, shape) for number in range(count)]
    with Ledger(path, readonly=True) as ledger:
        door = Door(
            endpoints={"bench": endpoint},
            ledger=ledger,
            images=NoImages(),
            budget=Budget(),
            mode="offline",
            stop=threading.Event(),
        )
        began = time.perf_counter()
        for at in range(0, count, 2048):
            replies = await door.ask_many(asks[at : at + 2048])
            assert all(isinstance(reply.answer.value, Score) and reply.replayed for reply in replies)
        speed = count / (time.perf_counter() - began)
        await door.aclose()
    return speed


def open_and_stat(path: Path) -> None:
    began = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Ledger(path, readonly=True) as ledger:
        totals = ledger.stat()
    seconds = time.perf_counter() - began
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    calls, cost = sum(total.calls for total in totals), sum(total.cost for total in totals)
    print(
        f"  open + stat of {calls} receipts ({cost:.2f} USD): {seconds:.3f} s (bound 1 s), memory +{grown / 1024:.1f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=40_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stat", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.stat:
        open_and_stat(chosen.stat)
        return
    shape = structured(Score)
    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / "ledger.sqlite"
        written = fill(path, chosen.answers, shape)
        keys = [request_key(shape.dress(ask(number, shape).request)) for number in range(chosen.answers)]
        bare = statistics.median(bare_reads(path, keys) for _ in range(chosen.rounds))
        replayed = statistics.median(asyncio.run(replay(path, chosen.answers)) for _ in range(chosen.rounds))
        print(f"{chosen.answers} answers, medians of {chosen.rounds}")
        print(
            f"  appended and committed {written:8.0f} receipts/s, {path.stat().st_size / chosen.answers:.0f} bytes each"
        )
        print(f"  bare ledger reads      {bare:8.0f} rows/s")
        print(
            f"  replay through door    {replayed:8.0f} answers/s (floor 20000) {'ok' if replayed >= 20_000 else 'BELOW'}"
        )
        print(
            f"  replay / bare reads    {replayed / bare:8.2f}x (floor 0.20x) {'ok' if replayed / bare >= 0.2 else 'BELOW'}"
        )
        large = Path(room) / "large.sqlite"
        print(f"  a ledger of {chosen.large}: written at {fill(large, chosen.large, shape):.0f} receipts/s")
        subprocess.run([sys.executable, __file__, "--stat", str(large)], check=True)


if __name__ == "__main__":
    main()
