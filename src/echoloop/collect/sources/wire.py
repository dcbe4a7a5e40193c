"""One request to one platform. Redirects are not followed: a key stays where it was sent."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TypeAlias
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import msgspec
from yarl import URL

LARGEST_BODY = 64 * 1024 * 1024

Params: TypeAlias = Sequence[tuple[str, str]]


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """A request, less what the login adds to it."""

    path: str
    post: bool = False
    params: Params = ()
    form: Params = ()
    json: bytes = b""
    headers: Mapping[str, str] = {}


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """An answer, whatever its status. The names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Broken(Exception):
    """No whole answer came; another try may bring one."""


class TooLarge(Exception):
    """An answer without end; another try would be as large."""


class Wire:
    """One session to one address. It may be closed and used again, in another event loop too."""

    def __init__(self, base_url: str, *, user_agent: str, timeout: float, connections: int) -> None:
        self.place = urlsplit(base_url).netloc.rpartition("@")[2]
        self._base_url = base_url.rstrip("/")
        self._headers = {"User-Agent": user_agent, "Accept": "application/json"}
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=min(timeout, 20.0))
        self._connections = connections
        self._proxy = _proxy_for(base_url)
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def send(self, sending: Sending, authorization: Mapping[str, str]) -> Arrival:
        """Raises Broken or TooLarge. What those say may hold what the server said: hide the secrets before showing it."""
        session = self._session
        if session is None or self._loop is not asyncio.get_running_loop():
            session = self._open_session()
        headers = {**sending.headers, **authorization}
        body: aiohttp.FormData | bytes | None = sending.json or None
        if sending.form:
            body = aiohttp.FormData(list(sending.form))
        elif body is not None:
            headers["Content-Type"] = "application/json"
        try:
            async with session.request(
                "POST" if sending.post else "GET",
                URL(self._base_url + sending.path).with_query(list(sending.params)),
                data=body,
                headers=headers,
                allow_redirects=False,
                proxy=self._proxy,
            ) as response:
                names = {name.lower(): value for name, value in response.headers.items()}
                return Arrival(status=response.status, headers=names, body=await _read(response))
        except TimeoutError:
            raise Broken("no answer in time") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise Broken(str(error) or type(error).__name__) from None

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open_session(self) -> aiohttp.ClientSession:
        self._loop = asyncio.get_running_loop()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._timeout,
            headers=self._headers,
        )
        return self._session


async def _read(response: aiohttp.ClientResponse) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := await response.content.readany():
        parts.append(part)
        size += len(part)
        if size > LARGEST_BODY:
            response.close()
            raise TooLarge(f"the answer is larger than {LARGEST_BODY // 1024**2} MB")
    return b"".join(parts)


def _proxy_for(base_url: str) -> str | None:
    """The environment's proxy, as every other tool uses it; never for this machine itself."""
    address = urlsplit(base_url)
    host = address.hostname or ""
    if host in ("localhost", "127.0.0.1", "::1") or proxy_bypass(host):
        return None
    return getproxies().get(address.scheme)
