"""From a request and a raw response to a receipt: used after a call, and by whatever prefills a ledger from a batch."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from echoloop.calls.admission import Unreadable, admit_body
from echoloop.calls.canonical import canonical, key_of_canonical
from echoloop.calls.endpoints import Endpoint
from echoloop.calls.prices import cost_of
from echoloop.calls.protocols import lift_images, read_response
from echoloop.calls.requests import Purpose, Request
from echoloop.calls.responses import Reading
from echoloop.calls.shapes import AsIs, Shape, fit
from echoloop.records.answers import Answer
from echoloop.records.receipt import Receipt

AS_IS = AsIs()


class Filed(msgspec.Struct, frozen=True):
    """A receipt with what was read on the way to it, so that nothing is read twice."""

    receipt: Receipt
    reading: Reading
    answer: Answer[Any]


def receipt_from_response(
    *,
    endpoint: Endpoint,
    request: Request,
    purpose: Purpose,
    body: bytes,
    put: Callable[[bytes], str],
    latency: float,
    attempts: int = 1,
    shape: Shape = AS_IS,
    price_factor: float = 1.0,
) -> Receipt:
    """The receipt of a response that came by any way. `price_factor` is 0.5 where a batch costs half.

    Raises Unreadable, or lifting.BadPicture: then there is nothing that could be answered from later.
    """
    return file_response(
        endpoint=endpoint,
        request=request,
        purpose=purpose,
        text=admit_body(body),
        put=put,
        latency=latency,
        attempts=attempts,
        shape=shape,
        price_factor=price_factor,
    ).receipt


def file_response(
    *,
    endpoint: Endpoint,
    request: Request,
    purpose: Purpose,
    text: str,
    put: Callable[[bytes], str],
    latency: float,
    attempts: int,
    shape: Shape,
    price_factor: float = 1.0,
) -> Filed:
    stored, images = lift_images(request, text, put)
    reading = read_response(request, stored)
    answer = fit(shape, reading)
    cost = cost_of(endpoint, request, reading.usage)
    asked = canonical(request)
    receipt = Receipt(
        key=key_of_canonical(asked),
        provider=request.provider,
        model=request.model,
        served_model=reading.served_model,
        stage=purpose.stage,
        prompt=purpose.prompt,
        state=answer.state,
        reason=answer.reason,
        request=asked.decode(),
        response=stored,
        images=images,
        usage=reading.usage,
        cost=None if cost is None else cost * price_factor,
        latency_seconds=round(latency, 4),
        attempts=attempts,
        at=datetime.now(UTC),
        source_posts=purpose.source_posts,
    )
    return Filed(receipt, reading, answer)


def failure_receipt(
    *, request: Request, key: str, purpose: Purpose, reason: str, body: str, latency: float, attempts: int
) -> Receipt:
    """What is kept of a call that failed: enough to find out why, without the request's text."""
    return Receipt(
        key=key,
        provider=request.provider,
        model=request.model,
        served_model=None,
        stage=purpose.stage,
        prompt=purpose.prompt,
        state="failed",
        reason=reason,
        request="",
        response=body,
        cost=None,
        latency_seconds=round(latency, 4),
        attempts=attempts,
        at=datetime.now(UTC),
        source_posts=purpose.source_posts,
    )


def read_receipt(request: Request, receipt: Receipt) -> Reading:
    """What a stored receipt says; raises Unreadable when a receipt is damaged."""
    if not receipt.response:
        raise Unreadable(f"receipt {receipt.key} holds no response")
    return read_response(request, receipt.response)
