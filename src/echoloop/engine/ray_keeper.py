"""On Ray one named actor owns the ledger's file, the budget and the counts; every worker's door goes through it.

Workers never open the file: SQLite over a shared file system is how receipts get lost. An append is acknowledged when its
batch is committed, exactly as on one machine.
"""

import threading
from pathlib import Path
from typing import Any

import msgspec
import ray

from echoloop.calls import Ledger
from echoloop.engine.tally import Counts, Tally
from echoloop.records import Receipt


class Keeper:
    """The actor. What goes in and out is bytes and numbers; several calls may be under way at once."""

    def __init__(self, path: str, max_cost: float | None) -> None:
        self._ledger = Ledger(Path(path))
        self._max_cost = max_cost
        self._spent = self._reserved = 0.0
        self._holding = 0
        self._exhausted = False
        self._lock = threading.Lock()
        self._tally = Tally()
        self._problem: BaseException | None = None
        self._stopped = False

    def get_many(self, keys: list[str]) -> list[bytes]:
        return [msgspec.msgpack.encode(receipt) for receipt in self._ledger.get_many(keys).values()]

    def append(self, receipts: list[bytes]) -> None:
        """Returns when all are committed."""
        futures = [self._ledger.append(msgspec.msgpack.decode(one, type=Receipt)) for one in receipts]
        for future in futures:
            future.result()

    def reserve(self, amount: float) -> bool:
        """Whether the amount was set aside; False means wait, or give up if the budget is exhausted."""
        with self._lock:
            if self._max_cost is None or self._spent + self._reserved + amount <= self._max_cost:
                self._reserved += amount
                self._holding += 1
                return True
            self._exhausted = self._exhausted or self._holding == 0
            return False

    def settle(self, reserved: float | None, cost: float) -> None:
        with self._lock:
            self._spent += cost
            if reserved is not None:
                self._holding -= 1
                self._reserved = self._reserved - reserved if self._holding else 0.0

    def exhausted(self) -> bool:
        return self._exhausted

    def count(self, counts: bytes) -> None:
        self._tally.add(msgspec.msgpack.decode(counts, type=Counts))

    def counts(self) -> bytes:
        return msgspec.msgpack.encode(self._tally.read())

    def give_up(self, problem: BaseException) -> None:
        self._problem = self._problem or problem
        self._stopped = True

    def problem(self) -> BaseException | None:
        return self._problem

    def stop(self) -> None:
        self._stopped = True

    def stopped(self) -> bool:
        return self._stopped

    def close(self) -> None:
        self._ledger.close()


class RunningKeeper:
    """The keeper of one run, alive as long as this object is; workers join it by `name`."""

    def __init__(self, run: str, receipts: Path, max_cost: float | None) -> None:
        self.name = f"echoloop-keeper-{run}"
        actor: Any = ray.remote(Keeper)
        self._actor = actor.options(name=self.name, max_concurrency=64, num_cpus=0).remote(
            str(receipts), max_cost
        )
        ray.get(self._actor.stopped.remote())

    def end(self) -> None:
        """Close the ledger, then the actor."""
        ray.get(self._actor.close.remote())
        ray.kill(self._actor)
