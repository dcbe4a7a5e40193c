"""A worker's view of the keeper: ledger, budget and counts that lie with one actor somewhere on the cluster."""

import asyncio
import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import msgspec
import ray
from ray.exceptions import RayError

from echoloop.calls import OverBudget
from echoloop.calls.prices import Estimate
from echoloop.engine.tally import Counts
from echoloop.records import Receipt

_BATCH_SECONDS = 0.01
_WATCH_SECONDS = 0.5
_TRY_AGAIN_SECONDS = 0.05


class RemoteLedger:
    """A ReceiptStore whose file lies with the keeper. Appends travel in batches, one at a time."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor
        self._waiting: queue.SimpleQueue[tuple[Receipt, Future[None]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._carry, name="remote-ledger", daemon=True)
        self._thread.start()

    def get_many(self, keys: Sequence[str]) -> dict[str, Receipt]:
        found: list[bytes] = ray.get(self._actor.get_many.remote(list(keys)))
        receipts = [msgspec.msgpack.decode(one, type=Receipt) for one in found]
        return {receipt.key: receipt for receipt in receipts}

    def append(self, receipt: Receipt) -> Future[None]:
        future: Future[None] = Future()
        self._waiting.put((receipt, future))
        return future

    def close(self) -> None:
        self._waiting.put(None)
        self._thread.join()

    def _carry(self) -> None:
        while (first := self._waiting.get()) is not None:
            time.sleep(_BATCH_SECONDS)
            batch, ended = [first], False
            while not self._waiting.empty():
                following = self._waiting.get()
                if following is None:
                    ended = True
                    break
                batch.append(following)
            self._deliver(batch)
            if ended:
                return

    def _deliver(self, batch: list[tuple[Receipt, Future[None]]]) -> None:
        try:
            ray.get(self._actor.append.remote([msgspec.msgpack.encode(receipt) for receipt, _ in batch]))
        except Exception as error:  # noqa: BLE001 - whatever it was, whoever waits must hear of it
            cause = getattr(error, "cause", None) or error
            for _, future in batch:
                future.set_exception(cause)
        else:
            for _, future in batch:
                future.set_result(None)


class RemoteBudget:
    """The keeper's budget as a door sees it."""

    def __init__(self, actor: Any, max_cost: float | None) -> None:
        self._actor = actor
        self.max_cost = max_cost

    @property
    def exhausted(self) -> bool:
        return bool(ray.get(self._actor.exhausted.remote()))

    async def reserve(self, upper: Estimate) -> float | None:
        """As `Budget.reserve`, with the sum kept in one place for all workers."""
        if self.max_cost is None:
            return None
        if upper.cost is None:
            raise OverBudget(
                "price unknown: with a maximum cost set, a call of unknown price is not sent; give the endpoint a price"
            )
        while not await self._actor.reserve.remote(upper.cost):
            if await self._actor.exhausted.remote():
                raise OverBudget(
                    f"budget: the bound of {self.max_cost:.4f} USD is reached; raise it to go on"
                )
            await asyncio.sleep(_TRY_AGAIN_SECONDS)
        return upper.cost

    def settle(self, reservation: float | None, cost: float | None) -> None:
        self._actor.settle.remote(reservation, (reservation or 0.0) if cost is None else cost)


class RemoteTally:
    """The keeper's counts."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor

    def add(self, counts: Counts) -> None:
        self._actor.count.remote(msgspec.msgpack.encode(counts))

    def read(self) -> Counts:
        return msgspec.msgpack.decode(ray.get(self._actor.counts.remote()), type=Counts)


class JoinedKeeper:
    """A process's view of the keeper: what `LocalKeeping` is on one machine."""

    def __init__(self, name: str, max_cost: float | None, stop: threading.Event) -> None:
        self._actor: Any = ray.get_actor(name)
        self._stop = stop
        self._closed = threading.Event()
        self._gave_up = False
        self.ledger = RemoteLedger(self._actor)
        self.budget = RemoteBudget(self._actor, max_cost)
        self.tally = RemoteTally(self._actor)
        threading.Thread(target=self._watch, name="stop-watch", daemon=True).start()

    @property
    def problem(self) -> BaseException | None:
        return ray.get(self._actor.problem.remote())

    def give_up(self, problem: BaseException) -> None:
        self._stop.set()
        if not self._gave_up:
            self._gave_up = True
            ray.get(self._actor.give_up.remote(problem))

    def close(self) -> None:
        self._closed.set()
        self.ledger.close()

    def _watch(self) -> None:
        """A stop anywhere is a stop everywhere."""
        while not self._closed.wait(_WATCH_SECONDS):
            try:
                if self._stop.is_set():
                    ray.get(self._actor.stop.remote())
                elif ray.get(self._actor.stopped.remote()):
                    self._stop.set()
            except RayError:
                return
