"""Platforms on loopback: real HTTP, the shapes that each one documents, over posts that a test planted."""

import asyncio
import socket
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Fault:
    """An answer in the place of the true one, for the next request whose path starts so."""

    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: str = "{}"
    path: str = "/"
    cut: bool = False
    echo: bool = False


class FakeClock:
    """Time that passes only when somebody sleeps. Everyone who asks it agrees on it."""

    def __init__(self, now: float = 1_763_700_000.0) -> None:
        self.time = now
        self.slept = 0.0

    def now(self) -> float:
        return self.time

    def steady(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds
        self.slept += seconds
        await asyncio.sleep(0)


class Platform:
    """What all of them share: faults to come, headers to add, a clock of its own, and a list of what was asked."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        self.clock = clock or FakeClock()
        self.skew = 0.0
        self.faults: deque[Fault] = deque()
        self.headers: deque[dict[str, str]] = deque()
        self.asked: list[str] = []
        self.authorizations: list[str] = []
        self.token = ""
        self.base_url = ""

    def now(self) -> float:
        return self.clock.now() + self.skew

    def routes(self) -> list[web.RouteDef]:
        raise NotImplementedError

    def denied(self, request: web.Request) -> web.Response | None:
        """The answer to someone who is not logged in, or None."""
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"title": "Unauthorized", "status": 401}, status=401)
        return None

    async def answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.asked.append(str(request.rel_url))
        self.authorizations.append(request.headers.get("Authorization", ""))
        fault = next((fault for fault in self.faults if request.path.startswith(fault.path)), None)
        date = {"Date": format_datetime(datetime.fromtimestamp(self.now(), UTC), usegmt=True)}
        if fault is not None:
            self.faults.remove(fault)
            if fault.cut:
                return await _cut(request)
            body = request.headers.get("Authorization", "") if fault.echo else fault.body
            return web.Response(
                status=fault.status,
                body=body.encode(),
                headers={**date, **fault.headers},
                content_type="application/json",
            )
        response = await handler(request)
        response.headers.update({**date, **(self.headers.popleft() if self.headers else {})})
        return response

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[None]:
        @web.middleware
        async def answering(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self.answer(request, handler)

        app = web.Application(middlewares=[answering])
        app.add_routes(self.routes())
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
            self.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield
        finally:
            await runner.cleanup()


def unused_port() -> int:
    """For a platform that has to come back under the same address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def _cut(request: web.Request) -> web.StreamResponse:
    """A body that promises more than it brings."""
    response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"data": [{"id": "1"')
    request.transport.close()
    return response
