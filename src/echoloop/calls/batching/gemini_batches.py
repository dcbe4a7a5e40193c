"""Gemini's Batch API: requests go up inside the order, each with its key, and come back inside the operation."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import msgspec

from echoloop.calls.batching.batch import Batch, BatchProblem, BatchState, Outcome
from echoloop.calls.batching.client import BatchClient, Unsure
from echoloop.calls.protocols.gemini import body_chunks
from echoloop.calls.requests import Request
from echoloop.calls.wire import Read

_NAME = re.compile(r"batches/[A-Za-z0-9_-]{1,160}")
_ENDED = frozenset({"SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED"})
_MOST_PAGES = 50
_LARGEST_STATE = 1 << 30
_TOKEN = re.compile(r"[A-Za-z0-9_=.-]{1,1024}")
_CODES = {8: 429, 14: 503}


class _Metadata(msgspec.Struct, frozen=True):
    key: Any = None


class _Item(msgspec.Struct, frozen=True):
    response: msgspec.Raw = msgspec.Raw(b"")
    error: Any = None
    metadata: _Metadata | None = None


class _Items(msgspec.Struct, frozen=True, rename="camel"):
    inlined_responses: list[_Item] | None = None


class _Output(msgspec.Struct, frozen=True, rename="camel"):
    inlined_responses: _Items | None = None
    responses_file: Any = None


class _Progress(msgspec.Struct, frozen=True, rename="camel"):
    state: Any = None
    batch_stats: Any = None
    output: _Output | None = None


class _Operation(msgspec.Struct, frozen=True):
    done: Any = False
    metadata: _Progress | None = None
    response: _Output | None = None
    error: Any = None


_OPERATION = msgspec.json.Decoder(_Operation)


class GeminiBatches:
    """What goes inline: below 20 MB an order. Few pictures a batch, for they come back inline as well."""

    most_requests, most_drawings = 10_000, 16
    most_bytes = 18_000_000

    @staticmethod
    def unfit(request: Request) -> str | None:
        """Everything that this protocol says can go into a batch."""
        del request
        return None

    @staticmethod
    def line(key: str, request: Request, read: Read) -> bytes:
        """One request of the order, on a line of its own; the key comes back with the answer."""
        metadata = msgspec.json.encode({"key": key})
        return b"".join((b'{"metadata":', metadata, b',"request":', *body_chunks(request, read), b"}\n"))

    @staticmethod
    async def upload(client: BatchClient, file: Path) -> str:
        """There is nothing to upload beforehand."""
        del client, file
        return ""

    @staticmethod
    async def order(client: BatchClient, batch: Batch, uploaded: str, file: Path) -> str:
        """The provider's name for the batch. Its display name is our own, by which it can be found."""
        del uploaded
        requests = b",".join(file.read_bytes().splitlines())
        name = msgspec.json.encode(batch.id)
        body = (
            b'{"batch":{"displayName":'
            + name
            + b',"inputConfig":{"requests":{"requests":['
            + requests
            + b"]}}}}"
        )
        path = batch.path.removesuffix(":generateContent") + ":batchGenerateContent"
        return _name(await client.order(path, body), Unsure("the order was not acknowledged with a name"))

    @staticmethod
    async def find(client: BatchClient, batch: Batch) -> str | None:
        """The provider's name for a batch of ours that was not acknowledged; None when it does not have it."""
        token = ""
        for _ in range(_MOST_PAGES):
            page = await client.get(f"/batches?pageSize=100{token}")
            listed = page.get("operations", []) if isinstance(page, dict) else None
            if not isinstance(listed, list):
                raise BatchProblem(f"endpoint {batch.endpoint!r} does not list its batches")
            for one in listed:
                metadata = one.get("metadata") if isinstance(one, dict) else None
                if isinstance(metadata, dict) and metadata.get("displayName") == batch.id:
                    return _name(one, BatchProblem("a listed batch has no name"))
            following = page.get("nextPageToken")
            if not isinstance(following, str) or not _TOKEN.fullmatch(following):
                return None
            token = f"&pageToken={following}"
        raise BatchProblem(f"endpoint {batch.endpoint!r} lists too many batches to look through")

    @staticmethod
    async def state(client: BatchClient, batch: Batch) -> BatchState:
        """How far it is."""
        operation = await _operation(client, batch)
        progress = operation.metadata or _Progress()
        stats = progress.batch_stats if isinstance(progress.batch_stats, dict) else {}
        said = str(progress.state or "unknown").removeprefix("BATCH_STATE_").removeprefix("JOB_STATE_")
        message = operation.error.get("message") if isinstance(operation.error, dict) else None
        return BatchState(
            batch=batch,
            ended=operation.done is True or said in _ENDED,
            said=f"{said.lower()}{f': {str(message)[:160]}' if message else ''}",
            answered=_count(stats.get("successfulRequestCount")),
            failed=_count(stats.get("failedRequestCount")),
        )

    @staticmethod
    async def results(client: BatchClient, batch: Batch, into: Path) -> AsyncGenerator[Outcome]:
        """Every answer of the operation. They are in the order of the requests, should none carry its key back."""
        await client.download(f"/{_checked(batch.remote)}", into)
        operation = _read(client.clean(into.read_bytes()))
        outputs = [operation.response, operation.metadata.output if operation.metadata else None]
        items = next(
            (
                output.inlined_responses.inlined_responses
                for output in outputs
                if output is not None and output.inlined_responses is not None
            ),
            None,
        )
        if items is None and any(output is not None and output.responses_file for output in outputs):
            raise BatchProblem(
                f"batch {batch.id} answers with a file, which was not asked for",
                where=f"endpoint {batch.endpoint!r}",
            )
        outcomes = [_outcome(item) for item in items or ()]
        ordered = len(outcomes) == batch.requests and not any(outcome.key for outcome in outcomes)
        for at, outcome in enumerate(outcomes):
            yield msgspec.structs.replace(outcome, at=at) if ordered else outcome


def _outcome(item: _Item) -> Outcome:
    key = item.metadata.key if item.metadata is not None else None
    name = key if isinstance(key, str) else ""
    if (body := bytes(item.response)) not in (b"", b"null"):
        return Outcome(key=name, status=200, body=body)
    error = item.error if isinstance(item.error, dict) else {}
    code, message = error.get("code"), error.get("message")
    status = _CODES.get(code) if isinstance(code, int) else None
    return Outcome(
        key=name, status=None, body=b"", reason=f"status {status or code}: {message or 'no response'}"
    )


async def _operation(client: BatchClient, batch: Batch) -> _Operation:
    return _read(await client.get_bytes(f"/{_checked(batch.remote)}", _LARGEST_STATE))


def _read(body: bytes) -> _Operation:
    try:
        return _OPERATION.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BatchProblem(f"a batch's state cannot be read: {error}") from None


def _name(answer: Any, otherwise: Exception) -> str:
    name = answer.get("name") if isinstance(answer, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise otherwise
    return name


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise BatchProblem(f"{name[:80]!r} is no name of a batch")
    return name


def _count(value: Any) -> int:
    """Counts of 64 bits come as text."""
    return int(value) if isinstance(value, int | str) and str(value).isdigit() else 0
