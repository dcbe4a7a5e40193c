"""OpenAI's Batch API: a file of requests goes up, a batch is ordered over it, and files of answers and of errors come back."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import msgspec

from echoloop.calls.batching.batch import Batch, BatchProblem, BatchState, Outcome
from echoloop.calls.batching.client import BatchClient, Rejected, Unsure
from echoloop.calls.protocols import path_of, render
from echoloop.calls.protocols.openai import EDITS
from echoloop.calls.requests import DrawRequest, Request
from echoloop.calls.transport import LARGEST_BODY
from echoloop.calls.wire import Read

_OURS = "echoloop_batch"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,160}")
_ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
_MOST_PAGES = 50
_A_DAY = 86_400
_NOT_MADE = frozenset({"batch_expired", "batch_cancelled"})


class _Response(msgspec.Struct, frozen=True):
    status_code: int = 0
    body: msgspec.Raw = msgspec.Raw(b"null")


class _Line(msgspec.Struct, frozen=True):
    custom_id: str
    response: _Response | None = None
    error: Any = None


_LINE = msgspec.json.Decoder(_Line)


class OpenAIBatches:
    """What OpenAI takes: 50,000 requests and 200 MB a file (a little less here). Pictures are drawn in smaller batches."""

    most_requests, most_drawings = 50_000, 1_000
    most_bytes = 190_000_000

    @staticmethod
    def unfit(request: Request) -> str | None:
        """Why a request cannot go into a batch."""
        if isinstance(request, DrawRequest) and path_of(request) == EDITS:
            return "an image edit travels as a form, and a batch takes only JSON"
        return None

    @staticmethod
    def line(key: str, request: Request, read: Read) -> bytes:
        """One line of the file that goes up; the key comes back with the answer."""
        head = {"custom_id": key, "method": "POST", "url": f"/v1{path_of(request)}"}
        return msgspec.json.encode(head)[:-1] + b',"body":' + render(request, read).body + b"}\n"

    @staticmethod
    async def upload(client: BatchClient, file: Path) -> str:
        """The provider's name for the file. Nothing is paid for it."""
        answer = await client.upload("/files", {"purpose": "batch"}, file)
        return _name(answer, "id", Rejected("the upload was not acknowledged with a name"))

    @staticmethod
    async def order(client: BatchClient, batch: Batch, uploaded: str, file: Path) -> str:
        """The provider's name for the batch. Its metadata carry our own, by which it can be found."""
        del file
        asked = {
            "input_file_id": uploaded,
            "endpoint": f"/v1{batch.path}",
            "completion_window": "24h",
            "metadata": {_OURS: batch.id},
        }
        answer = await client.order("/batches", msgspec.json.encode(asked))
        return _name(answer, "id", Unsure("the order was not acknowledged with a name"))

    @staticmethod
    async def find(client: BatchClient, batch: Batch) -> str | None:
        """The provider's name for a batch of ours that was not acknowledged; None when it does not have it.

        The youngest are listed first, so a page of batches from the day before ours ends the search.
        """
        after = ""
        for _ in range(_MOST_PAGES):
            page = await client.get(f"/batches?limit=100{after}")
            listed = page.get("data") if isinstance(page, dict) else None
            if not isinstance(listed, list):
                raise BatchProblem(f"endpoint {batch.endpoint!r} does not list its batches")
            for one in listed:
                metadata = one.get("metadata") if isinstance(one, dict) else None
                if isinstance(metadata, dict) and metadata.get(_OURS) == batch.id:
                    return _name(one, "id", BatchProblem("a listed batch has no name"))
            oldest = listed[-1] if listed and isinstance(listed[-1], dict) else {}
            last, made = oldest.get("id"), oldest.get("created_at")
            if isinstance(made, int) and made < batch.at.timestamp() - _A_DAY:
                return None
            if not page.get("has_more") or not isinstance(last, str) or not _NAME.fullmatch(last):
                return None
            after = f"&after={last}"
        raise BatchProblem(f"endpoint {batch.endpoint!r} lists too many batches to look through")

    @staticmethod
    async def state(client: BatchClient, batch: Batch) -> BatchState:
        """How far it is."""
        answer = await client.get(f"/batches/{_checked(batch.remote)}")
        said = answer.get("status") if isinstance(answer, dict) else None
        counts = answer.get("request_counts") if isinstance(answer, dict) else None
        counts = counts if isinstance(counts, dict) else {}
        errors = _errors(answer)
        return BatchState(
            batch=batch,
            ended=said in _ENDED,
            said=f"{said or 'unknown'}{': ' + errors if errors else ''}",
            answered=_count(counts.get("completed")),
            failed=_count(counts.get("failed")),
        )

    @staticmethod
    async def results(client: BatchClient, batch: Batch, into: Path) -> AsyncGenerator[Outcome]:
        """Every line of the file of answers and of the file of errors."""
        answer = await client.get(f"/batches/{_checked(batch.remote)}")
        for kind in ("output_file_id", "error_file_id"):
            name = answer.get(kind) if isinstance(answer, dict) else None
            if not isinstance(name, str) or not name:
                continue
            await client.download(f"/files/{_checked(name)}/content", into)
            with into.open("rb") as file:
                while raw := file.readline(LARGEST_BODY):
                    if raw.strip():
                        yield _outcome(client.clean(raw))


def _outcome(raw: bytes) -> Outcome:
    try:
        line = _LINE.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Outcome(key="", status=None, body=b"", reason=f"a line of results cannot be read: {error}")
    if line.response is not None and line.response.status_code:
        return Outcome(key=line.custom_id, status=line.response.status_code, body=bytes(line.response.body))
    error = line.error if isinstance(line.error, dict) else {}
    code, message = error.get("code"), error.get("message")
    said = f"{code}: {message}" if message else str(code or "no response")
    reason = f"not made before the batch ended ({code})" if code in _NOT_MADE else said
    return Outcome(key=line.custom_id, status=None, body=b"", reason=reason)


def _errors(answer: Any) -> str:
    errors = answer.get("errors") if isinstance(answer, dict) else None
    data = errors.get("data") if isinstance(errors, dict) else None
    messages = [str(one.get("message"))[:160] for one in data or () if isinstance(one, dict)]
    return "; ".join(messages[:3])


def _name(answer: Any, field: str, otherwise: Exception) -> str:
    name = answer.get(field) if isinstance(answer, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise otherwise
    return name


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise BatchProblem(f"{name[:80]!r} is no name of a file or a batch")
    return name


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
