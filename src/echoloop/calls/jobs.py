"""The way to a server that takes jobs: submit, ask until it ends, fetch the picture. One `send` is one job from end to end.

A job that broke off on our side is asked about again when the same request is sent once more, instead of being paid for twice.
"""

import asyncio
from base64 import b64encode
from hashlib import sha256
from typing import Any

import msgspec

from echoloop.calls.endpoints import Endpoint
from echoloop.calls.http import fetch_patiently
from echoloop.calls.http_session import HttpSession
from echoloop.calls.protocols import flux
from echoloop.calls.transport import Arrival, TransportError
from echoloop.calls.wire import Wire

_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.25, 3.0, 1.4
_MOST_UNKNOWN = 5


class _Submitted(msgspec.Struct, frozen=True):
    polling_url: str
    id: Any = None
    cost: Any = None


class _Polled(msgspec.Struct, frozen=True):
    status: str
    result: Any = None
    details: Any = None


class JobTransport:
    """One endpoint that takes jobs, for the event loop that uses it."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._session = HttpSession(endpoint)
        self._seconds = endpoint.total_timeout
        self._unfinished: dict[bytes, list[_Submitted]] = {}

    async def send(self, wire: Wire) -> Arrival:
        name = sha256(wire.body).digest()
        waiting = self._unfinished.get(name)
        job = waiting.pop() if waiting else None
        try:
            async with asyncio.timeout(self._seconds):
                if job is None:
                    submitted = await self._session.post(wire.path, wire.content_type, wire.body)
                    if not 200 <= submitted.status < 300:
                        return submitted
                    job = _read(submitted.body, _Submitted, "what was submitted is not acknowledged as a job")
                return await self._follow(job)
        except TimeoutError:
            self._keep(name, job)
            raise TransportError(
                "timeout", f"the job did not end within {self._seconds:g} s", maybe_paid=True
            ) from None
        except _Interrupted as interrupted:
            self._keep(name, job)
            raise interrupted.error from None

    async def aclose(self) -> None:
        await self._session.aclose()

    def _keep(self, name: bytes, job: _Submitted | None) -> None:
        if job is not None:
            self._unfinished.setdefault(name, []).append(job)

    async def _follow(self, job: _Submitted) -> Arrival:
        """Ask until the job ends. What breaks off between two questions does not end it."""
        pause, unknown = _FIRST_PAUSE, 0
        while True:
            await asyncio.sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * _GROWTH)
            polled = await self._poll(job)
            if polled is None or polled.status == flux.PENDING:
                continue
            if polled.status == flux.NOT_FOUND and unknown < _MOST_UNKNOWN:
                unknown += 1
                continue
            if polled.status == flux.READY:
                return _ended(job, polled, await self._picture(polled))
            if polled.status in flux.MODERATED:
                return _ended(job, polled, None)
            raise TransportError("connection", f"the job ended with {polled.status[:80]!r}", maybe_paid=True)

    async def _poll(self, job: _Submitted) -> _Polled | None:
        """How far the job is; None where that cannot be said just now."""
        try:
            arrival = await self._session.ask_about(job.polling_url)
        except TransportError as error:
            if error.kind == "broken":
                raise
            return None
        if arrival.status == 429 or arrival.status >= 500:
            return None
        if arrival.status == 404:
            return _Polled(flux.NOT_FOUND)
        if not 200 <= arrival.status < 300:
            error = TransportError(
                "broken", f"the job may not be asked about: status {arrival.status}", maybe_paid=True
            )
            raise _Interrupted(error)
        try:
            return msgspec.json.decode(arrival.body, type=_Polled)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None

    async def _picture(self, polled: _Polled) -> bytes:
        sample = polled.result.get("sample") if isinstance(polled.result, dict) else None
        if not isinstance(sample, str):
            raise TransportError("broken", "the job is ready and names no picture", maybe_paid=True)
        try:
            return await fetch_patiently(self._session, sample)
        except TransportError as error:
            raise _Interrupted(error) from None


class _Interrupted(Exception):
    """A job that is paid for could not be followed to its end; it can still be asked about."""

    def __init__(self, error: TransportError) -> None:
        super().__init__(str(error))
        self.error = error


def _ended(job: _Submitted, polled: _Polled, picture: bytes | None) -> Arrival:
    """What is kept of a job: no address, for those expire and hold signatures."""
    result = polled.result if isinstance(polled.result, dict) else {}
    plain = {
        name: value
        for name, value in result.items()
        if isinstance(value, int | float) or (isinstance(value, str) and not value.startswith("http"))
    }
    body: dict[str, Any] = {"id": job.id, "status": polled.status, "cost": job.cost, "result": plain}
    if polled.details is not None:
        body["details"] = polled.details
    if picture is not None:
        body["image"] = {"b64_json": b64encode(picture).decode()}
    return Arrival(200, msgspec.json.encode(body))


def _read(body: bytes, kind: type[_Submitted], what: str) -> _Submitted:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise TransportError("connection", f"{what}: {body[:120]!r}", maybe_paid=True) from None
