"""Commits are acknowledged in a writer's thread and awaited in an event loop: many at a time, with one wake-up."""

import asyncio
import threading
from concurrent.futures import Future
from contextlib import suppress


class Acknowledgements:
    """Carries finished futures of other threads over into one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._arrived: list[tuple[asyncio.Future[None], Future[None]]] = []

    def follow(self, done: Future[None]) -> asyncio.Future[None]:
        waiter: asyncio.Future[None] = self._loop.create_future()
        done.add_done_callback(lambda finished: self._note(waiter, finished))
        return waiter

    def _note(self, waiter: asyncio.Future[None], finished: Future[None]) -> None:
        with self._lock:
            self._arrived.append((waiter, finished))
            if len(self._arrived) > 1:
                return
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        with self._lock:
            arrived, self._arrived = self._arrived, []
        for waiter, finished in arrived:
            if waiter.done():
                continue
            if (error := finished.exception()) is not None:
                waiter.set_exception(error)
            else:
                waiter.set_result(None)
