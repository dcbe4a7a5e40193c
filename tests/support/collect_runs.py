"""`echoloop collect` over platforms, pictures and a reader that all live on loopback, in one thread beside the test."""

import asyncio
import json
import socket
import threading
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import msgspec
from aiohttp import web
from picture_server import jpeg
from platforms import Platform

from echoloop.calls import read_fenced
from echoloop.cli.collecting import collect_all, tell_limits
from echoloop.cli.composing import House
from echoloop.cli.settings_file import read_settings
from echoloop.collect import FieldSettings, Intake, Reach
from echoloop.engine import Progress, Session, StageResult
from echoloop.records import Author, Post, Relevance, Tombstone
from echoloop.records.arrow import from_table
from echoloop.workspace import reading, writing

R = TypeVar("R", bound=msgspec.Struct)

KEYS = {
    "X_BEARER_TOKEN": "x-bearer-secret-0001",
    "REDDIT_CLIENT_ID": "client-id",
    "REDDIT_CLIENT_SECRET": "reddit-client-secret-1",
    "BLUESKY_IDENTIFIER": "painter-fan-01.example",
    "BLUESKY_APP_PASSWORD": "bluesky-app-password-1",
    "MASTODON_ACCESS_TOKEN": "mastodon-token-secret-1",
}
LOGINS = ("/api/v1/access_token", "/xrpc/com.atproto.server.")
_PATIENCE = 60.0
_TABLES = {
    "x": 'access = "all"',
    "reddit": "",
    "bluesky": "",
    "mastodon": 'key_env = "MASTODON_ACCESS_TOKEN"',
}
_SETTINGS = """subject = "Lab Painter"
released = 2025-03-25

[collect]
until = {until}
pictures_over_http = true
pictures_from_private_addresses = true
{collect}
[collect.broad]
keywords = {keywords}
days = 30
window_days = 30
[collect.narrow]
keywords = []

[endpoints.reader]
base_url = "{reader}"
model = "loop-1"
retries = 0
price = {{ request = 0 }}

[roles]
text = "reader"
vision = "reader"
boxes = "reader"
guard = "reader"
"""


class WallClock:
    """What a real server goes by."""

    def now(self) -> float:
        return time.time()


class Town:
    """Platforms, their pictures, and a reader to whom everything is relevant but what calls itself boring."""

    def __init__(self, *platforms: Platform, delay: float = 0.0) -> None:
        self.platforms: dict[str, Platform] = {}
        self.pictures = {f"{name}.jpg": jpeg(24, name) for name in ("red", "green", "blue")}
        self.broken: set[str] = set()
        self.shown: Counter[str] = Counter()
        self.read: list[dict[str, Any]] = []
        self.delay = delay
        self.requests = 0
        self._moved = threading.Condition()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        for platform in platforms:
            self.add(platform)

    def add(self, platform: Platform) -> None:
        """One platform more; before the town is entered."""
        platform.clock = WallClock()  # type: ignore[assignment]
        platform.answer = self._slowly(platform.answer)  # type: ignore[method-assign]
        self.platforms[type(platform).__name__.lower()] = platform

    def __enter__(self) -> "Town":
        self._ready, self._loop = threading.Event(), asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._ready.wait(_PATIENCE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def picture(self, name: str) -> str:
        """The address of a picture; what is not there is a picture too, of which nothing comes."""
        return f"{self.address}/{name}.jpg"

    def asked(self, platform: str = "") -> Counter[str]:
        """How often each address was asked for, logins left out."""
        wanted = [self.platforms[platform]] if platform else self.platforms.values()
        return Counter(asked for one in wanted for asked in one.asked if not asked.startswith(LOGINS))

    def wait_for(self, requests: int) -> None:
        """Until so many requests have come to the platforms."""
        with self._moved:
            assert self._moved.wait_for(lambda: self.requests >= requests, _PATIENCE), "nothing asks any more"

    def _slowly(self, answer: Any) -> Any:
        async def slow(request: web.Request, handler: Any) -> web.StreamResponse:
            with self._moved:
                self.requests += 1
                self._moved.notify_all()
            await asyncio.sleep(self.delay)
            return await answer(request, handler)

        return slow

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serving())
        self._loop.close()

    async def _serving(self) -> None:
        self._over = asyncio.Event()
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.add_routes([web.post("/v1/chat/completions", self._chat), web.get("/{name}", self._picture)])
        runner = web.AppRunner(app, access_log=None)
        async with AsyncExitStack() as stack:
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.SockSite(runner, self._socket).start()
            for platform in self.platforms.values():
                await stack.enter_async_context(platform.serving())
            self._ready.set()
            await self._over.wait()

    async def _picture(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        self.shown[name] += 1
        if name in self.broken:
            return web.Response(status=408)
        return web.Response(body=self.pictures[name]) if name in self.pictures else web.Response(status=404)

    async def _chat(self, request: web.Request) -> web.Response:
        asked = json.loads(await request.read())
        content = asked["messages"][1]["content"]
        post = read_fenced(content if isinstance(content, str) else content[0]["text"])["post"]
        self.read.append(post)
        said = json.dumps({"score": 2 if "boring" in post["text"] else 5, "note": ""})
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}
        usage = {"prompt_tokens": 10, "completion_tokens": 10}
        return web.json_response(
            {
                "id": "loop",
                "object": "chat.completion",
                "model": asked["model"],
                "choices": [choice],
                "usage": usage,
            }
        )


