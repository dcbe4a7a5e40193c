"""The open line to one endpoint: its limits, its retries, its health. One request in, what was heard or why not out."""

import asyncio
import random
import re
import threading
import time
from collections.abc import Callable

import msgspec

from echoloop.calls.budget import OverBudget, Spending
from echoloop.calls.endpoints import Endpoint
from echoloop.calls.gate import Gate
from echoloop.calls.health import Health
from echoloop.calls.pace import Pace
from echoloop.calls.prices import estimate, upper_estimate
from echoloop.calls.protocols import path_of, render
from echoloop.calls.requests import Request
from echoloop.calls.transport import Arrival, Transport, TransportError
from echoloop.calls.waiting import LONGEST_RETRY_AFTER, backoff
from echoloop.calls.weighing import Final, Heard, Passing, weigh
from echoloop.calls.wire import Wire

_GLANCE = 0.2
STOPPED = "stopped"


class MissingImage(Exception):
    """A request refers to an image that its store does not give."""


class Answering(msgspec.Struct, frozen=True, kw_only=True):
    """A body that says something. `reservation` is settled by whoever reads the price out of it."""

    text: str
    attempts: int
    latency: float
    reservation: float | None


class Silent(msgspec.Struct, frozen=True, kw_only=True):
    """No answer, and why. `attempts` is 0 when nothing was sent at all; `spoilt` says that a picture did not come whole."""

    reason: str
    attempts: int
    latency: float = 0.0
    body: str = ""
    spoilt: bool = False


_STATUS = re.compile(r"^status \d{3}: ")


class Line:
    """Belongs to one event loop."""

    def __init__(
        self,
        endpoint: Endpoint,
        transport: Transport,
        *,
        read: Callable[[str], bytes],
        budget: Spending,
        stop: threading.Event,
        first_wait: float,
    ) -> None:
        self.endpoint = endpoint
        self.gate = Gate(endpoint.concurrency)
        self._transport = transport
        self._read = read
        self._budget = budget
        self._stop = stop
        self._first_wait = first_wait
        self._calls = Pace(endpoint.requests_per_minute)
        self._tokens = Pace(endpoint.tokens_per_minute)
        self._health = Health()
        self._draw = random.Random()

    async def call(self, request: Request) -> Answering | Silent:
        """Ask until something is heard, until it cannot pass, or until the retries are used up."""
        began = time.monotonic()
        attempts = 0
        while True:
            tried = await self._attempt(request, attempts)
            if not isinstance(tried, Passing):
                return tried
            attempts += 1
            if attempts > self.endpoint.retries or (tried.wait or 0.0) > LONGEST_RETRY_AFTER:
                return self._give_up(request, tried, attempts, time.monotonic() - began)
            await self._nap(backoff(attempts, self._first_wait, self._draw))

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def _attempt(self, request: Request, before: int) -> Answering | Silent | Passing:
        await self.gate.enter()
        try:
            if why := await self._may_go(request):
                return Silent(reason=why, attempts=before)
            wire = render(request, self._readable)
            reservation = await self._reserve(request)
            return await self._send(request, wire, reservation, before + 1)
        except (OverBudget, MissingImage) as error:
            return Silent(reason=self._explain(request, str(error)), attempts=before)
        finally:
            self.gate.leave()

    async def _may_go(self, request: Request) -> str | None:
        """Wait for the moment that the limits allow; say why there will be none."""
        while (pause := self.gate.pause_left()) > 0 and not self._stop.is_set():
            await self._nap(pause)
        if not self._stop.is_set() and not self._health.broken:
            delay = self._calls.take(1)
            if self.endpoint.tokens_per_minute:
                delay = max(delay, self._tokens.take(self._likely_tokens(request)))
            await self._nap(delay)
        return STOPPED if self._stop.is_set() else self._health.broken

    def _likely_tokens(self, request: Request) -> int:
        likely = estimate(self.endpoint, request)
        return likely.input_tokens + likely.output_tokens

    def _readable(self, sha256: str) -> bytes:
        try:
            return self._read(sha256)
        except Exception as error:
            raise MissingImage(f"image {sha256} cannot be read: {error or type(error).__name__}") from error

    async def _reserve(self, request: Request) -> float | None:
        if self._budget.max_cost is None:
            return None
        return await self._budget.reserve(upper_estimate(self.endpoint, request))

    async def _send(
        self, request: Request, wire: Wire, reservation: float | None, attempt: int
    ) -> Answering | Silent | Passing:
        sent_at = time.monotonic()
        maybe_paid = True
        try:
            arrival = await self._transport.send(wire)
            latency = time.monotonic() - sent_at
            weighed = weigh(arrival, self.endpoint.protocol)
            if isinstance(weighed, Heard):
                self._health.answered()
                self.gate.answered()
                kept, reservation = reservation, None
                return Answering(text=weighed.text, attempts=attempt, latency=latency, reservation=kept)
            maybe_paid = isinstance(weighed, Passing) and weighed.maybe_paid
            return self._unheard(request, weighed, arrival, sent_at, attempt)
        except TransportError as error:
            maybe_paid = error.maybe_paid
            return self._unsent(request, error, sent_at, attempt)
        finally:
            self._budget.settle(reservation, None if maybe_paid else 0.0)

    def _unheard(
        self, request: Request, weighed: Passing | Final, arrival: Arrival, sent_at: float, attempt: int
    ) -> Silent | Passing:
        if isinstance(weighed, Passing):
            if weighed.crowded:
                self.gate.crowded(sent_at)
            if weighed.wait and weighed.wait <= LONGEST_RETRY_AFTER:
                self.gate.pause(weighed.wait)
            return weighed
        reason = self._explain(request, weighed.reason)
        self._health.rejected(weighed.status, reason, exhausted=weighed.exhausted)
        return Silent(reason=reason, attempts=attempt, latency=time.monotonic() - sent_at, body=weighed.body)

    def _unsent(
        self, request: Request, error: TransportError, sent_at: float, attempt: int
    ) -> Silent | Passing:
        if error.kind == "broken":
            return Silent(
                reason=self._explain(request, str(error)),
                attempts=attempt,
                latency=time.monotonic() - sent_at,
            )
        if error.kind == "timeout":
            self.gate.crowded(sent_at)
        return Passing(str(error), maybe_paid=error.maybe_paid)

    def _give_up(self, request: Request, last: Passing, attempts: int, latency: float) -> Silent:
        asked = f"; it asks to wait {last.wait:.0f} s" if (last.wait or 0.0) > LONGEST_RETRY_AFTER else ""
        reason = self._explain(request, f"{last.reason}{asked} (after {attempts} attempts)")
        return Silent(reason=reason, attempts=attempts, latency=latency, body=last.body)

    def _explain(self, request: Request, what: str) -> str:
        """What went wrong, and where. A model in this process has neither an address nor a status worth telling."""
        endpoint = self.endpoint
        if endpoint.factory:
            return f"{endpoint.name!r}: {_STATUS.sub('', what)}"
        return f"endpoint {endpoint.name!r}, model {endpoint.pinned_model}, {path_of(request)}: {what}"

    async def _nap(self, seconds: float) -> None:
        """Sleep, but notice a stop soon."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self._stop.is_set():
            await asyncio.sleep(min(left, _GLANCE))
