"""Who runs the program: a thread that starts it when there are orders, and gives up on a program that never delivers."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from echoloop.generate.commands.orders import Bench, Order, Picture, Waiting, Word
from echoloop.generate.commands.program import Program
from echoloop.generate.commands.shift import Inbox, Shift, Way

_FRUITLESS = 2


class Crew:
    """Takes orders from any thread. Its own thread lives while there is work."""

    def __init__(self, start: Callable[[], Program], bench: Bench, way: Way) -> None:
        self._start = start
        self._bench = bench
        self._way = way
        self._inbox = Inbox()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._fruitless = 0
        self.broken = ""

    def ask(self, order: Order) -> "Future[Picture | Word]":
        """A picture, or a word, will come: cancel it when nobody waits any more."""
        waiting = Waiting(order)
        with self._lock:
            self._inbox.put(waiting)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="command")
                self._thread.start()
        return waiting.done

    def _work(self) -> None:
        while (orders := self._next()) is not None:
            if not self.broken:
                self._shift(orders)
            else:
                self._turn_away(orders)

    def _turn_away(self, orders: list[Waiting]) -> None:
        for waiting in orders:
            waiting.finish(Word(waiting.order.id, "failed", self.broken))

    def _next(self) -> list[Waiting] | None:
        """Orders to work on. None where there are none: from then on the next order starts another thread."""
        with self._lock:
            orders = self._inbox.take()
            if not orders:
                self._thread = None
            return orders or None

    def _shift(self, orders: list[Waiting]) -> None:
        """One run of the program, whatever it does: nothing may end this thread while somebody waits."""
        for waiting in orders:
            self._inbox.put(waiting)
        try:
            shift = Shift(self._start(), self._bench, self._inbox, self._way)
            shift.work()
        except Exception as error:  # noqa: BLE001 - said to everybody who waits, now and later
            self.broken = f"the program could not be run: {error}"
            return
        self._fruitless = 0 if shift.delivered else self._fruitless + 1
        if self._fruitless >= _FRUITLESS:
            self.broken = f"the program ran {_FRUITLESS} times and delivered nothing ({_reason(orders)})"


def _reason(orders: list[Waiting]) -> str:
    """What was said to one of those who waited."""
    for waiting in orders:
        if waiting.done.done() and not waiting.done.cancelled():
            outcome = waiting.done.result()
            return outcome.reason if isinstance(outcome, Word) else ""
    return "nobody waited to the end"
