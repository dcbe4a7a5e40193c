"""Taking what a batch brought into the ledger: the same receipts as a call leaves, so that a run goes on from them."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future

from echoloop.calls.admission import Unreadable
from echoloop.calls.batching.batch import Batch, BatchLine, BatchProblem, Collected, Outcome
from echoloop.calls.batching.client import BatchClient
from echoloop.calls.batching.folder import BatchFolder
from echoloop.calls.batching.providers import PROVIDERS
from echoloop.calls.canonical import read_canonical
from echoloop.calls.endpoints import Endpoint
from echoloop.calls.ledger import ReceiptStore
from echoloop.calls.lifting import BadPicture
from echoloop.calls.receipts import AS_IS, failure_receipt, file_response
from echoloop.calls.requests import Request
from echoloop.calls.transport import Arrival
from echoloop.calls.weighing import Heard, weigh
from echoloop.records.receipt import Receipt

_TOGETHER = 200
_MOST_REASONS = 20


async def collect(
    batch: Batch,
    endpoint: Endpoint,
    folder: BatchFolder,
    *,
    ledger: ReceiptStore,
    put: Callable[[bytes], str],
    client: BatchClient,
) -> Collected:
    """File every answer of a batch that has ended, then let go of what it asked.

    It can be broken off anywhere and done again: the ledger keeps the first receipt of a key.
    """
    lines = folder.lines(batch)
    pile = _Pile(batch, endpoint, lines, ledger, put)
    async for outcome in PROVIDERS[batch.protocol].results(client, batch, folder.results(batch.id)):
        await pile.add(outcome)
    await pile.settle()
    return pile.collected(folder.close(batch))


class _Pile:
    """Answers on their way into the ledger, a few hundred at a time."""

    def __init__(
        self,
        batch: Batch,
        endpoint: Endpoint,
        lines: list[BatchLine],
        ledger: ReceiptStore,
        put: Callable[[bytes], str],
    ) -> None:
        self._batch = batch
        self._endpoint = endpoint
        self._keys = [line.key for line in lines]
        self._lines: Mapping[str, BatchLine] = {line.key: line for line in lines}
        self._ledger = ledger
        self._put = put
        self._waiting: list[tuple[BatchLine, Outcome]] = []
        self._seen: set[str] = set()
        self._states: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._stray = self._unpriced = 0
        self._cost = 0.0

    async def add(self, outcome: Outcome) -> None:
        key = outcome.key or (self._keys[outcome.at] if outcome.at is not None else "")
        line = self._lines.get(key)
        if line is None or not line.request or key in self._seen:
            self._stray += 1
            return
        self._seen.add(key)
        self._waiting.append((line, outcome))
        if len(self._waiting) >= _TOGETHER:
            await self.settle()

    async def settle(self) -> None:
        """Nothing counts before it is committed."""
        waiting, self._waiting = self._waiting, []
        try:
            receipts = await asyncio.to_thread(
                lambda: [self._file(line, outcome) for line, outcome in waiting]
            )
        except OSError as error:
            raise BatchProblem(
                f"a picture of batch {self._batch.id} could not be stored: {error}",
                remedy="Free space on the workspace's disk, then run again: the provider keeps its answers.",
            ) from error
        committed: list[Future[None]] = [self._ledger.append(receipt) for receipt in receipts]
        await asyncio.gather(*map(asyncio.wrap_future, committed))
        for receipt in receipts:
            self._count(receipt)

    def collected(self, batch: Batch) -> Collected:
        done = sum(count for state, count in self._states.items() if state != "failed")
        asked = sum(bool(line.request) for line in self._lines.values())
        return Collected(
            batch=batch,
            answered=self._states["answered"] + self._states["unparsed"],
            refused=self._states["refused"],
            missing=asked - done,
            stray=self._stray,
            cost=self._cost,
            unpriced=self._unpriced,
            failures=dict(self._failures.most_common(_MOST_REASONS)),
        )

    def _file(self, line: BatchLine, outcome: Outcome) -> Receipt:
        request = read_canonical(line.request)
        if outcome.status is None:
            return self._failure(line, request, outcome.reason)
        weighed = weigh(Arrival(outcome.status, outcome.body), self._batch.protocol)
        if not isinstance(weighed, Heard):
            return self._failure(line, request, weighed.reason)
        try:
            return file_response(
                endpoint=self._endpoint,
                request=request,
                purpose=line.purpose,
                text=weighed.text,
                put=self._put,
                latency=0.0,
                attempts=0,
                shape=AS_IS,
                price_factor=self._batch.factor,
            ).receipt
        except (Unreadable, BadPicture) as error:
            return self._failure(line, request, str(error))

    def _failure(self, line: BatchLine, request: Request, reason: str) -> Receipt:
        """Kept for diagnosis, like the failure of a call; its request stays to be asked."""
        return failure_receipt(
            request=request,
            key=line.key,
            purpose=line.purpose,
            reason=f"endpoint {self._endpoint.name!r}, batch: {reason}",
            body="",
            latency=0.0,
            attempts=0,
        )

    def _count(self, receipt: Receipt) -> None:
        self._states[receipt.state] += 1
        if receipt.state == "failed":
            self._failures[receipt.reason] += 1
        else:
            self._cost += receipt.cost or 0.0
            self._unpriced += receipt.cost is None


def same_model(batch: Batch, endpoint: Endpoint | None) -> bool:
    """Whether an endpoint is still the one that a batch was ordered from."""
    return endpoint is not None and (endpoint.provider, endpoint.pinned_model, endpoint.protocol) == (
        batch.provider,
        batch.model,
        batch.protocol,
    )
