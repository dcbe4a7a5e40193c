"""Batch APIs on loopback, OpenAI's and Gemini's, that can be held at any moment; and a client in a process that can be killed there.

`python providers_batches.py submit|bring_in PROTOCOL BASE_URL FOLDER COUNT` does what a run does between two kills.
"""

import asyncio
import json
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestServer

from echoloop.calls import (
    Ask,
    Budget,
    ChatRequest,
    Door,
    DrawRequest,
    Endpoint,
    Ledger,
    Message,
    Price,
    Purpose,
    TextPart,
    Wanted,
)
from echoloop.calls.batching import BroughtIn, Submitted, bring_in, submit
from echoloop.lab.serve_batches import Batches

Answering = Callable[[str, Any], tuple[int, Any]]


class Held:
    """A moment at which the server stands still, and whoever waits for it to."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.let_go = asyncio.Event()

    async def here(self) -> None:
        self.reached.set()
        await self.let_go.wait()


@dataclass
class BatchServer:
    """Both providers behind one port. `answer` decides what a line gets; `paid` counts the lines that were answered.

    `held` names moments: "order" (before it is taken), "ordered" (taken, and the answer is not sent), or the kind of file that is
    half sent, "output" or "error".
    """

    answer: Answering | None = None
    expires_after: int | None = None
    lists: bool = True
    keyed: bool = True
    order_status: int = 200
    state: str = "BATCH_STATE_SUCCEEDED"
    held: dict[str, Held] = field(default_factory=dict)
    paid: Counter[str] = field(default_factory=Counter)
    heard: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    operations: dict[str, dict[str, Any]] = field(default_factory=dict)
    root: str = ""

    def base_url(self, protocol: str) -> str:
        return f"{self.root}/v1beta" if protocol == "gemini" else f"{self.root}/v1"

    def hold(self, moment: str) -> Held:
        self.held[moment] = Held()
        return self.held[moment]

    @asynccontextmanager
    async def running(self) -> AsyncIterator["BatchServer"]:
        self._batches = Batches(self._respond, expires_after=self.expires_after)
        app = web.Application(client_max_size=1 << 28)
        app.router.add_route("*", "/{tail:.*}", self._handle)
        async with TestServer(app) as server:
            self.root = str(server.make_url("")).rstrip("/")
            yield self
            await self._batches.aclose()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.heard.append((request.method, request.path_qs, dict(request.headers), body))
        route = (request.method, request.path.rstrip("/"))
        if route == ("POST", "/v1/files"):
            return web.json_response(self._batches.add_file(request.headers["Content-Type"], body))
        if route == ("POST", "/v1/batches"):
            return await self._order(lambda: self._batches.start(body))
        if route[1].endswith(":batchGenerateContent"):
            return await self._order(lambda: self._start_gemini(json.loads(body)))
        if not self.lists and route[1] in ("/v1/batches", "/v1beta/batches"):
            return web.json_response({"error": {"message": "no such thing"}}, status=404)
        if route == ("GET", "/v1/batches"):
            listed = self._batches.list(request.query.get("after", ""), 1)
            return web.json_response(listed)
        if route == ("GET", "/v1beta/batches"):
            return web.json_response({"operations": list(self.operations.values())})
        if route[1].startswith("/v1beta/batches/"):
            return web.json_response(self.operations[route[1].removeprefix("/v1beta/")])
        if route[1].startswith("/v1/batches/"):
            return web.json_response(self._batches.state(route[1].rpartition("/")[2]))
        return await self._content(request, route[1].split("/")[3])

    async def _order(self, take: Callable[[], Any]) -> web.StreamResponse:
        if self.order_status != 200:
            return web.json_response({"error": {"message": "not this one"}}, status=self.order_status)
        if (held := self.held.get("order")) is not None:
            await held.here()
            return web.Response(status=500)
        taken = take()
        if (held := self.held.get("ordered")) is not None:
            await held.here()
        return web.json_response(taken)

    async def _content(self, request: web.Request, name: str) -> web.StreamResponse:
        data = self._batches.content(name)
        kind = "error" if b'"status_code":200' not in data.partition(b"\n")[0] else "output"
        held = self.held.get(kind)
        if held is None:
            return web.Response(body=data)
        response = web.StreamResponse(headers={"Content-Length": str(len(data))})
        await response.prepare(request)
        await response.write(data[: len(data) // 2])
        await held.here()
        return response

    async def _respond(self, path: str, content_type: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        asked = json.loads(body)
        status, answer = (self.answer or chat_echo)(path, asked)
        if status == 200:
            self.paid[sha256(body).hexdigest()] += 1
        return status, {}, json.dumps(answer).encode()

    def _start_gemini(self, asked: Any) -> dict[str, Any]:
        batch = asked["batch"]
        items = []
        for one in batch["inputConfig"]["requests"]["requests"]:
            status, answer = (self.answer or gemini_echo)("", one["request"])
            item = {"response": answer} if status == 200 else {"error": {"code": 8, "message": "slow down"}}
            if status == 200:
                self.paid[json.dumps(one["request"])] += 1
            items.append({**item, "metadata": one["metadata"]} if self.keyed else item)
        name = f"batches/b{len(self.operations)}"
        output = {"inlinedResponses": {"inlinedResponses": items}}
        self.operations[name] = {
            "name": name,
            "metadata": {
                "displayName": batch["displayName"],
                "state": self.state,
                "batchStats": {"requestCount": str(len(items)), "successfulRequestCount": str(len(items))},
                "output": output,
            },
            "done": self.state == "BATCH_STATE_SUCCEEDED",
            "response": output,
        }
        return {
            "name": name,
            "metadata": {"state": "BATCH_STATE_PENDING", "displayName": batch["displayName"]},
        }


def chat_echo(path: str, asked: Any) -> tuple[int, Any]:
    """A chat completion that says what it was asked."""
    text = asked["messages"][-1]["content"]
    usage = {"prompt_tokens": 10, "completion_tokens": 5}
    choice = {"message": {"role": "assistant", "content": f"echo {text}"}, "finish_reason": "stop"}
    return 200, {"model": "served-1", "choices": [choice], "usage": usage}


def gemini_echo(path: str, asked: Any) -> tuple[int, Any]:
    """The same from Gemini."""
    text = asked["contents"][-1]["parts"][0]["text"]
    candidate = {"content": {"parts": [{"text": f"echo {text}"}]}, "finishReason": "STOP"}
    usage = {"promptTokenCount": 10, "candidatesTokenCount": 5}
    return 200, {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "served-1"}


class Shelf:
    """An image store in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def read(self, sha256: str) -> bytes:
        return self.kept[sha256]

    def put(self, data: bytes) -> str:
        name = sha256(data).hexdigest()
        self.kept[name] = data
        return name


