"""A bound on spending that holds before a call, not after it."""

import asyncio
from typing import Protocol

from echoloop.calls.prices import Estimate


class OverBudget(Exception):
    """A call was not sent, because it could cross the bound, or because nobody can say whether it would."""


class Spending(Protocol):
    """What a door needs of a budget, so that one on another machine can stand in. `Budget` says what each means."""

    @property
    def max_cost(self) -> float | None: ...

    @property
    def exhausted(self) -> bool: ...

    async def reserve(self, upper: Estimate) -> float | None: ...

    def settle(self, reservation: float | None, cost: float | None) -> None: ...


class Budget:
    """Sets the upper estimate of a call aside before it is sent and counts what it really cost afterwards.

    A call that does not fit while others are under way waits for them: most cost less than was set aside. When it does
    not fit and nothing is under way, the budget is exhausted, and stays so. With a bound, a call of unknown price is
    not sent, unless `allow_unknown` says that such calls may pass uncounted. It belongs to one event loop.
    """

    def __init__(self, max_cost: float | None = None, *, allow_unknown: bool = False) -> None:
        self.max_cost = max_cost
        self.allow_unknown = allow_unknown
        self.spent = 0.0
        self.reserved = 0.0
        self.exhausted = False
        self._holding = 0
        self._waiting: list[asyncio.Future[None]] = []

    async def reserve(self, upper: Estimate) -> float | None:
        """Set a call's upper estimate aside, to be settled; None when nothing has to be. Raises OverBudget."""
        if self.max_cost is None:
            return None
        if upper.cost is None:
            if self.allow_unknown:
                return None
            raise OverBudget(
                "price unknown: with a maximum cost set, a call of unknown price is not sent; "
                "give the endpoint a price table, or allow unknown prices"
            )
        while not self.exhausted and self.spent + self.reserved + upper.cost > self.max_cost:
            if self._holding == 0:
                self.exhausted = True
                break
            await self._settlement()
        if self.exhausted:
            raise OverBudget(
                f"budget: {self.spent:.4f} of {self.max_cost:.4f} USD are spent and the next call could cost "
                f"{upper.cost:.4f}; raise the maximum cost to go on"
            )
        self.reserved += upper.cost
        self._holding += 1
        return upper.cost

    def settle(self, reservation: float | None, cost: float | None) -> None:
        """Put the real cost in the place of what was set aside; what nobody knows counts as what was set aside."""
        self.spent += (reservation or 0.0) if cost is None else cost
        if reservation is None:
            return
        self._holding -= 1
        self.reserved = self.reserved - reservation if self._holding else 0.0
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def _settlement(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        await waiter
