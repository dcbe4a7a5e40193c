"""The lab as a server on loopback that speaks the OpenAI protocol, well or as badly as told.

`echoloop lab serve --port 0 --rate-500 0.1` runs it as a process.
"""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from hashlib import sha256

import msgspec
from aiohttp import web

from echoloop.lab.endpoint import Attempts, open_lab
from echoloop.lab.protocol import BadCall
from echoloop.lab.protocol_answers import Reply, chat_reply, error_reply
from echoloop.lab.serve_batches import Batches
from echoloop.lab.serve_faults import broken, fate_of, refusal, too_many_requests, truncated
from echoloop.lab.serve_options import ServeOptions

_LARGEST_BODY = 512 * 1024 * 1024
_CHAT = "/chat/completions"
_CALLS = (_CHAT, "/images/generations", "/images/edits", "/moderations")


class Server:
    """One server. `stats` counts calls by path, by status and by fault."""

    def __init__(self, options: ServeOptions) -> None:
        self._options = options
        self._lab = open_lab(cast=options.cast)
        self._attempts = Attempts()
        self._batches = Batches(
            self._respond_in_batch,
            seconds=options.batch_seconds,
            expires_after=options.batch_expires_after,
            folder=options.batch_folder,
        )
        self.stats: dict[str, Counter[str]] = {name: Counter() for name in ("paths", "statuses", "faults")}

    def application(self) -> web.Application:
        """The routes."""
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.router.add_get("/stats", self._show_stats)
        app.router.add_get("/v1/models", self._show_models)
        for path in _CALLS:
            app.router.add_post(f"/v1{path}", self._call)
        app.router.add_post("/v1/files", self._add_file)
        app.router.add_get("/v1/files/{name}/content", self._file_content)
        app.router.add_post("/v1/batches", self._start_batch)
        app.router.add_get("/v1/batches", self._list_batches)
        app.on_startup.append(self._go_on)
        app.router.add_get("/v1/batches/{name}", self._batch_state)
        return app

    async def aclose(self) -> None:
        """Let batches and threads go."""
        await self._batches.aclose()
        self._lab.close()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        path, body = request.path.removeprefix("/v1"), await request.read()
        fate = fate_of(self._options, body, self._attempts.next(body))
        self.stats["paths"][path] += 1
        if fate.fault:
            self.stats["faults"][fate.fault] += 1
        if fate.delay:
            await asyncio.sleep(fate.delay)
        match fate.fault:
            case "reset":
                return _reset(request)
            case "stall":
                await asyncio.sleep(self._options.stall_seconds)
                reply = error_reply(504, "timeout", "The model took too long.", kind="server_error")
            case "429":
                reply = too_many_requests(self._options)
            case "500":
                reply = error_reply(500, "server_error", "The server had an error.", kind="server_error")
            case "refusal":
                reply = refusal(path, await self._answer(path, request, body))
            case "truncation":
                reply = truncated(path, await self._answer(path, request, body))
            case "broken_json":
                reply = broken(await self._answer(path, request, body))
            case None:
                reply = await self._answer(path, request, body)
        return self._sent(reply, request, body)

    async def _answer(self, path: str, request: web.Request, body: bytes) -> Reply:
        if self._options.answer == "fixed" and path == _CHAT:
            return chat_reply("fixed", self._options.fixed_content, b"fixed", 400, 0)
        return await self._respond(path, request.headers.get("Content-Type", ""), body)

    async def _respond(self, path: str, content_type: str, body: bytes) -> Reply:
        return await self._lab.respond(path, content_type, body)

    async def _respond_in_batch(self, path: str, content_type: str, body: bytes) -> Reply:
        """A line of a batch meets what a call meets, except what only a connection can suffer."""
        match fate_of(self._options, body, self._attempts.next(body)).fault:
            case "429":
                return too_many_requests(self._options)
            case "500":
                return error_reply(500, "server_error", "The server had an error.", kind="server_error")
            case "refusal":
                return refusal(path, await self._respond(path, content_type, body))
            case "truncation":
                return truncated(path, await self._respond(path, content_type, body))
            case _:
                return await self._respond(path, content_type, body)

    def _sent(self, reply: Reply, request: web.Request, body: bytes) -> web.Response:
        status, headers, data = reply
        self.stats["statuses"][str(status)] += 1
        if status == 200 and self._options.count_file is not None:
            self._count(body)
        if status >= 400 and self._options.echo_key:
            data = _with_key(data, request.headers.get("Authorization", ""))
        return web.Response(status=status, headers=headers, body=data)

    def _count(self, body: bytes) -> None:
        """One write to a file opened for appending: it is whole or not there, whoever dies meanwhile."""
        if self._options.count_file is None:
            return
        file = os.open(self._options.count_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(file, f"{sha256(body).hexdigest()}\n".encode())
        finally:
            os.close(file)

    async def _show_stats(self, request: web.Request) -> web.Response:
        del request
        calls = sum(self.stats["paths"].values())
        return _json({"calls": calls, **{name: dict(counts) for name, counts in self.stats.items()}})

    async def _show_models(self, request: web.Request) -> web.Response:
        del request
        return _json(
            {"object": "list", "data": [{"id": name, "object": "model"} for name in self._lab.models]}
        )

    async def _add_file(self, request: web.Request) -> web.Response:
        content_type, body = request.headers.get("Content-Type", ""), await request.read()
        return _answered(lambda: self._batches.add_file(content_type, body))

    async def _file_content(self, request: web.Request) -> web.Response:
        try:
            return web.Response(body=self._batches.content(request.match_info["name"]))
        except BadCall as error:
            return _refused(error)

    async def _start_batch(self, request: web.Request) -> web.Response:
        body = await request.read()
        return _answered(lambda: self._batches.start(body))

    async def _list_batches(self, request: web.Request) -> web.Response:
        after, limit = request.query.get("after", ""), request.query.get("limit", "20")
        return _answered(lambda: self._batches.list(after, int(limit) if limit.isdigit() else 20))

    async def _go_on(self, app: web.Application) -> None:
        del app
        self._batches.go_on()

    async def _batch_state(self, request: web.Request) -> web.Response:
        return _answered(lambda: self._batches.state(request.match_info["name"]))


@asynccontextmanager
async def serving(options: ServeOptions) -> AsyncGenerator[str]:
    """A running server in this event loop; gives the base URL that a client needs."""
    server = Server(options)
    runner = web.AppRunner(server.application(), handle_signals=False, shutdown_timeout=0.2, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, options.host, options.port)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"http://{f'[{host}]' if ':' in host else host}:{port}/v1"
    finally:
        await runner.cleanup()
        await server.aclose()


def serve(options: ServeOptions) -> None:
    """Serve until the process is told to stop; the first line printed says where."""
    asyncio.run(_serve(options))


async def _serve(options: ServeOptions) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with serving(options) as base_url:
        print(f"listening on {base_url}", flush=True)
        await stop.wait()


def _reset(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _with_key(data: bytes, authorization: str) -> bytes:
    body = msgspec.json.decode(data, type=dict[str, dict[str, str | None]])
    body["error"]["message"] = f"{body['error']['message']} (request had Authorization: {authorization})"
    return msgspec.json.encode(body)


def _answered(work: Callable[[], object]) -> web.Response:
    try:
        return _json(work())
    except BadCall as error:
        return _refused(error)


def _refused(error: BadCall) -> web.Response:
    status, headers, body = error_reply(error.status, error.code, str(error))
    return web.Response(status=status, headers=headers, body=body)


def _json(value: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")
