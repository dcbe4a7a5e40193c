"""What a stage asked, and what that cost, whether it was paid now or came from receipts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pyarrow as pa

from echoloop.engine import Asked, Desk, Outcome, Question, Stage
from echoloop.records import Failed


class Meter:
    """Counts the questions of one stage."""

    def __init__(self) -> None:
        self.calls = 0
        self.answered = 0
        self.unanswered_about: set[str] = set()
        self._costs: list[float | None] = []

    @property
    def cost(self) -> float | None:
        """US dollars; None when the price of any call is unknown, or when nothing was asked."""
        known = [cost for cost in self._costs if cost is not None]
        return sum(known) if known and len(known) == len(self._costs) else None

    def on(self, stage: Stage) -> Stage:
        """The same stage, watched."""

        def run(desk: Desk[Any], *tables: pa.Table) -> Outcome:
            return stage.run(cast("Desk[Any]", _WatchedDesk(desk, self)), *tables)

        return replace(stage, run=run)

    def note(self, question: Question[Any, Any], asked: Sequence[Asked[Any, Any]]) -> None:
        """Count what came back."""
        for one in asked:
            self.calls += 1
            if not isinstance(one.answer, Failed):
                self._costs.append(one.cost)
            if one.answer.state == "answered":
                self.answered += 1
            else:
                self.unanswered_about.update(question.sources_of(one.row))


class _WatchedDesk:
    """A desk whose questions are counted; in all else the desk itself."""

    def __init__(self, desk: Desk[Any], meter: Meter) -> None:
        self._desk = desk
        self._meter = meter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._desk, name)

    def ask(self, rows: Sequence[Any], question: Question[Any, Any]) -> list[Asked[Any, Any]]:
        """As the desk does."""
        asked = self._desk.ask(rows, question)
        self._meter.note(question, asked)
        return asked
