"""The one door to every model: a request goes in, an answer with its receipt comes out."""

import asyncio
import threading
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from echoloop.calls.budget import Spending
from echoloop.calls.buying import AbandonedCall, Buyer, Flight
from echoloop.calls.endpoints import Endpoint, UnknownEndpoint, key_of
from echoloop.calls.ledger import ReceiptStore
from echoloop.calls.planning import PlannedStage
from echoloop.calls.receipts import Filed
from echoloop.calls.replaying import Ask, Wanted, conclude, replay, step
from echoloop.calls.requests import ChatRequest, Payload, Purpose, Reply, Request
from echoloop.calls.shapes import Parsed, Structured, fit, structured
from echoloop.calls.wire import ImageSource
from echoloop.records.answers import Failed
from echoloop.records.receipt import Receipt

if TYPE_CHECKING:
    from pydantic import BaseModel

T = TypeVar("T")
Mode = Literal["live", "offline", "plan"]
_IN_A_BATCH = "it is under way in a provider's batch: asked now, it would be paid twice; run again when the batch has ended"


class Gauge(msgspec.Struct, frozen=True, kw_only=True):
    """How a door is doing right now. `spent` sums the calls of known price that this door bought."""

    bought: int
    replayed: int
    failed: int
    in_flight: int
    spent: float
    unpriced: int


