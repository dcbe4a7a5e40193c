"""Ordering what the ledger lacks as batches: noted down before it is sent, so that no crash can have it paid twice in silence."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from echoloop.calls.batching.batch import Batch, BatchLine, BatchProblem, LeftOut, Submitted
from echoloop.calls.batching.client import BatchClient, Rejected, Unsure
from echoloop.calls.batching.folder import BatchFolder
from echoloop.calls.batching.providers import PROVIDERS, BatchProvider, takes_no_batches
from echoloop.calls.canonical import canonical
from echoloop.calls.endpoints import Endpoint
from echoloop.calls.prices import batch_factor, upper_estimate
from echoloop.calls.protocols import path_of
from echoloop.calls.replaying import Wanted
from echoloop.calls.requests import DrawRequest


async def submit(
    missing: Sequence[Wanted],
    endpoints: Mapping[str, Endpoint],
    folder: Path,
    *,
    read: Callable[[str], bytes],
    max_cost: float | None = None,
) -> Submitted:
    """Order what a planning door found missing (`Door.keep_missing`) as batches. `read` gives the bytes of an image.

    What a batch cannot carry is left out, with the reason, and so is what could cost more than `max_cost` together. Call
    `bring_in` first: it settles what an earlier run began.
    """
    kept = BatchFolder(folder)
    kept.sweep()
    ordered = kept.keys_under_way()
    fresh = [want for want in missing if want.key not in ordered]
    tellers = _Told()
    bound = _Bound(max_cost)
    for (name, path), wants in _groups(fresh).items():
        endpoint = endpoints[name]
        fit = _fit(endpoint, wants, bound, tellers)
        if fit:
            await _order_all(endpoint, path, fit, kept, read, tellers)
    return Submitted(
        batches=tuple(tellers.batches),
        under_way=len(missing) - len(fresh),
        left_out=tellers.left_out(),
        unsure=tuple(batch for batch in kept.open() if batch.stage == "submitting"),
    )


class _Told:
    """What is to be said at the end."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self._left: dict[tuple[str, str], int] = {}

    def leave(self, endpoint: str, reason: str, requests: int = 1) -> None:
        self._left[endpoint, reason] = self._left.get((endpoint, reason), 0) + requests

    def left_out(self) -> tuple[LeftOut, ...]:
        return tuple(
            LeftOut(endpoint=endpoint, requests=requests, reason=reason)
            for (endpoint, reason), requests in self._left.items()
        )


class _Bound:
    """A bound on what may be ordered, by the upper estimate at the batch's price."""

    def __init__(self, max_cost: float | None) -> None:
        self._left = max_cost

    def refuses(self, endpoint: Endpoint, want: Wanted) -> str | None:
        if self._left is None:
            return None
        cost = upper_estimate(endpoint, want.request).cost
        if cost is None:
            return "its price is unknown, and a maximum cost is set"
        if cost * batch_factor(endpoint) > self._left:
            return "it could cross the maximum cost"
        self._left -= cost * batch_factor(endpoint)
        return None


def _groups(wants: Sequence[Wanted]) -> dict[tuple[str, str], list[Wanted]]:
    """A batch is of one model and one kind of call."""
    groups: dict[tuple[str, str], list[Wanted]] = {}
    for want in wants:
        groups.setdefault((want.ask.endpoint, path_of(want.request)), []).append(want)
    return groups


def _fit(endpoint: Endpoint, wants: Sequence[Wanted], bound: _Bound, told: _Told) -> list[Wanted]:
    if (why := takes_no_batches(endpoint)) is not None:
        told.leave(endpoint.name, why, len(wants))
        return []
    fit: list[Wanted] = []
    for want in wants:
        why = PROVIDERS[endpoint.protocol].unfit(want.request) or bound.refuses(endpoint, want)
        if why is None:
            fit.append(want)
        else:
            told.leave(endpoint.name, why)
    return fit


async def _order_all(
    endpoint: Endpoint,
    path: str,
    wants: Sequence[Wanted],
    folder: BatchFolder,
    read: Callable[[str], bytes],
    told: _Told,
) -> None:
    provider = PROVIDERS[endpoint.protocol]
    client = BatchClient(endpoint)
    try:
        for part in _parts(endpoint, provider, wants, folder, read, told):
            batch = folder.save(
                Batch(
                    id=part.id,
                    endpoint=endpoint.name,
                    provider=endpoint.provider,
                    model=endpoint.pinned_model,
                    protocol=endpoint.protocol,
                    path=path,
                    requests=len(part.lines),
                    factor=batch_factor(endpoint),
                    stage="prepared",
                    at=datetime.now(UTC),
                )
            )
            await _order(client, provider, batch, folder, told)
    finally:
        await client.aclose()


async def _order(
    client: BatchClient, provider: BatchProvider, batch: Batch, folder: BatchFolder, told: _Told
) -> None:
    file = folder.upload(batch.id)
    try:
        uploaded = await provider.upload(client, file)
        batch = folder.save(msgspec.structs.replace(batch, stage="submitting", at=datetime.now(UTC)))
        remote = await provider.order(client, batch, uploaded, file)
    except Rejected as error:
        folder.drop(batch)
        told.leave(batch.endpoint, f"the provider did not take the batch ({error})", batch.requests)
        return
    except Unsure:
        found = await _look(client, provider, batch)
        if found is None:
            return
        remote = found
    finally:
        file.unlink(missing_ok=True)
    told.batches.append(folder.save(msgspec.structs.replace(batch, stage="submitted", remote=remote)))


async def _look(client: BatchClient, provider: BatchProvider, batch: Batch) -> str | None:
    """An order whose answer was lost may be found at once; if not, it stays to be looked for."""
    try:
        return await provider.find(client, batch)
    except BatchProblem:
        return None


class _Part(msgspec.Struct, frozen=True):
    id: str
    lines: list[BatchLine]


def _parts(
    endpoint: Endpoint,
    provider: BatchProvider,
    wants: Sequence[Wanted],
    folder: BatchFolder,
    read: Callable[[str], bytes],
    told: _Told,
) -> Iterator[_Part]:
    """Write the file of one batch after the other, each within the provider's limits."""
    most = provider.most_drawings if isinstance(wants[0].request, DrawRequest) else provider.most_requests
    rest = deque(wants)
    while rest:
        name = folder.new_id()
        lines: list[BatchLine] = []
        size = 0
        with folder.upload(name).open("wb") as file:
            while rest and len(lines) < most:
                line = _line(endpoint, provider, rest[0], read, told)
                if line is not None and size + len(line) > provider.most_bytes and lines:
                    break
                want = rest.popleft()
                if line is None:
                    continue
                size += file.write(line)
                lines.append(
                    BatchLine(
                        key=want.key, request=canonical(want.request).decode(), purpose=want.ask.purpose
                    )
                )
        if lines:
            folder.save_lines(name, lines)
            yield _Part(name, lines)
        else:
            folder.upload(name).unlink(missing_ok=True)


def _line(
    endpoint: Endpoint, provider: BatchProvider, want: Wanted, read: Callable[[str], bytes], told: _Told
) -> bytes | None:
    try:
        line = provider.line(want.key, want.request, read)
    except Exception as error:  # noqa: BLE001 - a picture may be gone, in any store, for any reason
        told.leave(endpoint.name, f"it could not be written: {str(error)[:160] or type(error).__name__}")
        return None
    if len(line) > provider.most_bytes:
        told.leave(endpoint.name, "it is larger than a batch may be")
        return None
    return line
