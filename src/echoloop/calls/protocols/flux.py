"""BFL's protocol: a job is submitted, asked about until it ends, and its picture fetched. This file is its bytes alone.

What comes back is put together by `following.follow_job` as {"id", "status", "image": {"b64_json"}, ...}.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from echoloop.calls.admission import Unreadable
from echoloop.calls.lifting import Lifted
from echoloop.calls.requests import DrawnImages, DrawRequest, Request
from echoloop.calls.responses import IMAGE_MARK, Reading, plain_text
from echoloop.calls.wire import JSON, Piece, Read, Wire, allowed, coded
from echoloop.records.answers import Answered, Refused
from echoloop.records.receipt import Usage

READY = "Ready"
MODERATED: Mapping[str, str] = {
    "Request Moderated": "the request was blocked (Request Moderated)",
    "Content Moderated": "the picture was blocked (Content Moderated)",
}
PENDING = "Pending"
NOT_FOUND = "Task not found"


class _Job(msgspec.Struct, frozen=True):
    status: Any = None
    image: Any = None
    details: Any = None


_JOB = msgspec.json.Decoder(_Job)


def path_of(request: Request) -> str:
    """Each model has an address of its own."""
    return f"/{quote(request.model, safe='-._~')}"


def render(request: Request, read: Read) -> Wire:
    """The prompt, and the input images in their order as input_image, input_image_2 and so on."""
    if not isinstance(request, DrawRequest):
        raise ValueError("the protocol flux only draws pictures")
    fields = {"prompt": request.prompt, **allowed(request.parameters, "flux")}
    chunks: list[Piece] = [msgspec.json.encode(fields)[:-1]]
    for number, part in enumerate(request.images, start=1):
        name = "input_image" if number == 1 else f"input_image_{number}"
        chunks += [f',"{name}":"'.encode(), coded(part, read), b'"']
    return Wire(path_of(request), JSON, b"".join((*chunks, b"}")), draws=True)


def read_answer(request: Request, response: str) -> Reading:
    """Raises Unreadable, or a DecodeError, when a response does not keep the protocol."""
    job = _JOB.decode(response)
    status = plain_text(job.status) or ""
    if status in MODERATED:
        reasons = _reasons(job.details)
        return _reading(Refused(MODERATED[status] + (f": {reasons}" if reasons else "")), None)
    stored = job.image.get("b64_json") if isinstance(job.image, dict) else None
    if status == READY and isinstance(stored, str) and stored.startswith(IMAGE_MARK):
        return _reading(Answered(DrawnImages((stored.removeprefix(IMAGE_MARK),))), 1)
    raise Unreadable(f"the job ended as {status[:60] or 'nothing'!r} and without a picture")


def lift(request: Request, response: str, put: Callable[[bytes], str]) -> tuple[str, tuple[str, ...]]:
    """The one picture of a job."""
    body = msgspec.json.decode(response)
    image = body.get("image") if isinstance(body, dict) else None
    if not isinstance(image, dict) or not isinstance(image.get("b64_json"), str):
        return response, ()
    lifted = Lifted(put)
    image["b64_json"] = lifted.take(image["b64_json"])
    return msgspec.json.encode(body).decode(), tuple(lifted.hashes)


def _reading(answer: Answered[Any] | Refused, images: int | None) -> Reading:
    return Reading(answer=answer, usage=Usage(images=images), served_model=None)


def _reasons(details: Any) -> str:
    """BFL names what its filter saw under `Moderation Reasons`."""
    said = details.get("Moderation Reasons") if isinstance(details, dict) else None
    return ", ".join(str(word)[:60] for word in said[:5]) if isinstance(said, list) else ""