class Door:
    """Belongs to one event loop. Never raises for what a model or a network does: that is an answer's state.

    It raises for what no later row could survive either: LedgerWriteError, MissingKey, UnknownEndpoint, and ValueError
    for a request that contradicts its endpoint or the protocol. `mode` is "live", "offline" (receipts alone) or "plan"
    (nothing is sent; what would be is estimated in `planned`, by stage).
    """

    def __init__(
        self,
        *,
        endpoints: Mapping[str, Endpoint],
        ledger: ReceiptStore,
        images: ImageSource,
        budget: Spending,
        mode: Mode,
        stop: threading.Event,
        first_wait: float = 0.5,
    ) -> None:
        self._endpoints = dict(endpoints)
        self._ledger = ledger
        self._mode: Mode = mode
        self._buyer = Buyer(ledger=ledger, images=images, budget=budget, stop=stop, first_wait=first_wait)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._shapes: dict[type[BaseModel], Structured] = {}
        self._replayed = 0
        self._planned_keys: set[str] = set()
        self._missing: list[Wanted] | None = None
        self._held: Collection[str] = ()
        self.planned: dict[str, PlannedStage] = {}

    def check(self, names: Sequence[str]) -> None:
        """Raise now what would stop a stage at its first call: an unknown endpoint, a missing key."""
        for name in names:
            endpoint = self._endpoint(name)
            if self._mode == "live":
                key_of(endpoint)

    async def ask(self, endpoint: str, request: Request, purpose: Purpose) -> Reply[Payload]:
        return (await self.ask_many([Ask(endpoint, request, purpose)]))[0]

    async def ask_structured(
        self, endpoint: str, request: ChatRequest, answer_type: "type[BaseModel]", purpose: Purpose
    ) -> Reply[Any]:
        """Ask for JSON in the shape of a pydantic model. The answer's value is an instance of it."""
        return (await self.ask_many([Ask(endpoint, request, purpose, self.shape_of(answer_type))]))[0]

    async def ask_parsed(
        self, endpoint: str, request: ChatRequest, parse: Callable[[str], T], purpose: Purpose
    ) -> Reply[T]:
        """Ask for text that the caller reads; a ValueError of `parse` makes it Unparsed. Nothing is asked again."""
        return (await self.ask_many([Ask(endpoint, request, purpose, Parsed(parse))]))[0]

    def shape_of(self, answer_type: "type[BaseModel]") -> Structured:
        """The shape of a pydantic model for `Ask`, written out once a door."""
        if answer_type not in self._shapes:
            self._shapes[answer_type] = structured(answer_type)
        return self._shapes[answer_type]

    async def ask_many(self, asks: Sequence[Ask]) -> list[Reply[Any]]:
        """Answer a batch in order: what has a receipt in a few reads of the ledger, the rest from the models."""
        self._stay_in_one_loop()
        for ask in asks:
            self._admit(ask)
        with self._buyer.watching() as meanwhile:
            replies, missing = await asyncio.to_thread(replay, asks, self._ledger)
        self._replayed += len(asks) - len(missing)
        settling = [self._begin(want, meanwhile) for want in missing]
        settled = await asyncio.gather(*settling, return_exceptions=True)
        for want, reply in zip(missing, settled, strict=True):
            if isinstance(reply, BaseException):
                raise reply
            replies[want.at] = reply
        return [reply for reply in replies if reply is not None]

    def keep_missing(self) -> list[Wanted]:
        """From now on a planning door also keeps each request that it finds missing, once: to be bought in another way.

        The list grows while stages ask.
        """
        self._missing = [] if self._missing is None else self._missing
        return self._missing

    def hold_back(self, keys: Collection[str]) -> None:
        """Requests that are under way in a provider's batch: asked live, they would be paid twice, so they fail with that reason."""
        self._held = keys

    def gauge(self) -> Gauge:
        buyer = self._buyer
        return Gauge(
            bought=buyer.bought,
            replayed=self._replayed,
            failed=buyer.failed,
            in_flight=buyer.in_flight,
            spent=buyer.spent,
            unpriced=buyer.unpriced,
        )

    async def aclose(self) -> None:
        """Let calls in flight finish and be committed, then close the lines. The ledger stays its owner's."""
        await self._buyer.aclose()

    def _begin(self, want: Wanted, meanwhile: Mapping[str, Receipt]) -> Coroutine[Any, Any, Reply[Any]]:
        """Claim what a row needs at once, so that no other row can start the same; the rest may take its time."""
        if (receipt := meanwhile.get(want.key)) is not None:
            return self._go_on(step(want, receipt), 0)
        if self._mode != "live":
            return self._go_on(self._unsent(want), 0)
        if want.key in self._held:
            return self._go_on(_failed(want, Failed(_IN_A_BATCH)), 0)
        flight, mine = self._buyer.claim(want.key)
        return self._make(want) if mine else self._join(want, flight)

    async def _make(self, want: Wanted) -> Reply[Any]:
        ask = want.ask
        endpoint = self._endpoint(ask.endpoint)
        outcome = await self._buyer.make(endpoint, want.request, want.key, ask.purpose, ask.shape)
        if isinstance(outcome, Failed):
            return _failed(want, outcome)
        return await self._go_on(conclude(want, outcome, calls=1), 1)

    async def _join(self, want: Wanted, flight: Flight) -> Reply[Any]:
        """Whoever only joined a call reads the answer in its own shape, and has bought nothing."""
        try:
            outcome = await asyncio.shield(flight)
        except AbandonedCall:
            return await self._begin(want, {})
        if isinstance(outcome, Failed):
            return _failed(want, outcome)
        filed = Filed(outcome.receipt, outcome.reading, fit(want.ask.shape, outcome.reading))
        return await self._go_on(conclude(want, filed, calls=0), 0)

    async def _go_on(self, outcome: Reply[Any] | Wanted, calls: int) -> Reply[Any]:
        """A reply ends a row; a second request is looked up first, like every other."""
        if not isinstance(outcome, Wanted):
            return outcome
        with self._buyer.watching() as meanwhile:
            found = await asyncio.to_thread(self._ledger.get_many, [outcome.key])
        reply = await self._begin(outcome, {**found, **meanwhile})
        return msgspec.structs.replace(
            reply, calls=reply.calls + calls, replayed=reply.replayed and not calls
        )

    def _unsent(self, want: Wanted) -> Reply[Any]:
        if self._mode == "offline":
            reason = (
                f"no receipt: {want.ask.purpose.stage or 'a stage'} asked {want.request.model} something that the ledger does "
                f"not hold (key {want.key[:12]}); run it once without --offline, or import a ledger that has it"
            )
        else:
            reason = "planned: nothing is sent while planning"
            if want.key not in self._planned_keys:
                self._planned_keys.add(want.key)
                stage = self.planned.setdefault(want.ask.purpose.stage, PlannedStage())
                stage.add(self._endpoint(want.ask.endpoint), want.request)
                if self._missing is not None:
                    self._missing.append(want)
        return Reply(answer=Failed(reason), key=want.key, cost=None, replayed=False, calls=0)

    def _admit(self, ask: Ask) -> None:
        endpoint, request = self._endpoint(ask.endpoint), ask.request
        if request.protocol != endpoint.protocol:
            raise ValueError(
                f"a request of the protocol {request.protocol} cannot go to endpoint {endpoint.name!r}, which speaks "
                f"{endpoint.protocol}; build requests with the endpoint's protocol"
            )
        if request.provider != endpoint.provider or request.model != endpoint.pinned_model:
            raise ValueError(
                f"a request for {request.provider}/{request.model} cannot go to endpoint {endpoint.name!r}, which serves "
                f"{endpoint.provider}/{endpoint.pinned_model}; build requests with the endpoint's provider and pinned_model"
            )

    def _endpoint(self, name: str) -> Endpoint:
        try:
            return self._endpoints[name]
        except KeyError:
            known = ", ".join(sorted(self._endpoints)) or "none"
            raise UnknownEndpoint(f"there is no endpoint {name!r}; declared are: {known}") from None

    def _stay_in_one_loop(self) -> None:
        running = asyncio.get_running_loop()
        if self._loop is None:
            self._loop = running
        elif self._loop is not running:
            raise RuntimeError("a door belongs to one event loop; open another door for another loop")


def _failed(want: Wanted, failed: Failed) -> Reply[Any]:
    """What the first request cost stays paid when the second one fails."""
    cost = want.first.receipt.cost if want.first else None
    return Reply(answer=failed, key=want.key, cost=cost, replayed=False, calls=0)
