"""Files and batches: a file of requests goes in, a file of answers comes out."""

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

import msgspec

from echoloop.lab.protocol import BadCall
from echoloop.lab.protocol_answers import Reply
from echoloop.lab.protocol_forms import read_form

Respond = Callable[[str, str, bytes], Awaitable[Reply]]
_MOST_LINES = 50_000


class _BatchLine(msgspec.Struct, frozen=True):
    custom_id: str
    url: str
    body: msgspec.Raw


class _NewBatch(msgspec.Struct, frozen=True):
    input_file_id: str
    endpoint: str
    completion_window: str = "24h"


class Batches:
    """Files by content, and batches that work through them in order."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self._files: dict[str, bytes] = {}
        self._batches: dict[str, dict[str, Any]] = {}
        self._working: set[asyncio.Task[None]] = set()

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
            lines = msgspec.json.Decoder(_BatchLine).decode_lines(self.content(new.input_file_id))
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
            "status": "in_progress",
            "output_file_id": None,
            "request_counts": {"total": len(lines), "completed": 0, "failed": 0},
        }
        task = asyncio.create_task(self._work(name, lines))
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        return self._batches[name]

    def state(self, name: str) -> dict[str, Any]:
        """How far a batch is."""
        if name not in self._batches:
            raise BadCall(404, "not_found", f"there is no batch {name[:80]!r}")
        return self._batches[name]

    async def aclose(self) -> None:
        """Stop what is under way."""
        for task in list(self._working):
            task.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)

    async def _work(self, name: str, lines: list[_BatchLine]) -> None:
        batch = self._batches[name]
        out: list[dict[str, Any]] = []
        for line in lines:
            path = line.url.removeprefix("/v1")
            status, _, body = await self._respond(path, "application/json", bytes(line.body))
            batch["request_counts"]["completed" if status == 200 else "failed"] += 1
            out.append(
                {
                    "id": f"{name}-{len(out)}",
                    "custom_id": line.custom_id,
                    "response": {"status_code": status, "body": msgspec.Raw(body)},
                    "error": None,
                }
            )
        batch["output_file_id"] = self._keep(msgspec.json.Encoder().encode_lines(out), "batch_output")["id"]
        batch["status"] = "completed"

    def _keep(self, data: bytes, purpose: str) -> dict[str, Any]:
        name = f"file-{sha256(data).hexdigest()[:24]}"
        self._files[name] = data
        return {"id": name, "object": "file", "bytes": len(data), "purpose": purpose}
