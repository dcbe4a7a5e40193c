"""What became of the batches that were ordered: looked for, asked about, and collected when they have ended."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import msgspec

from echoloop.calls.batching.batch import Batch, BatchProblem, BatchState, BroughtIn, Collected, Stuck
from echoloop.calls.batching.client import BatchClient
from echoloop.calls.batching.collecting import collect, same_model
from echoloop.calls.batching.folder import BatchFolder
from echoloop.calls.batching.providers import PROVIDERS
from echoloop.calls.endpoints import Endpoint
from echoloop.calls.ledger import ReceiptStore

SETTLING_SECONDS = 60.0


async def bring_in(
    folder: Path,
    endpoints: Mapping[str, Endpoint],
    *,
    ledger: ReceiptStore,
    put: Callable[[bytes], str],
    settling: float = SETTLING_SECONDS,
) -> BroughtIn:
    """Settle what an earlier run began, and take every batch that has ended into the ledger.

    A batch that was sent and not acknowledged is looked for at the provider. Only when the provider does not have it, and has had
    `settling` seconds to list it, is it dropped, and its requests may be ordered again.
    """
    kept = BatchFolder(folder)
    looked: list[_Looked] = []
    for batch in kept.open():
        try:
            looked.append(await _look_after(batch, endpoints, kept, ledger, put, settling))
        except BatchProblem as problem:
            looked.append(Stuck(batch=batch, reason=str(problem)))
    return BroughtIn(
        waiting=tuple(one for one in looked if isinstance(one, BatchState)),
        collected=tuple(one for one in looked if isinstance(one, Collected)),
        unsure=tuple(one for one in looked if isinstance(one, Batch)),
        dropped=tuple(one.batch for one in looked if isinstance(one, _Dropped)),
        stuck=tuple(one for one in looked if isinstance(one, Stuck)),
    )


class _Dropped(msgspec.Struct, frozen=True):
    batch: Batch


_Looked: TypeAlias = BatchState | Collected | Batch | _Dropped | Stuck


async def _look_after(
    batch: Batch,
    endpoints: Mapping[str, Endpoint],
    folder: BatchFolder,
    ledger: ReceiptStore,
    put: Callable[[bytes], str],
    settling: float,
) -> _Looked:
    """One batch, brought on as far as it goes now."""
    if batch.stage == "prepared":
        folder.drop(batch)
        return _Dropped(batch)
    endpoint = _endpoint(batch, endpoints)
    client = BatchClient(endpoint)
    try:
        known = await _settled(batch, client, folder, settling)
        if known is None:
            return _Dropped(batch)
        if known.stage == "submitting":
            return known
        state = await PROVIDERS[batch.protocol].state(client, known)
        if not state.ended:
            return state
        return await collect(known, endpoint, folder, ledger=ledger, put=put, client=client)
    finally:
        await client.aclose()


async def _settled(batch: Batch, client: BatchClient, folder: BatchFolder, settling: float) -> Batch | None:
    """The batch with what the provider calls it; as it was where that cannot be said yet; None when it never arrived."""
    if batch.stage == "submitted":
        return batch
    remote = await PROVIDERS[batch.protocol].find(client, batch)
    if remote is not None:
        return folder.save(msgspec.structs.replace(batch, stage="submitted", remote=remote))
    if (datetime.now(UTC) - batch.at).total_seconds() < settling:
        return batch
    folder.drop(batch)
    return None


def _endpoint(batch: Batch, endpoints: Mapping[str, Endpoint]) -> Endpoint:
    endpoint = endpoints.get(batch.endpoint)
    if endpoint is None or not same_model(batch, endpoint):
        raise BatchProblem(
            f"{batch.requests:,} requests are in a batch of {batch.provider}/{batch.model}, and endpoint {batch.endpoint!r} "
            "is not that any more",
            where="echoloop.toml",
            remedy="Declare the endpoint as it was until the batch is collected, or remove the batch's files from batches/.",
        )
    return endpoint
