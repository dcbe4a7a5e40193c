"""How much of a bare HTTP loop's speed is left when every call is keyed, receipted, committed and validated?

Prints ratios against bare aiohttp loops, measured in the same run against the same server in a process of its own.
Usage: python bench/calls_throughput.py [--calls 10000] [--concurrency 256] [--rounds 3]
"""

import argparse
import asyncio
import base64
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path

import aiohttp
from pydantic import BaseModel

from echoloop.calls import (
    Ask,
    Budget,
    ChatRequest,
    Door,
    Endpoint,
    ImagePart,
    Ledger,
    Message,
    Price,
    Purpose,
    Reply,
    TextPart,
    structured,
)
from echoloop.records.answers import Answered

LATENCY = 0.05
IMAGE_BYTES = 200_000
BATCH, BATCHES_AT_ONCE = 2_048, 2  # as the engine hands rows over: two threads, a batch each
ANSWER = {
    "model": "bench-1",
    "choices": [
        {
            "message": {"role": "assistant", "content": '{"score": 7, "why": "both balls are red"}'},
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 400, "completion_tokens": 20},
}
RUBRIC = "You judge whether a picture keeps what its prompt asks for. " * 12


class Score(BaseModel):
    score: int
    why: str


class Folder:
    """The simplest image store: one file an image, named by its hash and checked on reading, as the workspace does."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, sha256_hex: str) -> bytes:
        data = (self.path / sha256_hex).read_bytes()
        if sha256(data).hexdigest() != sha256_hex:
            raise ValueError(f"image {sha256_hex} is damaged")
        return data

    def put(self, data: bytes) -> str:
        name = sha256(data).hexdigest()
        (self.path / name).write_bytes(data)
        return name


class Answering(asyncio.Protocol):
    """A server that costs as little as possible: it reads a body's length, waits 50 ms and sends fixed bytes."""

    body = json.dumps(ANSWER).encode()
    response = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.head = b""
        self.left = -1

    def data_received(self, data: bytes) -> None:
        if self.left < 0:
            self.head += data
            head, found, rest = self.head.partition(b"\r\n\r\n")
            if not found:
                return
            fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
            self.left = int(fields[b"content-length"]) - len(rest)
            self.head = b""
        else:
            self.left -= len(data)
        if self.left == 0:
            self.left = -1
            asyncio.get_running_loop().call_later(LATENCY, self.transport.write, self.response)


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def bare(url: str, calls: int, concurrency: int, body_of: Callable[[int], dict[str, object]]) -> float:
    """A loop of workers around session.post: what one would write by hand, without any record of it."""
    numbers = iter(range(calls))
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def work() -> None:
            for number in numbers:
                async with session.post(url, **body_of(number)) as response:
                    answer = await response.json()
                    assert answer["choices"][0]["message"]["content"]

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(concurrency)))
        return calls / (time.perf_counter() - began)


async def full(
    base_url: str, calls: int, concurrency: int, folder: Folder, images: list[str], room: Path
) -> float:
    """The same calls through the door, in batches as the engine hands them over."""
    endpoint = Endpoint(
        name="bench",
        provider="bench",
        model="bench-1",
        base_url=base_url,
        concurrency=concurrency,
        price=Price(input=1, output=2),
    )
    shape = structured(Score)
    asks = [
        Ask("bench", question(number, images), Purpose("judge", "rubric@1", (f"post-{number}",)), shape)
        for number in range(calls)
    ]
    with Ledger(room / f"{time.perf_counter_ns()}.sqlite") as ledger:
        door = Door(
            endpoints={"bench": endpoint},
            ledger=ledger,
            images=folder,
            budget=Budget(),
            mode="live",
            stop=threading.Event(),
        )
        began = time.perf_counter()
        batches = iter([asks[at : at + BATCH] for at in range(0, calls, BATCH)])
        answered: list[Reply[Score]] = []

        async def hand_over() -> None:
            for batch in batches:
                answered.extend(await door.ask_many(batch))

        await asyncio.gather(*(hand_over() for _ in range(BATCHES_AT_ONCE)))
        speed = calls / (time.perf_counter() - began)
        values = [
            reply.answer.value
            for reply in answered
            if reply.calls == 1 and isinstance(reply.answer, Answered)
        ]
        assert len(values) == calls
        assert all(isinstance(value, Score) for value in values)
        await door.aclose()
    return speed


