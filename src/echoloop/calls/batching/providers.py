"""Who takes batches: one table, by protocol."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Protocol

from echoloop.calls.batching.batch import Batch, BatchState, Outcome
from echoloop.calls.batching.client import BatchClient
from echoloop.calls.batching.gemini_batches import GeminiBatches
from echoloop.calls.batching.openai_batches import OpenAIBatches
from echoloop.calls.endpoints import Endpoint
from echoloop.calls.requests import ProtocolName, Request
from echoloop.calls.wire import Read


class BatchProvider(Protocol):
    """How a provider takes requests by the file, and gives answers by the file."""

    @property
    def most_requests(self) -> int: ...

    @property
    def most_drawings(self) -> int: ...

    @property
    def most_bytes(self) -> int: ...

    def unfit(self, request: Request) -> str | None: ...

    def line(self, key: str, request: Request, read: Read) -> bytes: ...

    async def upload(self, client: BatchClient, file: Path) -> str: ...

    async def order(self, client: BatchClient, batch: Batch, uploaded: str, file: Path) -> str: ...

    async def find(self, client: BatchClient, batch: Batch) -> str | None: ...

    async def state(self, client: BatchClient, batch: Batch) -> BatchState: ...

    def results(self, client: BatchClient, batch: Batch, into: Path) -> AsyncIterator[Outcome]: ...


PROVIDERS: Mapping[ProtocolName, BatchProvider] = {"openai": OpenAIBatches(), "gemini": GeminiBatches()}


def takes_no_batches(endpoint: Endpoint) -> str | None:
    """Why an endpoint has no batches; None when it may have."""
    if endpoint.factory:
        return "a model in this process takes no batches"
    if endpoint.protocol not in PROVIDERS:
        return f"the protocol {endpoint.protocol} has no batches"
    return None
