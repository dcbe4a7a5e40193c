"""Buying answers: one call for one request however many ask for it, and no answer before its receipt is committed."""

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import TypeAlias

import msgspec

from echoloop.calls.acknowledging import Acknowledgements
from echoloop.calls.admission import Unreadable
from echoloop.calls.budget import Spending
from echoloop.calls.endpoints import Endpoint
from echoloop.calls.ledger import ReceiptStore
from echoloop.calls.ledger_file import LedgerWriteError
from echoloop.calls.lifting import BadPicture
from echoloop.calls.line import Answering, Line, Silent
from echoloop.calls.receipts import Filed, failure_receipt, file_response
from echoloop.calls.requests import DrawRequest, Purpose, Request
from echoloop.calls.shapes import Shape
from echoloop.calls.transports import Transports
from echoloop.calls.wire import ImageSource
from echoloop.records.answers import Failed
from echoloop.records.problems import Problem
from echoloop.records.receipt import Receipt

_PICTURED = ('"image_url"', '"inlineData"', '"b64_json"')

Flight: TypeAlias = "asyncio.Future[Filed | Failed]"


class AbandonedCall(Exception):
    """Whoever made a call was cancelled; those who joined it have to make it themselves."""


class Buyer:
    """The lines that are open and the calls that are under way. Belongs to one event loop."""

    def __init__(
        self,
        *,
        ledger: ReceiptStore,
        images: ImageSource,
        budget: Spending,
        stop: threading.Event,
        first_wait: float,
    ) -> None:
        self._ledger = ledger
        self._images = images
        self._budget = budget
        self._stop = stop
        self._first_wait = first_wait
        self._lines: dict[str, Line] = {}
        self._open: dict[str, asyncio.Semaphore] = {}
        self._transports = Transports()
        self._flights: dict[str, Flight] = {}
        self._made: set[str] = set()
        self._watchers: list[dict[str, Receipt]] = []
        self._acknowledgements: Acknowledgements | None = None
        self.bought = self.failed = self.unpriced = 0
        self.spent = 0.0

    @property
    def in_flight(self) -> int:
        return sum(line.gate.under_way for line in self._lines.values())

    @contextmanager
    def watching(self) -> Generator[dict[str, Receipt]]:
        """Collect what is committed while somebody reads the ledger, who may have read too early to see it."""
        seen: dict[str, Receipt] = {}
        self._watchers.append(seen)
        try:
            yield seen
        finally:
            self._watchers = [watcher for watcher in self._watchers if watcher is not seen]

    def claim(self, key: str) -> tuple[Flight, bool]:
        """Become the one who makes a call, or join the one who does; True says that it is now on the caller to make it.

        It is decided without giving the loop a chance to run, so no request is ever under way twice.
        """
        if (flight := self._flights.get(key)) is not None:
            return flight, False
        flight = asyncio.get_running_loop().create_future()
        self._flights[key] = flight
        return flight, True

    async def make(
        self, endpoint: Endpoint, request: Request, key: str, purpose: Purpose, shape: Shape
    ) -> Filed | Failed:
        """Make the call that was claimed, and let those who joined know how it ended."""
        flight = self._flights[key]
        self._made.add(key)
        try:
            outcome = await self._fly(endpoint, request, key, purpose, shape)
            flight.set_result(outcome)
            return outcome
        except BaseException as error:
            flight.set_exception(AbandonedCall() if isinstance(error, asyncio.CancelledError) else error)
            flight.exception()  # seen: nobody may have joined
            raise
        finally:
            self._made.discard(key)
            del self._flights[key]

    async def aclose(self) -> None:
        """Wait for the calls that were sent; whoever waits for one that never was is told so."""
        await asyncio.gather(*(self._flights[key] for key in self._made), return_exceptions=True)
        for flight in self._flights.values():
            flight.set_exception(AbandonedCall())
            flight.exception()
        self._flights.clear()
        for line in self._lines.values():
            await line.aclose()
        self._lines.clear()

    async def _fly(
        self, endpoint: Endpoint, request: Request, key: str, purpose: Purpose, shape: Shape
    ) -> Filed | Failed:
        async with self._unacknowledged(endpoint):
            return await self._call_and_commit(endpoint, request, key, purpose, shape)

    async def _call_and_commit(
        self, endpoint: Endpoint, request: Request, key: str, purpose: Purpose, shape: Shape
    ) -> Filed | Failed:
        heard = await self._call_and_file(endpoint, request, purpose, shape)
        if isinstance(heard, Filed):
            await self._commit(heard.receipt)
            self._count(heard.receipt)
            return heard
        self.failed += 1
        if heard.attempts:
            await self._commit(
                failure_receipt(
                    request=request,
                    key=key,
                    purpose=purpose,
                    reason=heard.reason,
                    body=heard.body,
                    latency=heard.latency,
                    attempts=heard.attempts,
                )
            )
        return Failed(heard.reason)

    async def _call_and_file(
        self, endpoint: Endpoint, request: Request, purpose: Purpose, shape: Shape
    ) -> Filed | Silent:
        """A picture that came spoilt is asked for once more, as every body that breaks off is."""
        before = 0
        while True:
            heard = await self._line(endpoint).call(request)
            heard = msgspec.structs.replace(heard, attempts=heard.attempts + before)
            if isinstance(heard, Silent):
                return heard
            filed = await self._file(endpoint, request, purpose, shape, heard)
            if isinstance(filed, Filed) or not filed.spoilt or before:
                return filed
            before = filed.attempts

    async def _file(
        self, endpoint: Endpoint, request: Request, purpose: Purpose, shape: Shape, heard: Answering
    ) -> Filed | Silent:
        cost: float | None = None

        def work() -> Filed:
            return file_response(
                endpoint=endpoint,
                request=request,
                purpose=purpose,
                text=heard.text,
                put=self._images.put,
                latency=heard.latency,
                attempts=heard.attempts,
                shape=shape,
            )

        try:
            storing = isinstance(request, DrawRequest) or any(mark in heard.text for mark in _PICTURED)
            filed = await asyncio.to_thread(work) if storing else work()
            cost = filed.receipt.cost
            return filed
        except (Unreadable, BadPicture) as error:
            reason = f"endpoint {endpoint.name!r}, model {endpoint.pinned_model}: {error}"
            return Silent(
                reason=reason,
                attempts=heard.attempts,
                latency=heard.latency,
                body=heard.text[:2000],
                spoilt=isinstance(error, BadPicture) and error.spoilt,
            )
        except (OSError, Problem) as error:
            raise LedgerWriteError(
                f"an image that was paid for could not be stored ({error}); free space on the workspace's disk, then run again"
            ) from error
        finally:
            self._budget.settle(heard.reservation, cost)

    async def _commit(self, receipt: Receipt) -> None:
        if self._acknowledgements is None:
            self._acknowledgements = Acknowledgements(asyncio.get_running_loop())
        await self._acknowledgements.follow(self._ledger.append(receipt))

    def _count(self, receipt: Receipt) -> None:
        self.bought += 1
        self.spent += receipt.cost or 0.0
        self.unpriced += receipt.cost is None
        for seen in self._watchers:
            seen[receipt.key] = receipt

    def _unacknowledged(self, endpoint: Endpoint) -> asyncio.Semaphore:
        """A slot is free again when its answer is there, so that calls do not march in step with commits. But what is sent
        and not yet on the disk is what a crash pays twice: it is bounded as well."""
        if endpoint.name not in self._open:
            self._open[endpoint.name] = asyncio.Semaphore(2 * endpoint.concurrency)
        return self._open[endpoint.name]

    def _line(self, endpoint: Endpoint) -> Line:
        if endpoint.name not in self._lines:
            self._lines[endpoint.name] = Line(
                endpoint,
                self._transports.open(endpoint),
                read=self._images.read,
                budget=self._budget,
                stop=self._stop,
                first_wait=self._first_wait,
            )
        return self._lines[endpoint.name]
