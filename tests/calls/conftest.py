"""A small server of the OpenAI protocol on loopback whose behaviour each test scripts, and a door to it."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from echoloop.calls import (
    Budget,
    ChatRequest,
    Door,
    DrawRequest,
    Endpoint,
    ImagePart,
    Ledger,
    Message,
    Price,
    Purpose,
    TextPart,
    receipt_from_response,
)
from echoloop.records.receipt import Receipt

Handler = Callable[["Heard"], Awaitable[web.StreamResponse] | web.StreamResponse]


class Heard:
    """One request as the server got it."""

    def __init__(self, request: web.Request, body: bytes) -> None:
        self.request = request
        self.path = request.path
        self.headers = request.headers
        self.body = body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def last_text(self) -> str:
        content = self.json["messages"][-1]["content"]
        return content if isinstance(content, str) else content[0]["text"]


class Server:
    """Answers with the scripted steps in turn, the last one for ever; without any it echoes the last message."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.steps: list[Handler] = []
        self.at_once = self.most_at_once = 0
        self.base_url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        heard = Heard(request, await request.read())
        self.heard.append(heard)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            step = self.steps.pop(0) if len(self.steps) > 1 else (self.steps or [_echo])[0]
            answer = step(heard)
            return answer if isinstance(answer, web.StreamResponse) else await answer
        finally:
            self.at_once -= 1

    def says(self, body: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.steps.append(lambda heard: web.json_response(body, status=status, headers=headers))

    def says_text(self, text: str | None, finish: str = "stop", **message: Any) -> None:
        self.says(chat(text, finish, **message))

    def says_raw(self, body: bytes, status: int = 200) -> None:
        self.steps.append(
            lambda heard: web.Response(body=body, status=status, content_type="application/json")
        )

    def echoes(self) -> None:
        self.steps.append(_echo)

    def resets(self) -> None:
        self.steps.append(_reset)

    def answers_when(self, ready: asyncio.Event) -> None:
        async def wait(heard: Heard) -> web.StreamResponse:
            await ready.wait()
            return _echo(heard)

        self.steps.append(wait)

    def does(self, handler: Handler) -> None:
        self.steps.append(handler)


def chat(text: str | None, finish: str = "stop", **message: Any) -> dict[str, Any]:
    return {
        "model": "served-1",
        "choices": [{"message": {"role": "assistant", "content": text, **message}, "finish_reason": finish}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5},
    }


def _echo(heard: Heard) -> web.StreamResponse:
    return web.json_response(chat(f"echo {heard.last_text}"))


def _reset(heard: Heard) -> web.StreamResponse:
    assert heard.request.transport is not None
    heard.request.transport.abort()
    return web.Response()


class Images:
    """An image store in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def read(self, sha256: str) -> bytes:
        return self.kept[sha256]

    def put(self, data: bytes) -> str:
        name = sha256(data).hexdigest()
        self.kept[name] = data
        return name


class House:
    """Everything that a test of the door needs, in one place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.server = Server()
        self.images = Images()
        self.stop = threading.Event()
        self.budget = Budget()
        self.ledger: Ledger
        self.door: Door
        self.endpoint: Endpoint
        self.purpose = Purpose("judge", "rubric@1:abc", ("post-1",))

    @asynccontextmanager
    async def opened(self, mode: Any = "live", **limits: Any) -> AsyncIterator["House"]:
        app = web.Application(client_max_size=1 << 28)
        app.router.add_route("*", "/v1/{tail:.*}", self.server.handle)
        async with TestServer(app) as running:
            self.server.base_url = str(running.make_url("/v1"))
            settings: dict[str, Any] = {
                "name": "judge",
                "provider": "acme",
                "model": "sight-1",
                "base_url": self.server.base_url,
                "price": Price(input=1.0, output=2.0),
                "retries": 3,
                "total_timeout": 5,
            }
            self.endpoint = Endpoint(**{**settings, **limits})
            with Ledger(self.path) as self.ledger:
                self.door = Door(
                    endpoints={self.endpoint.name: self.endpoint},
                    ledger=self.ledger,
                    images=self.images,
                    budget=self.budget,
                    mode=mode,
                    stop=self.stop,
                    first_wait=0.01,
                )
                try:
                    yield self
                finally:
                    await self.door.aclose()

    def question(self, text: str = "hello", **fields: Any) -> ChatRequest:
        message = Message("user", (TextPart(text),))
        return ChatRequest(provider="acme", model="sight-1", messages=(message,), **fields)

    def drawing(self, prompt: str = "a red ball", **fields: Any) -> DrawRequest:
        return DrawRequest(provider="acme", model="sight-1", prompt=prompt, **fields)

    async def ask(self, text: str = "hello", **fields: Any) -> Any:
        return await self.door.ask("judge", self.question(text, **fields), self.purpose)

    async def draw(self, prompt: str = "a red ball", **fields: Any) -> Any:
        return await self.door.ask("judge", self.drawing(prompt, **fields), self.purpose)

    def put_image(self, data: bytes) -> ImagePart:
        return ImagePart(self.images.put(data), "image/png")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "ledger.sqlite")


@pytest.fixture
def make_receipt() -> Callable[..., Receipt]:
    """A sound receipt of a chat about `text`, answered with `reply`."""

    def make(text: str = "hello", reply: str = "good day", **changes: Any) -> Receipt:
        message = Message("user", (TextPart(text),))
        request = ChatRequest(provider="acme", model="sight-1", messages=(message,))
        receipt = receipt_from_response(
            endpoint=Endpoint(
                name="judge",
                provider="acme",
                model="sight-1",
                base_url="http://127.0.0.1/v1",
                price=Price(input=1.0, output=2.0),
            ),
            request=request,
            purpose=Purpose("judge", "rubric@1", ("post-1",)),
            body=json.dumps(chat(reply)).encode(),
            put=Images().put,
            latency=0.5,
        )
        return msgspec.structs.replace(receipt, **changes)

    return make
