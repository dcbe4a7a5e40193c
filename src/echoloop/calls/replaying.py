"""Answering from receipts alone: pure reading, done for a whole batch at a time in a thread of its own."""

from collections.abc import Sequence
from typing import Any

import msgspec

from echoloop.calls.admission import Unreadable
from echoloop.calls.canonical import request_key
from echoloop.calls.ledger import ReceiptStore
from echoloop.calls.receipts import AS_IS, Filed, read_receipt
from echoloop.calls.requests import ChatRequest, Purpose, Reply, Request
from echoloop.calls.shapes import Shape, Structured, ask_again, fit, wants_another
from echoloop.records.answers import Failed, Unparsed
from echoloop.records.receipt import Receipt


class Ask(msgspec.Struct, frozen=True):
    """One row's question."""

    endpoint: str
    request: Request
    purpose: Purpose
    shape: Shape = AS_IS


class Wanted(msgspec.Struct, frozen=True):
    """A request that a row still needs; `first` is the answer whose shape was missed when this is the second request."""

    at: int
    ask: Ask
    request: Request
    key: str
    first: Filed | None = None


def wanted(asks: Sequence[Ask]) -> list[Wanted]:
    """The first request of each row, in the shape that it is sent in, with its key."""
    return [_first(at, ask) for at, ask in enumerate(asks)]


def replay(asks: Sequence[Ask], ledger: ReceiptStore) -> tuple[list[Reply[Any] | None], list[Wanted]]:
    """The replies that receipts give, None elsewhere, and what has to be asked of a model instead."""
    replies: list[Reply[Any] | None] = [None] * len(asks)
    missing: list[Wanted] = []
    turn = wanted(asks)
    while turn:
        found = ledger.get_many(list({want.key for want in turn}))
        following: list[Wanted] = []
        for want in turn:
            if (receipt := found.get(want.key)) is None:
                missing.append(want)
                continue
            outcome = step(want, receipt)
            if isinstance(outcome, Wanted):
                following.append(outcome)
            else:
                replies[want.at] = outcome
        turn = following
    return replies, missing


def step(want: Wanted, receipt: Receipt) -> Reply[Any] | Wanted:
    """What a stored receipt means for its row: a reply, or the second request."""
    if receipt.state == "failed":
        return Reply(answer=Failed(receipt.reason), key=want.key, cost=None, replayed=True, calls=0)
    try:
        reading = read_receipt(want.request, receipt)
    except Unreadable as error:
        reason = f"the receipt is damaged ({error}); `echoloop ledger verify` names all that are"
        return Reply(answer=Failed(reason), key=want.key, cost=None, replayed=True, calls=0)
    return conclude(want, Filed(receipt, reading, fit(want.ask.shape, reading)), calls=0)


def conclude(want: Wanted, filed: Filed, calls: int) -> Reply[Any] | Wanted:
    """The reply of a row whose last request is answered, or its second request when the shape was missed for the first time."""
    answer = filed.answer
    if (
        isinstance(answer, Unparsed)
        and want.first is None
        and wants_another(want.ask.shape, want.request, filed.reading)
    ):
        assert isinstance(want.request, ChatRequest)
        again = ask_again(want.request, answer)
        return Wanted(want.at, want.ask, again, request_key(again), filed)
    return Reply(
        answer=answer,
        key=want.key,
        cost=_sum(want.first, filed),
        replayed=calls == 0,
        calls=calls,
        latency=_seconds(want.first, filed),
    )


def _first(at: int, ask: Ask) -> Wanted:
    request = ask.request
    if isinstance(ask.shape, Structured):
        if not isinstance(request, ChatRequest):
            raise ValueError(f"only a chat can answer in a schema, not a {type(request).__name__}")
        request = ask.shape.dress(request)
    return Wanted(at, ask, request, request_key(request))


def _seconds(first: Filed | None, last: Filed) -> float | None:
    """How long both requests took together; unknown when either was not timed. A receipt without an attempt was not called for:
    it came in a batch."""
    if not last.receipt.attempts or (first is not None and not first.receipt.attempts):
        return None
    return last.receipt.latency_seconds + (first.receipt.latency_seconds if first is not None else 0.0)


def _sum(first: Filed | None, last: Filed) -> float | None:
    """What both requests cost together; unknown when either is."""
    if first is None:
        return last.receipt.cost
    if first.receipt.cost is None or last.receipt.cost is None:
        return None
    return first.receipt.cost + last.receipt.cost
