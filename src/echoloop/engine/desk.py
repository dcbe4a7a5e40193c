"""What a stage finds on its desk: its settings, the picture store, and the two ways to work on rows."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from echoloop.calls import Endpoint
from echoloop.engine.asking import AskBatch, unpacker
from echoloop.engine.batches import EngineSettings, run_batches
from echoloop.engine.doors import DoorHandle, OpenDoor
from echoloop.engine.mapping import MapBatch
from echoloop.engine.pricing import require_prices
from echoloop.engine.progress import Progress
from echoloop.engine.question import Asked, Question
from echoloop.engine.stopping import Stopped
from echoloop.records import Failed, Problem
from echoloop.workspace import ImageStore

S = TypeVar("S")
R = TypeVar("R")
A = TypeVar("A")
T = TypeVar("T")

_GO_ON = (
    "Run the same command again: what was answered is replayed from its receipts, only the rest is asked."
)


class NoAnswers(Problem):
    """Every single question failed: a table of that would be worth nothing."""


class MissingReceipts(Problem):
    """Offline, and the ledger does not hold every answer."""


class Desk(Generic[S]):
    """One stage's view of the house. A stage needs nothing else."""

    def __init__(
        self,
        settings: S,
        handle: DoorHandle,
        opened: OpenDoor,
        engine: EngineSettings,
        progress: Progress,
        stop: threading.Event,
        forgotten: frozenset[str],
        show: Callable[[int], None],
    ) -> None:
        self.settings = settings
        self.forgotten = forgotten
        self.unanswered = 0
        self._handle = handle
        self._opened = opened
        self._engine = engine
        self._progress = progress
        self._stop = stop
        self._show = show

    @property
    def images(self) -> ImageStore:
        """The pictures of this workspace."""
        return self._opened.images

    def endpoint(self, name: str) -> Endpoint:
        """What is declared of an endpoint: the model it stands for, and what it is sent."""
        return next(one for one in self._handle.endpoints if one.name == name)

    def note(self, message: str) -> None:
        """Say something a person should know now."""
        self._progress.note(f"    {message}")

    def ask(self, rows: Sequence[R], question: Question[R, A]) -> list[Asked[R, A]]:
        """Ask one question about every row; the answers come back in the order of the rows."""
        if not rows:
            return []
        self._show(len(rows))
        work = AskBatch(self._handle, question, type(rows[0]))
        packed = run_batches(_pack(rows), work, question.batch_rows, self._engine)
        unpack = unpacker(question)
        answers = [unpack(row, data) for row, data in zip(rows, packed, strict=True)]
        self._check(question, answers)
        return answers

    def map(self, rows: Sequence[R], function: Callable[[R, ImageStore], T], result: type[T]) -> list[T]:
        """Apply an importable function to every row; the results come back in the order of the rows."""
        if not rows:
            return []
        self._show(len(rows))
        work = MapBatch(self._handle, function, type(rows[0]))
        packed = run_batches(_pack(rows), work, 256, self._engine)
        self._raise_problem()
        if self._stop.is_set():
            raise Stopped(
                "stopped before every row was looked at", remedy="Run the same command again to go on."
            )
        decoder = msgspec.msgpack.Decoder(result)
        return [decoder.decode(data) for data in packed]

    def _raise_problem(self) -> None:
        problem = self._opened.keeping.problem
        if problem is not None:
            raise problem

    def _check(self, question: Question[Any, Any], answers: Sequence[Asked[Any, Any]]) -> None:
        stage = question.stage
        self._raise_problem()
        self._note_unwritten(stage, answers)
        answers = [asked for asked in answers if asked.written]
        failed = [asked.answer for asked in answers if isinstance(asked.answer, Failed)]
        if self._stop.is_set():
            raise Stopped(
                f"stopped in stage {stage!r}: {len(answers) - len(failed):,} of {len(answers):,} rows are answered",
                remedy=_GO_ON,
            )
        if self._handle.mode == "plan":
            return
        if failed and self._handle.mode == "live" and self._handle.max_cost is not None:
            require_prices(answers, question, self._handle, self.images)
        if self._opened.keeping.budget.exhausted:
            raise Stopped(
                f"the cost bound was reached in stage {stage!r}: "
                f"{len(answers) - len(failed):,} of {len(answers):,} rows are answered",
                remedy=f"Raise --max-cost to go on. {_GO_ON}",
            )
        if failed and self._handle.mode == "offline":
            raise MissingReceipts(
                f"{len(failed):,} of {len(answers):,} answers of stage {stage!r} are not in the ledger",
                where=failed[0].reason,
                remedy="Run without --offline to ask for them, or import the ledger that holds them.",
            )
        if failed and len(failed) == len(answers):
            raise NoAnswers(
                f"not one of {len(answers):,} questions of stage {stage!r} was answered",
                where=failed[0].reason,
                remedy=f"Check the endpoint in echoloop.toml and that its server is up. {_GO_ON}",
            )
        self.unanswered += len(failed)

    def _note_unwritten(self, stage: str, answers: Sequence[Asked[Any, Any]]) -> None:
        """Rows that nobody can be asked about are done: they carry their reason, and no later run would do better."""
        reasons = [asked.answer.reason for asked in answers if not asked.written]
        if reasons and not self._stop.is_set():
            first = reasons[0].splitlines()[0]
            self.note(
                f"{len(reasons):,} of {len(answers):,} questions of stage {stage!r} cannot be put ({first}); "
                "once that is put right, --force puts them"
            )


def _pack(rows: Sequence[Any]) -> list[bytes]:
    encoder = msgspec.msgpack.Encoder()
    return [encoder.encode(row) for row in rows]
