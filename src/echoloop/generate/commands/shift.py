"""One run of the program over the orders that are there and those that come while it works."""

import threading
import time
from collections import deque
from typing import NamedTuple

import msgspec

from echoloop.generate.commands.orders import Bench, Picture, Waiting, Word
from echoloop.generate.commands.program import Program

_TICK = 0.05
_LOOK_EVERY = 0.25
_QUIET = 1.0
_GAPS = 4.0
_LAST_ORDERS = 10.0
_LINES_AT_ONCE = 1_000


class Way(NamedTuple):
    """How a program works: how long it may be silent, and whether it draws while it still reads."""

    patience: float
    line_by_line: bool


class Ending(NamedTuple):
    """Why a run is over. `whole`: the program ended by itself and all was well."""

    reason: str
    whole: bool = False


class Inbox:
    """Orders that no program was given yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: deque[Waiting] = deque()

    def put(self, waiting: Waiting) -> None:
        with self._lock:
            self._orders.append(waiting)

    def take(self) -> list[Waiting]:
        """All of them, without those that nobody waits for any more."""
        with self._lock:
            taken, self._orders = list(self._orders), deque()
        return [waiting for waiting in taken if not waiting.done.done()]


class Shift:
    """From the program's start to its end. Nobody who waits is left waiting, whatever it does.

    Some programs draw line by line, others read to the end first. So its input stays open as long as pictures come, and is
    closed when neither an order nor a picture has come for a second, or for four times as long as a picture took: then it
    works on what it has. `line_by_line` says that it may be left open for half of the program's patience.
    """

    def __init__(self, program: Program, bench: Bench, inbox: Inbox, way: Way) -> None:
        self._program = program
        self._bench = bench
        self._inbox = inbox
        self._way = way
        self._waiting: dict[str, Waiting] = {}
        self._open = True
        self._nonsense = ""
        self._longest_gap = 0.0
        self.delivered = 0
        self._came = self._moved = self._looked = time.monotonic()

    def work(self) -> None:
        """Until it ends, by itself or not."""
        ending: Ending | None = None
        try:
            while ending is None:
                self._hand_out()
                self._listen()
                self._look()
                self._close_input()
                ending = self._ending()
        finally:
            self._program.end()
            self._settle(ending or Ending("the run of the program broke off"))

    def _hand_out(self) -> None:
        for waiting in self._inbox.take() if self._open else ():
            if (under_way := self._waiting.get(waiting.order.id)) is not None:
                under_way.twins.append(waiting)
                continue
            self._waiting[waiting.order.id] = waiting
            self._program.tell(msgspec.json.encode(waiting.order) + b"\n")
            self._came = time.monotonic()

    def _listen(self) -> None:
        wait = _TICK
        for _ in range(_LINES_AT_ONCE):
            if (line := self._program.heard(wait)) is None:
                return
            self._hear(line)
            wait = 0.0

    def _hear(self, line: bytes) -> None:
        try:
            word = msgspec.json.decode(line, type=Word)
        except (msgspec.DecodeError, RecursionError):
            self._nonsense = self._nonsense or " ".join(line[:80].decode("utf-8", "replace").split())
            return
        waiting = self._waiting.get(word.id)
        if waiting is None:
            return
        if word.state != "drawn":
            self._end(waiting, word)
        else:
            self._end(
                waiting, self._as_it_lies(waiting, "it said that it drew the picture, and there is no file")
            )

    def _look(self) -> None:
        """A file that has not grown since the last look, and is a whole picture, is the picture."""
        now = time.monotonic()
        if now - self._looked < _LOOK_EVERY:
            return
        self._looked = now
        for waiting in list(self._waiting.values()):
            before, waiting.size = waiting.size, self._bench.size(waiting.order)
            if (
                waiting.size > 0
                and waiting.size == before
                and (picture := self._bench.picture(waiting.order))
            ):
                self._end(waiting, picture)

    def _close_input(self) -> None:
        """An order that it left out must not keep it waiting for more, nor us for it."""
        if self._open and time.monotonic() - max(self._came, self._moved) > self._allowed_quiet():
            self._program.tell_no_more()
            self._open = False

    def _allowed_quiet(self) -> float:
        if not self._waiting:
            return _QUIET
        if self._way.line_by_line:
            return self._way.patience / 2
        return max(_QUIET, _GAPS * self._longest_gap)

    def _ending(self) -> Ending | None:
        """Why the program is not waited for any longer, once it is not."""
        status = self._program.ended()
        if status is not None:
            return Ending(self._last_words(status), whole=status == 0)
        if self._waiting and all(waiting.abandoned for waiting in self._waiting.values()):
            return Ending("nobody waits any more")
        silent = time.monotonic() - max(self._came, self._moved)
        if self._waiting and silent > self._way.patience:
            return Ending(f"the program delivered nothing for {self._way.patience:g} s and was ended")
        if not self._waiting and silent > _LAST_ORDERS:
            return Ending("the program did not end by itself")
        return None

    def _last_words(self, status: int) -> str:
        if status == 0:
            return "the program ended without drawing this"
        said = self._program.complaint()
        how = f"was killed by signal {-status}" if status < 0 else f"ended with {status}"
        return f"the program {how}{': ' if said else ''}{said}"

    def _settle(self, ending: Ending) -> None:
        """What lies there after a program ended by itself was meant; after any other end it may be half of a picture."""
        hint = f'; it said "{self._nonsense}", which is no line of JSON' if self._nonsense else ""
        for waiting in list(self._waiting.values()):
            found = self._bench.picture(waiting.order)
            outcome = found or Word(waiting.order.id, "failed", ending.reason + hint)
            if found is None and ending.whole:
                outcome = self._as_it_lies(waiting, ending.reason + hint)
            elif found is None:
                self._bench.throw_away(waiting.order)
            self.delivered += isinstance(outcome, Picture)
            self._finish(waiting, outcome)

    def _as_it_lies(self, waiting: Waiting, otherwise: str) -> Picture | Word:
        """The file, be it a picture or not: whether it is one is seen where all pictures are looked at."""
        data = self._bench.file(waiting.order)
        if data:
            return Picture(data)
        reason = otherwise if data is None else "the program wrote an empty file"
        return Word(waiting.order.id, "failed", reason)

    def _end(self, waiting: Waiting, outcome: Picture | Word) -> None:
        """The program has said something about this order, in words or by a file."""
        now = time.monotonic()
        self._longest_gap = max(self._longest_gap, now - max(self._came, self._moved))
        self._moved = now
        self.delivered += 1
        self._finish(waiting, outcome)

    def _finish(self, waiting: Waiting, outcome: Picture | Word) -> None:
        del self._waiting[waiting.order.id]
        waiting.finish(outcome)