class Buyer:
    """What a run has: an endpoint, a ledger, a store, a folder of batches."""

    def __init__(self, protocol: Any, base_url: str, folder: Path, **changes: Any) -> None:
        settings: dict[str, Any] = {
            "name": "judge",
            "provider": "acme",
            "model": "sight-1",
            "base_url": base_url,
            "protocol": protocol,
            "price": Price(input=1.0, output=2.0),
            "retries": 0,
        }
        self.endpoint = Endpoint(**{**settings, **changes})
        self.endpoints = {"judge": self.endpoint}
        self.ledger_path = folder / "ledger.sqlite"
        self.batches = folder / "batches"
        self.shelf = Shelf()

    def ask(self, number: int, **changes: Any) -> Ask:
        request = ChatRequest(
            provider="acme",
            model="sight-1",
            messages=(Message("user", (TextPart(f"question {number}"),)),),
            protocol=self.endpoint.protocol,
        )
        return Ask("judge", msgspec.structs.replace(request, **changes), _purpose(number))

    def drawing(self, number: int, **changes: Any) -> Ask:
        fields = {"provider": "acme", "model": "sight-1", "protocol": self.endpoint.protocol, **changes}
        return Ask("judge", DrawRequest(prompt=f"ball {number}", **fields), _purpose(number))

    async def missing(self, asks: list[Ask]) -> list[Wanted]:
        """What a planning door finds missing."""
        with Ledger(self.ledger_path) as ledger:
            door = self.door(ledger, "plan")
            missing = door.keep_missing()
            await door.ask_many(asks)
            await door.aclose()
        return missing

    async def submit(self, asks: list[Ask], **more: Any) -> Submitted:
        missing = await self.missing(asks)
        return await submit(missing, self.endpoints, self.batches, read=self.shelf.read, **more)

    async def bring_in(self, settling: float = 0.0) -> BroughtIn:
        with Ledger(self.ledger_path) as ledger:
            return await bring_in(
                self.batches, self.endpoints, ledger=ledger, put=self.shelf.put, settling=settling
            )

    async def wait(self) -> BroughtIn:
        """Bring in until nothing is under way."""
        collected: list[Any] = []
        while True:
            brought = await self.bring_in()
            collected += brought.collected
            if not brought.waiting:
                return msgspec.structs.replace(brought, collected=tuple(collected))
            await asyncio.sleep(0.01)

    async def replayed(self, asks: list[Ask]) -> list[Any]:
        """What a run finds that may call nobody."""
        with Ledger(self.ledger_path) as ledger:
            door = self.door(ledger, "offline")
            replies = await door.ask_many(asks)
            await door.aclose()
        return replies

    def door(self, ledger: Ledger, mode: Any) -> Door:
        return Door(
            endpoints=self.endpoints,
            ledger=ledger,
            images=self.shelf,
            budget=Budget(),
            mode=mode,
            stop=threading.Event(),
        )


def _purpose(number: int) -> Purpose:
    return Purpose("judge", "rubric@1", (f"post-{number}",))


async def _act(doing: str, protocol: str, base_url: str, folder: str, count: str) -> None:
    buyer = Buyer(protocol, base_url, Path(folder))
    if doing == "submit":
        await buyer.submit([buyer.ask(number) for number in range(int(count))])
    else:
        await buyer.bring_in()


if __name__ == "__main__":
    asyncio.run(_act(*sys.argv[1:]))
