"""Talking to a provider about files and batches: questions may be repeated, orders never are."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from echoloop.calls.batching.batch import BatchProblem
from echoloop.calls.endpoints import Endpoint
from echoloop.calls.http_session import HttpSession, read_bounded
from echoloop.calls.redaction import redact
from echoloop.calls.transport import LARGEST_BODY, Arrival, TransportError
from echoloop.calls.waiting import LONGEST_RETRY_AFTER, retry_after

_TRIES = 4
_FIRST_WAIT = 0.5
_SECONDS = 3600.0
_EXCERPT = 300


class Rejected(Exception):
    """The provider did not take an order, or there was nobody to take it: nothing was paid."""


class Unsure(Exception):
    """An order was sent and not acknowledged: only the provider knows whether it has it."""


class BatchClient:
    """One endpoint, for the event loop that uses it. Close it."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._http = HttpSession(
            msgspec.structs.replace(endpoint, total_timeout=max(_SECONDS, endpoint.total_timeout))
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    async def get(self, path: str) -> Any:
        """The JSON at an address of the endpoint. Raises BatchProblem."""
        return msgspec.json.decode(await self.get_bytes(path))

    async def get_bytes(self, path: str, most: int = LARGEST_BODY) -> bytes:
        """The same as it came, known to be JSON."""
        for tried in range(1, _TRIES + 1):
            try:
                async with self._http.response("GET", path) as response:
                    body = self._http.without_secrets(await read_bounded(response, most, "the answer"))
                    arrival = Arrival(response.status, body, response.headers.get("Retry-After"))
                if 200 <= arrival.status < 300:
                    msgspec.json.decode(body, type=msgspec.Raw)
                    return body
                if not _passes(arrival.status) or tried == _TRIES:
                    raise self._problem(path, _said(arrival))
                await asyncio.sleep(_wait(arrival, tried))
            except (TransportError, msgspec.DecodeError, UnicodeDecodeError) as error:
                if tried == _TRIES:
                    raise self._problem(path, str(error)) from None
                await asyncio.sleep(_FIRST_WAIT * 2**tried)
        raise AssertionError

    async def download(self, path: str, into: Path) -> None:
        """The bytes at an address of the endpoint, as a file: they may be many."""
        for tried in range(1, _TRIES + 1):
            try:
                async with self._http.response("GET", path) as response:
                    if response.status == 200:
                        with into.open("wb") as file:
                            while part := await response.content.readany():
                                file.write(part)
                        return
                    body = self._http.without_secrets(
                        await read_bounded(response, LARGEST_BODY, "the answer")
                    )
                if not _passes(response.status) or tried == _TRIES:
                    raise self._problem(path, _said(Arrival(response.status, body)))
            except TransportError as error:
                if tried == _TRIES:
                    raise self._problem(path, str(error)) from None
            await asyncio.sleep(_FIRST_WAIT * 2**tried)
        raise AssertionError

    async def upload(self, path: str, fields: Mapping[str, str], file: Path) -> Any:
        """Send a file as a form. An upload is not an order: it may be repeated."""
        for tried in range(1, _TRIES + 1):
            try:
                with file.open("rb") as data:
                    form = _form(fields, file.name, data)
                    async with self._http.response("POST", path, body=form) as response:
                        body = self._http.without_secrets(
                            await read_bounded(response, LARGEST_BODY, "the answer")
                        )
                        arrival = Arrival(response.status, body, response.headers.get("Retry-After"))
                if 200 <= arrival.status < 300:
                    return msgspec.json.decode(body)
                if not _passes(arrival.status) or tried == _TRIES:
                    raise Rejected(_said(arrival))
                await asyncio.sleep(_wait(arrival, tried))
            except (TransportError, msgspec.DecodeError, UnicodeDecodeError) as error:
                if tried == _TRIES:
                    raise Rejected(str(error)) from None
                await asyncio.sleep(_FIRST_WAIT * 2**tried)
        raise AssertionError

    async def order(self, path: str, body: bytes) -> Any:
        """Post what costs money: once. Raises Rejected where it surely was not taken, Unsure where it may have been."""
        try:
            arrival = await self._http.post(path, "application/json", body)
        except TransportError as error:
            if error.maybe_paid:
                raise Unsure(str(error)) from None
            raise Rejected(str(error)) from None
        if 200 <= arrival.status < 300:
            try:
                return msgspec.json.decode(arrival.body)
            except (msgspec.DecodeError, UnicodeDecodeError):
                raise Unsure("the order was answered with something that is not JSON") from None
        if arrival.status >= 500 or arrival.status in (408, 409):
            raise Unsure(_said(arrival))
        raise Rejected(_said(arrival))

    def clean(self, data: bytes) -> bytes:
        """A line of results without the key, should a server have put it there."""
        return self._http.without_secrets(data)

    def _problem(self, path: str, said: str) -> BatchProblem:
        return BatchProblem(
            f"endpoint {self.endpoint.name!r} does not say how its batches are: {said}",
            where=path.partition("?")[0],
            remedy="Try again later: nothing is lost, and nothing is ordered twice.",
        )


def _form(fields: Mapping[str, str], filename: str, data: Any) -> aiohttp.MultipartWriter:
    form = aiohttp.MultipartWriter("form-data")
    for name, value in fields.items():
        part = form.append(value)
        part.set_content_disposition("form-data", name=name)
    part = form.append(data, {"Content-Type": "application/jsonl"})  # pyright: ignore[reportArgumentType]
    part.set_content_disposition("form-data", name="file", filename=filename)
    return form


def _passes(status: int) -> bool:
    return status >= 500 or status in (408, 409, 429)


def _wait(arrival: Arrival, tried: int) -> float:
    return min(retry_after(arrival.retry_after) or _FIRST_WAIT * 2**tried, LONGEST_RETRY_AFTER)


def _said(arrival: Arrival) -> str:
    text = " ".join(arrival.body[:_EXCERPT].decode("utf-8", "replace").split())
    return redact(f"status {arrival.status}: {text}")
