"""The wire itself: aiohttp, and as little as possible on top of it. The key goes where it belongs and nowhere else."""

import ssl
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import NoReturn
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from yarl import URL

from echoloop.calls.addresses import ForbiddenAddress, GuardedResolver, admit_job, admit_picture, is_own
from echoloop.calls.endpoints import Endpoint, key_of
from echoloop.calls.protocols import PROTOCOLS
from echoloop.calls.redaction import redact, redact_bytes
from echoloop.calls.transport import LARGEST_BODY, Arrival, TransportError

LARGEST_PICTURE = 64 * 1024 * 1024
_MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class HttpSession:
    """Sessions to one endpoint, for the event loop that uses them. Redirects of a call are not followed: a key stays where
    it was sent. Other hosts that an answer names are asked through a second session, which reaches only the open world."""

    def __init__(self, endpoint: Endpoint) -> None:
        key = key_of(endpoint)
        name, before = PROTOCOLS[endpoint.protocol].key_header
        self._endpoint = endpoint
        self._secrets = (key,) if key else ()
        self._key: Mapping[str, str] = {name: f"{before}{key}"} if key else {}
        self._timeout = aiohttp.ClientTimeout(
            total=endpoint.total_timeout, sock_connect=endpoint.connect_timeout
        )
        self._own: aiohttp.ClientSession | None = None
        self._guarded: aiohttp.ClientSession | None = None
        self._proxy = _proxy_for(endpoint.base_url)
        self._addresses: dict[str, URL] = {}

    async def post(self, path: str, content_type: str, body: bytes) -> Arrival:
        """Make a call at the endpoint."""
        payload = _Body(body, content_type=content_type)
        try:
            async with self._own_session().post(
                self._address(path), data=payload, headers=self._key, allow_redirects=False, proxy=self._proxy
            ) as response:
                return await self._arrival(response)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self.explain(error)

    async def ask_about(self, address: str) -> Arrival:
        """Ask, with the key, at an address of the endpoint's family that an answer named."""
        what = "a job's address is not asked"
        url = _admitted(admit_job, address, self._endpoint.base_url, what)
        try:
            async with self._session_for(url).get(
                url, headers=self._key, allow_redirects=False, proxy=_proxy_for(str(url))
            ) as response:
                return await self._arrival(response)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._explain_elsewhere(error, what, url)

    async def fetch(self, address: str) -> bytes:
        """The bytes of a picture that an answer names, without the key, within limits."""
        what = "the picture's address is not asked"
        for _ in range(_MOST_REDIRECTS + 1):
            url = _admitted(admit_picture, address, self._endpoint.base_url, what)
            try:
                async with self._session_for(url).get(
                    url, allow_redirects=False, proxy=_proxy_for(str(url))
                ) as response:
                    place = response.headers.get("Location")
                    if response.status not in _REDIRECTS or place is None:
                        return await self._picture(response)
                    address = str(url.join(URL(place, encoded=place.isascii())))
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                self._explain_elsewhere(error, what, url)
        raise TransportError("broken", "the picture's address leads on and on", maybe_paid=True)

    @asynccontextmanager
    async def response(
        self,
        method: str,
        path: str,
        *,
        body: bytes | aiohttp.MultipartWriter | None = None,
        content_type: str = "",
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        """The bare response of the endpoint, for whoever reads it piece by piece."""
        headers = {**self._key, "Content-Type": content_type} if content_type else dict(self._key)
        data = _Body(body, content_type=content_type) if isinstance(body, bytes) else body
        try:
            async with self._own_session().request(
                method,
                self._address(path),
                data=data,
                headers=headers,
                allow_redirects=False,
                proxy=self._proxy,
            ) as response:
                yield response
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self.explain(error)

    def without_secrets(self, data: bytes) -> bytes:
        """A body as it may be kept."""
        return redact_bytes(data, self._secrets)

    async def aclose(self) -> None:
        for session in (self._own, self._guarded):
            if session is not None:
                await session.close()
        self._own = self._guarded = None

    def explain(self, error: Exception, host: str | None = None) -> NoReturn:
        """What a failure on the wire means, said without secrets."""
        where = host or urlsplit(self._endpoint.base_url).netloc
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

    def _explain_elsewhere(self, error: Exception, what: str, url: URL) -> NoReturn:
        """A name that leads to a forbidden address is found out only while it is looked up."""
        for cause in (error, error.__cause__):
            if isinstance(cause, ForbiddenAddress):
                raise _refused(what, cause) from None
        self.explain(error, url.host)

    async def _arrival(self, response: aiohttp.ClientResponse) -> Arrival:
        body = await read_bounded(response, LARGEST_BODY, "the answer")
        return Arrival(response.status, self.without_secrets(body), response.headers.get("Retry-After"))

    async def _picture(self, response: aiohttp.ClientResponse) -> bytes:
        if response.status != 200:
            kind = "connection" if response.status >= 500 or response.status == 429 else "broken"
            raise TransportError(
                kind, f"the picture's server answers with status {response.status}", maybe_paid=True
            )
        data = await read_bounded(response, LARGEST_PICTURE, "the picture")
        if not data:
            raise TransportError("broken", "the picture is empty", maybe_paid=True)
        return data

    def _own_session(self) -> aiohttp.ClientSession:
        if self._own is None:
            self._own = _open_session(aiohttp.TCPConnector(limit=0), self._timeout)
        return self._own

    def _session_for(self, url: URL) -> aiohttp.ClientSession:
        if is_own(url, self._endpoint.base_url):
            return self._own_session()
        if self._guarded is None:
            self._guarded = _open_session(
                aiohttp.TCPConnector(limit=0, resolver=GuardedResolver()), self._timeout
            )
        return self._guarded

    def _address(self, path: str) -> URL:
        if path not in self._addresses:
            self._addresses[path] = URL(self._endpoint.base_url.rstrip("/") + path, encoded=True)
        return self._addresses[path]


async def read_bounded(response: aiohttp.ClientResponse, most: int, what: str) -> bytes:
    """Read a body, but not one without end."""
    parts: list[bytes] = []
    size = 0
    while part := await response.content.readany():
        parts.append(part)
        size += len(part)
        if size > most:
            response.close()
            raise TransportError("broken", f"{what} is larger than {most} bytes", maybe_paid=True)
    return parts[0] if len(parts) == 1 else b"".join(parts)


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


def _open_session(connector: aiohttp.TCPConnector, timeout: aiohttp.ClientTimeout) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), timeout=timeout)


def _admitted(admit: Callable[[str, str], URL], address: str, base_url: str, what: str) -> URL:
    try:
        return admit(address, base_url)
    except ForbiddenAddress as error:
        raise _refused(what, error) from None


def _refused(what: str, error: Exception) -> TransportError:
    return TransportError("broken", f"{what}: {error}", maybe_paid=True)


def _proxy_for(address: str) -> str | None:
    """The environment's proxy, as every other tool uses it; never for this machine itself."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if host in ("localhost", "127.0.0.1", "::1") or proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme)
