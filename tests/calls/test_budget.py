import asyncio

import pytest

from echoloop.calls.budget import Budget, OverBudget
from echoloop.calls.prices import Estimate


def upper(cost: float | None) -> Estimate:
    return Estimate(input_tokens=1, output_tokens=1, cost=cost)


def test_a_call_that_would_cross_is_not_sent() -> None:
    async def scene() -> None:
        budget = Budget(1.0)
        budget.settle(await budget.reserve(upper(0.6)), 0.6)
        with pytest.raises(OverBudget, match=r"budget: 0\.6000 of 1\.0000 USD"):
            await budget.reserve(upper(0.6))
        assert budget.exhausted
        with pytest.raises(OverBudget):
            await budget.reserve(upper(0.1))

    asyncio.run(scene())


def test_a_call_that_may_still_fit_waits_for_those_under_way() -> None:
    async def scene() -> None:
        budget = Budget(1.0)
        first = await budget.reserve(upper(0.9))
        second = asyncio.create_task(budget.reserve(upper(0.9)))
        await asyncio.sleep(0)
        assert not second.done()
        budget.settle(first, 0.05)
        assert await second == 0.9
        assert not budget.exhausted

    asyncio.run(scene())


def test_what_may_have_been_paid_counts_as_what_was_set_aside() -> None:
    async def scene() -> None:
        budget = Budget(1.0)
        budget.settle(await budget.reserve(upper(0.4)), None)
        assert budget.spent == pytest.approx(0.4)
        assert budget.reserved == 0.0

    asyncio.run(scene())


def test_an_unknown_price_under_a_bound_must_be_allowed() -> None:
    async def scene() -> None:
        with pytest.raises(OverBudget, match="price unknown"):
            await Budget(1.0).reserve(upper(None))
        assert await Budget(1.0, allow_unknown=True).reserve(upper(None)) is None
        assert await Budget().reserve(upper(None)) is None

    asyncio.run(scene())
