"""Providers of pictures on loopback, each with its real wire format: Gemini, BFL, chat completions that draw, OpenAI's images.

A test scripts what goes wrong: `faults` are spent one a call, `storm` decides by the hash of a body and how often it came. What was
asked is kept in `heard`, with the headers and the address as they came.
"""

import base64
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Fault = str
Storm = Callable[[str, int], Fault | None]
PICTURE = b"\x89PNG\r\n\x1a\n a picture"


@dataclass
class Heard:
    """One request as a provider got it."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Job:
    """A job of BFL: what it says when it is asked about, in turn, the last for good."""

    says: list[dict[str, Any]]


@dataclass
class Providers:
    """Every provider behind one port. `answer` is what Gemini and chats answer with unless a fault comes first."""

    picture: bytes = PICTURE
    answer: dict[str, Any] | None = None
    job: list[str] = field(default_factory=lambda: ["Pending", "Ready"])
    details: dict[str, Any] | None = None
    faults: list[Fault] = field(default_factory=list)
    poll_faults: list[Fault] = field(default_factory=list)
    sample_faults: list[Fault] = field(default_factory=list)
    storm: Storm | None = None
    heard: list[Heard] = field(default_factory=list)
    root: str = ""
    polling_url: str = ""
    sample_url: str = ""
    jobs: dict[str, list[str]] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)

    @property
    def gemini(self) -> str:
        return f"{self.root}/v1beta"

    @property
    def bfl(self) -> str:
        return f"{self.root}/v1"

    @property
    def openai(self) -> str:
        return f"{self.root}/openai/v1"

    def asked(self, piece: str = "") -> list[Heard]:
        """What was asked at addresses that hold a piece."""
        return [one for one in self.heard if piece in one.path]

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Providers"]:
        app = web.Application(client_max_size=1 << 28)
        app.router.add_post("/v1beta/models/{call}", self._call(self._gemini))
        app.router.add_post("/openai/v1/chat/completions", self._call(self._chat))
        app.router.add_post("/openai/v1/images/{kind}", self._call(self._images))
        app.router.add_post("/v1/{model}", self._call(self._submit))
        app.router.add_get("/v1/get_result", self._poll)
        app.router.add_get("/delivery/{name}", self._deliver)
        app.router.add_get("/moved/{name}", self._move)
        async with TestServer(app) as server:
            self.root = str(server.make_url("")).rstrip("/")
            yield self

    def coded(self) -> str:
        """The picture as base64."""
        return base64.b64encode(self.picture).decode()

    def _call(self, answer: Callable[[web.Request, bytes], Any]) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            body = await self._note(request)
            fault = self._fault(body)
            if (failed := _failed(fault, request)) is not None:
                return failed
            data = json.dumps(answer(request, body)).encode()
            if fault == "broken":
                data = data[: len(data) // 2]
            if fault == "truncated":
                data = data.replace(self.coded().encode(), self.coded()[:-3].encode())
            return web.Response(body=data, content_type="application/json")

        return handle

    def _fault(self, body: bytes) -> Fault | None:
        if self.faults:
            return self.faults.pop(0)
        if self.storm is None:
            return None
        name = sha256(body).hexdigest()
        self.seen[name] += 1
        return self.storm(name, self.seen[name])

    async def _note(self, request: web.Request) -> bytes:
        body = await request.read()
        self.heard.append(
            Heard(request.method, request.path, request.query_string, dict(request.headers), body)
        )
        return body

    def _gemini(self, request: web.Request, body: bytes) -> Any:
        return self.answer or gemini_answer({"inlineData": {"mimeType": "image/png", "data": self.coded()}})

    def _chat(self, request: web.Request, body: bytes) -> Any:
        url = {"url": f"data:image/png;base64,{self.coded()}"}
        return self.answer or chat_answer(
            content="Here it is.", images=[{"type": "image_url", "image_url": url}]
        )

    def _images(self, request: web.Request, body: bytes) -> Any:
        return self.answer or {"created": 1, "data": [{"b64_json": self.coded()}]}

    def _submit(self, request: web.Request, body: bytes) -> Any:
        name = f"job-{len(self.jobs)}"
        self.jobs[name] = list(self.job)
        return {
            "id": name,
            "polling_url": self.polling_url or f"{self.bfl}/get_result?id={name}",
            "cost": 4.0,
        }

    async def _poll(self, request: web.Request) -> web.StreamResponse:
        await self._note(request)
        fault = self.poll_faults.pop(0) if self.poll_faults else None
        if (failed := _failed(fault, request)) is not None:
            return failed
        says = self.jobs[request.query["id"]]
        status = says.pop(0) if len(says) > 1 else says[0]
        sample = self.sample_url or f"{self.root}/delivery/{request.query['id']}.png?sig=signature"
        result = {"sample": sample, "seed": 42, "prompt": "p"} if status == "Ready" else None
        return web.json_response({"id": "x", "status": status, "result": result, "details": self.details})

    async def _deliver(self, request: web.Request) -> web.StreamResponse:
        await self._note(request)
        fault = self.sample_faults.pop(0) if self.sample_faults else None
        if (failed := _failed(fault, request)) is not None:
            return failed
        return web.Response(body=self.picture, content_type="image/png")

    async def _move(self, request: web.Request) -> web.StreamResponse:
        await self._note(request)
        return web.Response(status=302, headers={"Location": request.query["to"]})


def gemini_answer(*parts: dict[str, Any], finish: str = "STOP", **more: Any) -> dict[str, Any]:
    """A GenerateContentResponse."""
    return {
        "candidates": [
            {"content": {"role": "model", "parts": list(parts)}, "finishReason": finish, "index": 0, **more}
        ],
        "usageMetadata": {
            "promptTokenCount": 12,
            "candidatesTokenCount": 1290,
            "thoughtsTokenCount": 10,
            "cachedContentTokenCount": 4,
            "totalTokenCount": 1312,
        },
        "modelVersion": "gemini-image-001",
        "responseId": "r",
    }


def chat_answer(finish: str = "stop", **message: Any) -> dict[str, Any]:
    """A chat completion."""
    return {
        "model": "drawer-1",
        "choices": [{"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 1300},
    }


def _failed(fault: Fault | None, request: web.Request) -> web.StreamResponse | None:
    if fault == "429":
        return web.json_response(
            {"error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED"}},
            status=429,
            headers={"Retry-After": "0.02"},
        )
    if fault in ("500", "503"):
        return web.json_response({"error": {"message": "sorry"}}, status=int(fault))
    if fault == "reset":
        assert request.transport is not None
        request.transport.abort()
        return web.Response()
    return None