def question(number: int, images: list[str]) -> ChatRequest:
    parts: list[TextPart | ImagePart] = [TextPart(f"Prompt {number}: two red balls on sand")]
    if images:
        parts.append(ImagePart(images[number % len(images)], "image/jpeg"))
    return ChatRequest(
        provider="bench",
        model="bench-1",
        messages=(Message("system", (TextPart(RUBRIC),)), Message("user", tuple(parts))),
        parameters={"temperature": 0},
    )


def plain_body(number: int, image: bytes | None = None) -> dict[str, object]:
    content: object = f"Prompt {number}: two red balls on sand"
    if image is not None:
        url = "data:image/jpeg;base64," + base64.b64encode(image).decode()
        content = [{"type": "text", "text": content}, {"type": "image_url", "image_url": {"url": url}}]
    messages = [{"role": "system", "content": RUBRIC}, {"role": "user", "content": content}]
    return {"model": "bench-1", "messages": messages, "temperature": 0}


async def measure(port: int, calls: int, concurrency: int, rounds: int, room: Path) -> None:
    base_url = f"http://127.0.0.1:{port}/v1"
    url = f"{base_url}/chat/completions"
    folder = Folder(room)
    # Each request sends a different image; 500 files are enough that no request repeats one that is under way.
    images = [folder.put(number.to_bytes(4, "big") * (IMAGE_BYTES // 4)) for number in range(500)]
    ready = json.dumps(plain_body(0, folder.read(images[0]))).encode()
    header = {"Content-Type": "application/json"}
    loops: dict[str, Callable[[], Awaitable[float]]] = {
        "text, bare json=": lambda: bare(url, calls, concurrency, lambda n: {"json": plain_body(n)}),
        "text, full path": lambda: full(base_url, calls, concurrency, folder, [], room),
        "image, bare read+base64+json=": lambda: bare(
            url, calls, concurrency, lambda n: {"json": plain_body(n, (room / images[n % 500]).read_bytes())}
        ),
        "image, bare ready bytes": lambda: bare(
            url, calls, concurrency, lambda n: {"data": ready, "headers": header}
        ),
        "image, full path": lambda: full(base_url, calls, concurrency, folder, images, room),
    }
    speeds: dict[str, list[float]] = {name: [] for name in loops}
    for _ in range(rounds):
        for name, loop in loops.items():
            speeds[name].append(await loop())
    report({name: statistics.median(each) for name, each in speeds.items()}, calls, concurrency)


def report(speed: dict[str, float], calls: int, concurrency: int) -> None:
    print(f"{calls} calls, concurrency {concurrency}, answers after {LATENCY * 1000:.0f} ms; medians")
    for name, each in speed.items():
        print(f"  {name:32} {each:8.0f} calls/s")
    for what, floor, against in (
        ("text, full path", 0.5, "text, bare json="),
        ("image, full path", 1.0, "image, bare read+base64+json="),
        ("image, full path", 0.3, "image, bare ready bytes"),
    ):
        ratio = speed[what] / speed[against]
        print(
            f"  {what} / {against}: {ratio:.2f}x (floor {floor:.1f}x) {'ok' if ratio >= floor else 'BELOW'}"
        )
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--concurrency", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    if chosen.serve:
        asyncio.run(serve())
        return
    with (
        subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True) as server,
        tempfile.TemporaryDirectory() as room,
    ):
        assert server.stdout is not None
        try:
            port = int(server.stdout.readline())
            asyncio.run(measure(port, chosen.calls, chosen.concurrency, chosen.rounds, Path(room)))
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
