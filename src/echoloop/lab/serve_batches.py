"""Files and batches: a file of requests goes in, a file of answers and one of errors come out."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from echoloop.lab.protocol import BadCall
from echoloop.lab.protocol_answers import Reply
from echoloop.lab.protocol_forms import read_form

Respond = Callable[[str, str, bytes], Awaitable[Reply]]
_MOST_LINES = 50_000
_UNDER_WAY = frozenset({"validating", "in_progress", "finalizing"})


class _BatchLine(msgspec.Struct, frozen=True):
    custom_id: str
    url: str
    body: msgspec.Raw


class _NewBatch(msgspec.Struct, frozen=True):
    input_file_id: str
    endpoint: str
    completion_window: str = "24h"
    metadata: dict[str, str] | None = None


class Batches:
    """Files by content, and batches that work through them in order.

    With a `folder` both outlive the server: what was under way when it ended begins anew when it goes on.
    """

    def __init__(
        self,
        respond: Respond,
        *,
        seconds: float = 0.0,
        expires_after: int | None = None,
        folder: Path | None = None,
    ) -> None:
        self._respond = respond
        self._seconds = seconds
        self._expires_after = expires_after
        self._folder = folder
        self._files: dict[str, bytes] = {}
        self._batches: dict[str, dict[str, Any]] = {}
        self._working: set[asyncio.Task[None]] = set()

    def go_on(self) -> None:
        """Take up what an earlier server left in the folder."""
        if self._folder is None or not self._folder.is_dir():
            return
        for path in self._folder.glob("file-*"):
            self._files[path.name] = path.read_bytes()
        for path in sorted(self._folder.glob("batch_*.json")):
            batch = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
            self._batches[batch["id"]] = batch
            if batch["status"] in _UNDER_WAY:
                self._begin(batch["id"], self._lines(batch["input_file_id"]))

    def add_file(self, content_type: str, body: bytes) -> dict[str, Any]:
        """Keep the `file` of a form."""
        fields = {field.name: field.value for field in read_form(content_type, body)}
        if "file" not in fields:
            raise BadCall(400, "missing_required_parameter", "the form has no field 'file'")
        return self._keep(fields["file"], fields.get("purpose", b"batch").decode("utf-8", "replace"))

    def content(self, name: str) -> bytes:
        """The bytes of a file."""
        if name not in self._files:
            raise BadCall(404, "not_found", f"there is no file {name[:80]!r}")
        return self._files[name]

    def start(self, body: bytes) -> dict[str, Any]:
        """Begin to answer the lines of a file."""
        try:
            new = msgspec.json.decode(body, type=_NewBatch)
            lines = self._lines(new.input_file_id)
        except msgspec.DecodeError as error:
            raise BadCall(400, "invalid_batch", f"the batch or its file cannot be read: {error}") from None
        if len(lines) > _MOST_LINES:
            raise BadCall(
                400, "too_many_requests", f"the file has {len(lines):,} lines; at most {_MOST_LINES:,}"
            )
        name = f"batch_{sha256(f'{len(self._batches)}/{new.input_file_id}'.encode()).hexdigest()[:24]}"
        self._batches[name] = {
            "id": name,
            "object": "batch",
            "endpoint": new.endpoint,
            "input_file_id": new.input_file_id,
            "completion_window": new.completion_window,
            "status": "validating",
            "output_file_id": None,
            "error_file_id": None,
            "created_at": int(time.time()),
            "request_counts": {"total": len(lines), "completed": 0, "failed": 0},
            "metadata": new.metadata,
        }
        self._note(name)
        self._begin(name, lines)
        return self._batches[name]

    def list(self, after: str, limit: int) -> dict[str, Any]:
        """The batches, the youngest first, a page at a time."""
        names = list(reversed(self._batches))
        begin = names.index(after) + 1 if after in names else 0
        page = names[begin : begin + limit]
        return {
            "object": "list",
            "data": [self._batches[name] for name in page],
            "has_more": begin + limit < len(names),
        }

    def state(self, name: str) -> dict[str, Any]:
        """How far a batch is."""
        if name not in self._batches:
            raise BadCall(404, "not_found", f"there is no batch {name[:80]!r}")
        return self._batches[name]

    async def aclose(self) -> None:
        """Stop what is under way."""
        for task in tuple(self._working):
            task.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)

    def _begin(self, name: str, lines: "tuple[_BatchLine, ...]") -> None:
        task = asyncio.create_task(self._work(name, lines))
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _work(self, name: str, lines: "tuple[_BatchLine, ...]") -> None:
        batch = self._batches[name]
        batch["status"] = "in_progress"
        counts: dict[str, int] = {"total": len(lines), "completed": 0, "failed": 0}
        batch["request_counts"] = counts
        await asyncio.sleep(self._seconds)
        made = lines if self._expires_after is None else lines[: self._expires_after]
        good: list[dict[str, Any]] = []
        bad: list[dict[str, Any]] = []
        for number, line in enumerate(made):
            status, _, body = await self._respond(
                line.url.removeprefix("/v1"), "application/json", bytes(line.body)
            )
            response = {"status_code": status, "request_id": f"r-{number}", "body": msgspec.Raw(body)}
            (good if status == 200 else bad).append(_answer(name, number, line, response, None))
            counts["completed" if status == 200 else "failed"] += 1
        for number, line in enumerate(lines[len(made) :], start=len(made)):
            error = {"code": "batch_expired", "message": "This request could not be executed in time."}
            bad.append(_answer(name, number, line, None, error))
            counts["failed"] += 1
        encode = msgspec.json.Encoder().encode_lines
        batch["output_file_id"] = self._keep(encode(good), "batch_output")["id"] if good else None
        batch["error_file_id"] = self._keep(encode(bad), "batch_output")["id"] if bad else None
        batch["status"] = "completed" if len(made) == len(lines) else "expired"
        self._note(name)

    def _lines(self, name: str) -> "tuple[_BatchLine, ...]":
        return tuple(msgspec.json.Decoder(_BatchLine).decode_lines(self.content(name)))

    def _keep(self, data: bytes, purpose: str) -> dict[str, Any]:
        name = f"file-{sha256(data).hexdigest()[:24]}"
        self._files[name] = data
        self._write(name, data)
        return {"id": name, "object": "file", "bytes": len(data), "purpose": purpose}

    def _note(self, name: str) -> None:
        self._write(f"{name}.json", msgspec.json.encode(self._batches[name]))

    def _write(self, name: str, data: bytes) -> None:
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = self._folder / f".{name}"
        partial.write_bytes(data)
        partial.replace(self._folder / name)


def _answer(
    batch: str, number: int, line: _BatchLine, response: dict[str, Any] | None, error: dict[str, str] | None
) -> dict[str, Any]:
    return {"id": f"{batch}-{number}", "custom_id": line.custom_id, "response": response, "error": error}
