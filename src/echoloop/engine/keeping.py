"""What all doors of a run share: ledger, budget, counts, and the problem that ended it. On one machine: plain objects."""

import threading
from pathlib import Path
from typing import Protocol

from echoloop.calls import Budget, Ledger, ReceiptStore, Spending
from echoloop.engine.tally import Counts, Tally


class SharedTally(Protocol):
    """Counts that every worker adds to."""

    def add(self, counts: Counts) -> None: ...

    def read(self) -> Counts: ...


class Keeping(Protocol):
    """Satisfied by `LocalKeeping`, and by `JoinedKeeper` on Ray."""

    @property
    def ledger(self) -> ReceiptStore: ...

    @property
    def budget(self) -> Spending: ...

    @property
    def tally(self) -> SharedTally: ...

    @property
    def problem(self) -> BaseException | None: ...

    def give_up(self, problem: BaseException) -> None: ...

    def close(self) -> None: ...


class LocalKeeping:
    """One process: the ledger's file is ours."""

    def __init__(self, receipts: Path, max_cost: float | None, stop: threading.Event) -> None:
        self.ledger = Ledger(receipts)
        self.budget = Budget(max_cost)
        self.tally = Tally()
        self.problem: BaseException | None = None
        self._stop = stop

    def give_up(self, problem: BaseException) -> None:
        """Something that no later row could survive: keep it for whoever runs the stage, and stop."""
        self.problem = self.problem or problem
        self._stop.set()

    def close(self) -> None:
        self.ledger.close()
