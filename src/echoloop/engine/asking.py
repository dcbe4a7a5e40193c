"""The one way a model is asked about rows: never raises for a row, and every row says what became of it."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import msgspec
from pydantic import BaseModel

from echoloop.calls import AsIs, Ask, Parsed, Purpose, Reply, Shape
from echoloop.engine.doors import GRACE_SECONDS, DoorHandle, OpenDoor, open_door
from echoloop.engine.question import Asked, Carried, Question, Rendering
from echoloop.engine.tally import Counts, together
from echoloop.records import Answer, Answered, Failed, Problem, Refused, Unparsed
from echoloop.workspace import CouldNotWrite

R = TypeVar("R")
A = TypeVar("A")
STOPPED = "stopped"
_WATCH_SECONDS = 0.25


@dataclass(frozen=True)
class AskBatch(Generic[R, A]):
    """A question with the handle of its door: what travels to a worker. Called with rows, gives answers."""

    handle: DoorHandle
    question: Question[R, A]
    row_type: type[R]

    def __call__(self, rows: list[bytes]) -> list[bytes]:
        opened = open_door(self.handle)
        shape = self._shape(opened)
        jobs = [self._ask(msgspec.msgpack.decode(row, type=self.row_type), shape, opened) for row in rows]
        return [msgspec.msgpack.encode(carried) for carried in opened.wait(self._ask_all(jobs, opened))]

    def _ask(self, row: R, shape: Shape, opened: OpenDoor) -> Ask | Carried:
        name = self.question.endpoint_for(row)
        endpoint = next(one for one in self.handle.endpoints if one.name == name)
        rendering = Rendering(endpoint, opened.images, self.question.prompt)
        try:
            request = self.question.render(row, rendering)
        except CouldNotWrite as error:
            opened.keeping.give_up(error)
            return Carried(state="failed", reason=STOPPED)
        except (Problem, ValueError) as error:
            reason = f"the request could not be written: {error}"
            return Carried(state="failed", reason=reason, cost=0.0, written=False)
        prompt = self.question.prompt.id if self.question.prompt else ""
        return Ask(name, request, Purpose(self.question.stage, prompt, self.question.sources_of(row)), shape)

    async def _ask_all(self, jobs: Sequence[Ask | Carried], opened: OpenDoor) -> list[Carried]:
        asks = [job for job in jobs if isinstance(job, Ask)]
        asking = asyncio.ensure_future(opened.door.ask_many(asks))
        await _until_done_or_out_of_grace(asking, opened)
        if asking.cancelled():
            return [Carried(state="failed", reason=STOPPED)] * len(jobs)
        error = asking.exception()
        if error is not None:
            opened.keeping.give_up(error)
            return [Carried(state="failed", reason=STOPPED)] * len(jobs)
        replies = iter(asking.result())
        answers: list[Carried] = []
        counts: list[Counts] = []
        for job in jobs:
            reply = None if isinstance(job, Carried) else next(replies)
            carried = _carry(reply) if reply is not None else job
            answers.append(carried if isinstance(carried, Carried) else Carried(state="failed"))
            counts.append(_counts(answers[-1], reply.calls if reply is not None else 0))
        opened.keeping.tally.add(together(counts))
        return answers

    def _shape(self, opened: OpenDoor) -> Shape:
        reads = self.question.reads
        if reads is None:
            return AsIs()
        if isinstance(reads, type) and issubclass(reads, BaseModel):
            return opened.door.shape_of(reads)
        return Parsed(reads)


def unpacker(question: Question[R, A]) -> Callable[[R, bytes], Asked[R, A]]:
    """How to put an answer that came back from a worker beside the row it is about."""
    reads: Any = question.reads
    value: Callable[[Any], Any]
    if isinstance(reads, type) and issubclass(reads, BaseModel):
        value = reads.model_validate
    elif question.answers is not None:
        value = partial(msgspec.convert, type=question.answers)
    else:
        value = _as_it_is
    decoder = msgspec.msgpack.Decoder(Carried)

    def unpack(row: R, data: bytes) -> Asked[R, A]:
        carried = decoder.decode(data)
        return Asked(
            row, _answer(carried, value), carried.receipt, carried.cost, carried.written, carried.latency
        )

    return unpack


def _answer(carried: Carried, value: Callable[[Any], Any]) -> Answer[Any]:
    match carried.state:
        case "answered":
            return Answered(value(carried.value))
        case "refused":
            return Refused(carried.reason)
        case "unparsed":
            return Unparsed(carried.text, carried.reason)
        case "failed":
            return Failed(carried.reason)


def _as_it_is(value: Any) -> Any:
    return value


def _carry(reply: Reply[Any]) -> Carried:
    answer = reply.answer
    value = answer.value if isinstance(answer, Answered) else None
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    return Carried(
        state=answer.state,
        value=msgspec.to_builtins(value),
        text=answer.text if isinstance(answer, Unparsed) else "",
        reason=answer.reason,
        receipt=reply.key,
        cost=reply.cost,
        latency=reply.latency,
    )


def _counts(carried: Carried, calls: int) -> Counts:
    state = {carried.state: 1}
    priced = carried.cost is not None
    return Counts(
        done=1,
        paid_calls=calls,
        cost=(carried.cost or 0.0) if calls else 0.0,
        unpriced=0 if priced or carried.state == "failed" else calls,
        **state,
    )


async def _until_done_or_out_of_grace(asking: "asyncio.Future[Any]", opened: OpenDoor) -> None:
    """After a stop, calls in flight may finish for a bounded time; then they are let go."""
    deadline: float | None = None
    while not asking.done():
        await asyncio.wait([asking], timeout=_WATCH_SECONDS)
        if opened.stop.is_set() and deadline is None:
            deadline = time.monotonic() + GRACE_SECONDS
        if deadline is not None and time.monotonic() > deadline:
            asking.cancel()
            await asyncio.wait([asking])
