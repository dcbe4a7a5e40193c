"""One open door a process: ledger, session and limits, opened on first use from a small handle that travels.

This registry is the one module-level state of the house: Daft pickles functions, so an open file cannot ride in them.
"""

import asyncio
import gc
import threading
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from echoloop.calls import Door, Endpoint, Mode
from echoloop.engine.guarding import GuardedImages, GuardedLedger
from echoloop.engine.keeping import Keeping, LocalKeeping
from echoloop.workspace import Workspace

T = TypeVar("T")
GRACE_SECONDS = 20.0
_CLOSING_SECONDS = 40.0
_OBJECTS_BETWEEN_COLLECTIONS = 50_000


class DoorHandle(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a worker needs to open a door: names and numbers, no secret, no open file.

    `keeper` names the actor that owns the ledger on Ray; on one machine it is empty.
    """

    run: str
    workspace: str
    endpoints: tuple[Endpoint, ...]
    mode: Mode = "live"
    max_cost: float | None = None
    keeper: str = ""


class OpenDoor:
    """A door with its event loop on a thread of its own, and what it shares with the run's other doors."""

    def __init__(self, handle: DoorHandle, stop: threading.Event) -> None:
        _collect_garbage_rarely()
        workspace = Workspace(Path(handle.workspace))
        self.handle = handle
        self.stop = stop
        self.images = workspace.images
        self.keeping = _keeping(handle, workspace, stop)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="door", daemon=True)
        self._thread.start()
        self.door = self.wait(self._open())

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the door's loop and wait for it here."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        """Let the writer finish, close the sessions, end the thread."""
        with suppress(TimeoutError):
            patience = 1.0 if self.stop.is_set() else _CLOSING_SECONDS
            self.wait(asyncio.wait_for(self.door.aclose(), patience))
        self.keeping.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> Door:
        return Door(
            endpoints={endpoint.name: endpoint for endpoint in self.handle.endpoints},
            ledger=GuardedLedger(self.keeping.ledger, self.keeping.give_up),
            images=GuardedImages(self.images, self.keeping.give_up),
            budget=self.keeping.budget,
            mode=self.handle.mode,
            stop=self.stop,
        )


def _collect_garbage_rarely() -> None:
    """Rows come by the ten thousand and none is in a cycle: at its usual pace the collector costs a third of a replay."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 20)


def _keeping(handle: DoorHandle, workspace: Workspace, stop: threading.Event) -> Keeping:
    if handle.keeper:
        from echoloop.engine.ray_joining import JoinedKeeper

        return JoinedKeeper(handle.keeper, handle.max_cost, stop)
    return LocalKeeping(workspace.receipts, handle.max_cost, stop)


_open_doors: dict[str, OpenDoor] = {}
_opening = threading.Lock()


def open_door(handle: DoorHandle, stop: threading.Event | None = None) -> OpenDoor:
    """The door of this run in this process, opened when first asked for."""
    with _opening:
        found = _open_doors.get(handle.run)
        if found is None:
            found = _open_doors[handle.run] = OpenDoor(handle, stop or threading.Event())
        return found


def close_door(run: str) -> None:
    """Close the door of a run in this process, if it was opened."""
    with _opening:
        found = _open_doors.pop(run, None)
    if found is not None:
        found.close()
