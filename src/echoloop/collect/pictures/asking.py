"""One picture, asked for once: its redirects followed by hand, its bytes counted as they come, nothing it says believed."""

import asyncio
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeAlias

import aiohttp
import msgspec
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from echoloop.collect.pictures.addresses import ForbiddenAddress, Reach, admit_url
from echoloop.collect.pictures.limits import FetchLimits

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 503})
_FOR_A_WHILE = frozenset({401, 408, 421, 425})


class Came(msgspec.Struct, frozen=True):
    """Bytes, whatever they are."""

    data: bytes


class NotFetched(msgspec.Struct, frozen=True, kw_only=True):
    """Why there are none. `pause` is how many seconds the host asks to be left alone (None: it asks for nothing).

    `silent` says that no server answered at all; `elsewhere` that this happened at another host, after a redirect.
    """

    absence: str
    again: bool
    pause: float | None = None
    busy: bool = False
    silent: bool = False
    elsewhere: bool = False


Asked: TypeAlias = Came | NotFetched


async def ask(session: aiohttp.ClientSession, text: str, reach: Reach, limits: FetchLimits) -> Asked:
    """What a URL brings. Never raises for anything that a server or a URL can do."""
    trail: list[URL] = []
    try:
        async with asyncio.timeout(limits.seconds):
            return await _follow(session, text, reach, limits, trail)
    except ForbiddenAddress as error:
        return NotFetched(absence=_forbidden(error, trail), again=False)
    except TimeoutError as error:
        return _no_answer(error, trail, limits)
    except (aiohttp.ClientError, HttpProcessingError, OSError, ValueError) as error:
        return _failed(error, trail, limits)


async def _follow(
    session: aiohttp.ClientSession, text: str, reach: Reach, limits: FetchLimits, trail: list[URL]
) -> Asked:
    url = admit_url(text, reach)
    while True:
        trail.append(url)
        async with session.get(url, allow_redirects=False, proxy=reach.proxy or None) as response:
            place = response.headers.get("Location")
            if response.status not in _REDIRECTS or place is None:
                return await _read(response, limits, elsewhere=trail[0].host != url.host)
        if len(trail) > limits.redirects:
            return NotFetched(absence=f"redirects: more than {limits.redirects}", again=False)
        url = admit_url(_joined(url, place), reach)
        if url in trail:
            return NotFetched(absence="redirects: they lead in a circle", again=False)


def _joined(url: URL, place: str) -> str:
    target = URL(place, encoded=place.isascii())
    return str(target if target.absolute else url.join(target))


async def _read(response: aiohttp.ClientResponse, limits: FetchLimits, *, elsewhere: bool) -> Asked:
    if response.status != 200:
        return _refusal(response, elsewhere=elsewhere)
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        return NotFetched(absence=f"packed: the server sent {encoding[:20]} unasked", again=False)
    most = limits.picture.file_bytes
    too_large = NotFetched(absence=f"too_many_bytes: more than {most:,}", again=False)
    if (response.content_length or 0) > most:
        return too_large
    parts: list[bytes] = []
    size = 0
    while part := await response.content.readany():
        parts.append(part)
        size += len(part)
        if size > most:
            response.close()
            return too_large
    return Came(parts[0] if len(parts) == 1 else b"".join(parts))


def _refusal(response: aiohttp.ClientResponse, *, elsewhere: bool) -> NotFetched:
    status = response.status
    said = f"HTTP {status}"
    if status in _BUSY:
        wait = _pause(response.headers)
        reason = "too many requests" if status == 429 else "server busy"
        return NotFetched(absence=f"{reason}: {said}", again=True, pause=wait, busy=True, elsewhere=elsewhere)
    if status >= 500 or status in _FOR_A_WHILE:
        return NotFetched(absence=f"server error: {said}", again=True, elsewhere=elsewhere)
    if status in (404, 410):
        return NotFetched(absence=f"not found: {said}", again=False)
    return NotFetched(absence=f"refused by the server: {said}", again=False)


def _pause(headers: Mapping[str, str]) -> float | None:
    """Retry-After, in seconds or as a date; None where it is absent or nonsense."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _forbidden(error: ForbiddenAddress, trail: list[URL]) -> str:
    return f"forbidden address: {'a redirect leads there: ' if trail else ''}{error.why}"


def _no_answer(error: TimeoutError, trail: list[URL], limits: FetchLimits) -> NotFetched:
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        said = f"no connection to {_host(trail)} in {limits.connect_seconds:g} s"
        return NotFetched(absence=f"timeout: {said}", again=True, silent=True, elsewhere=len(trail) > 1)
    return NotFetched(
        absence=f"timeout: no whole picture in {limits.seconds:g} s", again=True, elsewhere=len(trail) > 1
    )


def _failed(error: Exception, trail: list[URL], limits: FetchLimits) -> NotFetched:
    elsewhere = len(trail) > 1
    if isinstance(error, aiohttp.ClientConnectorError):
        cause: BaseException = error.os_error
        if isinstance(cause, ForbiddenAddress):
            return NotFetched(absence=_forbidden(cause, trail[:-1]), again=False)
        named = isinstance(error, aiohttp.ClientConnectorDNSError)
        reason = "name not resolved" if named else "no connection"
        return NotFetched(absence=f"{reason}: {_host(trail)}", again=True, silent=True, elsewhere=elsewhere)
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return NotFetched(
            absence=f"no valid certificate: {_host(trail)}", again=True, silent=True, elsewhere=elsewhere
        )
    if isinstance(error, aiohttp.InvalidURL | ValueError) and not isinstance(
        error, aiohttp.ClientPayloadError
    ):
        return NotFetched(absence=f"forbidden address: the URL cannot be read ({error})", again=False)
    said = type(error).__name__
    return NotFetched(absence=f"broken off: {_host(trail)} ({said})", again=True, elsewhere=elsewhere)


def _host(trail: list[URL]) -> str:
    return (trail[-1].host or "") if trail else ""