def set_up(
    folder: Path,
    town: Town,
    *,
    collect: str = "",
    keywords: tuple[str, ...] = ("Lab Painter", "Lab Atelier"),
    until: str = "2025-04-03",
    **platforms: str,
) -> Path:
    """echoloop.toml for this town; a platform may have lines of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    text = _SETTINGS.format(
        reader=f"{town.address}/v1", collect=collect, keywords=json.dumps(keywords), until=until
    )
    for name, platform in town.platforms.items():
        lines = [f"[platforms.{name}]", f'base_url = "{platform.base_url}"', _TABLES[name]]
        text += "\n".join(["", *lines, platforms.get(name, ""), ""])
    settings = folder / "echoloop.toml"
    settings.write_text(text)
    return settings


class OpenHouse(House):
    """Pictures may come from any port of this machine."""

    @property
    def field(self) -> FieldSettings:
        reach = Reach(plain_http=True, allow_private=True, ports=None)
        return msgspec.structs.replace(super().field, reach=reach)


def collect(
    folder: Path,
    *,
    refresh: bool = False,
    offline: bool = False,
    max_cost: float | None = None,
    stop: threading.Event | None = None,
) -> list[StageResult]:
    """The verb, in this process."""
    path = folder / "echoloop.toml"
    house = OpenHouse(path, read_settings(path))
    with (
        writing(house.workspace) as workspace,
        Session(
            workspace,
            house.endpoints.values(),
            engine=house.engine,
            progress=Progress("plain"),
            stop=stop or threading.Event(),
            mode="offline" if offline else "live",
            max_cost=max_cost,
        ) as opened,
    ):
        results = collect_all(house, opened, refresh=refresh, offline=offline)
    tell_limits(workspace.sightings)
    return results


def rows(folder: Path, table: str, record: type[R]) -> dict[str, R]:
    """A table by its key."""
    found = from_table(reading(folder / "workspace").tables.read(table), record)
    return {getattr(row, record.KEY[0]): row for row in found}  # type: ignore[attr-defined]


def everything(folder: Path) -> dict[str, dict[str, R]]:
    """What a reader of the tables sees, but when it was noticed that a post is gone."""
    gone = rows(folder, "gone", Tombstone)
    return {
        "found": rows(folder, "found", Post),
        "relevance": rows(folder, "relevance", Relevance),
        "posts": rows(folder, "posts", Post),
        "gone": {url: msgspec.structs.replace(row, noticed_at=None) for url, row in gone.items()},
        "authors": rows(folder, "authors", Author),
    }  # type: ignore[return-value]


def errands(folder: Path) -> Counter[str]:
    """How many requests are in each state."""
    with Intake(folder / "workspace" / "sightings.sqlite", readonly=True) as intake:
        return Counter(row.state for row in intake.errands.rows())
