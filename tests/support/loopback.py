"""A model server on loopback, in a process of its own, that counts every call by the hash of its body.

It answers what collect and curate ask of a text model, after a delay. `GET /stats` says what was asked so far.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from aiohttp import web

from echoloop.calls import read_fenced


class Loopback:
    """A running server, seen from the test. Its counts survive whoever calls it."""

    def __init__(self, port: int) -> None:
        self.base_url = f"http://127.0.0.1:{port}/v1"
        self._stats = f"http://127.0.0.1:{port}/stats"

    def stats(self) -> dict[str, int]:
        """`calls` that came in whole, and how many `distinct` bodies they had."""
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(self._stats) as answer:
            return json.load(answer)


@contextmanager
def loopback(delay: float = 0.02) -> Iterator[Loopback]:
    """The server, from its first to its last breath."""
    command = [sys.executable, str(Path(__file__)), "--delay", str(delay)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield Loopback(int(server.stdout.readline()))
        finally:
            server.terminate()


class _Answering:
    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._seen: Counter[str] = Counter()

    async def chat(self, request: web.Request) -> web.Response:
        body = await request.read()
        self._seen[sha256(body).hexdigest()] += 1
        await asyncio.sleep(self._delay)
        return web.json_response(_completion(json.loads(body)))

    async def stats(self, _: web.Request) -> web.Response:
        return web.json_response({"calls": self._seen.total(), "distinct": len(self._seen)})


def _completion(asked: dict) -> dict:
    message = {"role": "assistant", "content": _answer(asked)}
    usage = {"prompt_tokens": 100, "completion_tokens": 10}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return {
        "id": "loop",
        "object": "chat.completion",
        "model": asked["model"],
        "choices": [choice],
        "usage": usage,
    }


def _answer(asked: dict) -> str:
    if "response_format" not in asked:
        return "safe"
    content = asked["messages"][1]["content"]
    data = read_fenced(content if isinstance(content, str) else content[0]["text"])
    if "post" in data:
        return json.dumps({"score": 5, "note": data["post"]["text"][:10]})
    post = data["posts"][0]
    sample = {"prompt": post["text"], "post_urls": [post["url"]], "quality": "Benchmark"}
    return json.dumps({"samples": [sample]})


async def _serve(delay: float) -> None:
    answering = _Answering(delay)
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.add_routes([web.post("/v1/chat/completions", answering.chat), web.get("/stats", answering.stats)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """Serve until terminated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay", type=float, default=0.02)
    asyncio.run(_serve(parser.parse_args().delay))


if __name__ == "__main__":
    main()
