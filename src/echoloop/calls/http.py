"""The wire to any server that speaks the OpenAI protocol: aiohttp, and as little as possible on top of it."""

import ssl
from typing import NoReturn
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from yarl import URL

from echoloop.calls.endpoints import Endpoint, key_of
from echoloop.calls.redaction import redact, redact_bytes
from echoloop.calls.transport import LARGEST_BODY, Arrival, TransportError
from echoloop.calls.wire import Wire


class HttpTransport:
    """One session to one endpoint, for the event loop that uses it. Redirects are not followed: a key stays where it was sent."""

    def __init__(self, endpoint: Endpoint) -> None:
        key = key_of(endpoint)
        self._endpoint = endpoint
        self._secrets = (key,) if key else ()
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._proxy = _proxy_for(endpoint.base_url)
        self._timeout = aiohttp.ClientTimeout(
            total=endpoint.total_timeout, sock_connect=endpoint.connect_timeout
        )
        self._session: aiohttp.ClientSession | None = None
        self._addresses: dict[str, URL] = {}

    async def send(self, wire: Wire) -> Arrival:
        session = self._session or self._open_session()
        payload = _Body(wire.body, content_type=wire.content_type)
        try:
            async with session.post(
                self._address(wire.path), data=payload, allow_redirects=False, proxy=self._proxy
            ) as response:
                body = await _read(response)
                wait = response.headers.get("Retry-After")
                return Arrival(response.status, redact_bytes(body, self._secrets), wait)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._explain(error)

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open_session(self) -> aiohttp.ClientSession:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._timeout,
            headers=self._headers,
        )
        return self._session

    def _address(self, path: str) -> URL:
        if path not in self._addresses:
            self._addresses[path] = URL(self._endpoint.base_url.rstrip("/") + path)
        return self._addresses[path]

    def _explain(self, error: Exception) -> NoReturn:
        where = urlsplit(self._endpoint.base_url).netloc
        said = redact(str(error) or type(error).__name__, self._secrets)
        if isinstance(error, aiohttp.ConnectionTimeoutError):
            raise TransportError(
                "connection",
                f"{where} did not accept a connection in {self._endpoint.connect_timeout:g} s",
                maybe_paid=False,
            ) from None
        if isinstance(error, TimeoutError):
            raise TransportError(
                "timeout",
                f"no answer from {where} within {self._endpoint.total_timeout:g} s",
                maybe_paid=True,
            ) from None
        if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
            raise TransportError(
                "broken", f"{where} has no valid certificate: {said}", maybe_paid=False
            ) from None
        if isinstance(error, aiohttp.ClientConnectorError):
            raise TransportError(
                "connection", f"cannot connect to {where}: {said}", maybe_paid=False
            ) from None
        raise TransportError("connection", f"{where} broke off the answer: {said}", maybe_paid=True) from None


class _Body(aiohttp.Payload):
    """Bytes of any size, sent as they are: aiohttp's own payload warns about those above a megabyte."""

    def __init__(self, body: bytes, content_type: str) -> None:
        super().__init__(body, content_type=content_type)
        self._body = body
        self._size = len(body)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return self._body.decode(encoding, errors)

    async def write(self, writer: AbstractStreamWriter) -> None:
        await writer.write(self._body)

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        await writer.write(self._body)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Read a body, but not one without end."""
    parts: list[bytes] = []
    size = 0
    while part := await response.content.readany():
        parts.append(part)
        size += len(part)
        if size > LARGEST_BODY:
            response.close()
            raise TransportError("broken", f"the answer is larger than {LARGEST_BODY} bytes", maybe_paid=True)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _proxy_for(base_url: str) -> str | None:
    """The environment's proxy, as every other tool uses it; never for this machine itself."""
    address = urlsplit(base_url)
    host = address.hostname or ""
    if host in ("localhost", "127.0.0.1", "::1") or proxy_bypass(host):
        return None
    return getproxies().get(address.scheme)
