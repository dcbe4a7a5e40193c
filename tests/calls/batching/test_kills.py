"""kill -9 at every moment of a batch at which money could be spent twice, or answers could be lost."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from providers_batches import BatchServer, Buyer, chat_echo

import echoloop
from echoloop.calls import Ledger

SUPPORT = Path(__file__).parents[2] / "support"
BOTH = pytest.mark.parametrize("protocol", ["openai", "gemini"])


def run(scene: Callable[[], Any]) -> None:
    asyncio.run(asyncio.wait_for(scene(), 60))


async def started(doing: str, protocol: str, server: BatchServer, folder: Path, count: int) -> Any:
    """A run in a process of its own."""
    paths = os.pathsep.join((str(Path(echoloop.__file__).parents[1]), str(SUPPORT)))
    command = [doing, protocol, server.base_url(protocol), str(folder), str(count)]
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(SUPPORT / "providers_batches.py"),
        *command,
        env={**os.environ, "PYTHONPATH": paths},
    )


async def killed_at(
    moment: str, doing: str, protocol: str, server: BatchServer, folder: Path, count: int
) -> None:
    """Start, wait until the server stands still at a moment, and kill."""
    held = server.hold(moment)
    process = await started(doing, protocol, server, folder, count)
    await held.reached.wait()
    process.kill()
    await process.wait()
    del server.held[moment]
    held.let_go.set()


async def finished(buyer: Buyer, server: BatchServer, asks: list[Any]) -> None:
    """The next runs bring it to its end, and every request was paid once."""
    await buyer.submit(asks)
    await buyer.wait()
    replies = await buyer.replayed(asks)
    assert {reply.answer.state for reply in replies} == {"answered"}
    assert len(server.paid) == len(asks)
    assert set(server.paid.values()) == {1}


@BOTH
def test_killed_before_the_order_arrived(tmp_path: Path, protocol: str) -> None:
    async def scene() -> None:
        async with BatchServer().running() as server:
            buyer = Buyer(protocol, server.base_url(protocol), tmp_path)
            await killed_at("order", "submit", protocol, server, tmp_path, 20)
            assert server.paid == {}
            assert len((await buyer.bring_in()).dropped) == 1
            await finished(buyer, server, [buyer.ask(number) for number in range(20)])

    run(scene)


@BOTH
def test_killed_after_the_order_arrived_and_before_its_answer(tmp_path: Path, protocol: str) -> None:
    async def scene() -> None:
        async with BatchServer().running() as server:
            buyer = Buyer(protocol, server.base_url(protocol), tmp_path)
            await killed_at("ordered", "submit", protocol, server, tmp_path, 20)
            await finished(buyer, server, [buyer.ask(number) for number in range(20)])

    run(scene)


def test_killed_while_answers_come_down(tmp_path: Path) -> None:
    async def scene() -> None:
        async with BatchServer().running() as server:
            buyer = Buyer("openai", server.base_url("openai"), tmp_path)
            asks = [buyer.ask(number) for number in range(20)]
            await buyer.submit(asks)
            await killed_at("output", "bring_in", "openai", server, tmp_path, 20)
            await finished(buyer, server, asks)

    run(scene)


def test_killed_while_answers_are_filed(tmp_path: Path) -> None:
    """The first few hundred are in the ledger, the rest is not, when it dies."""
    failing = {"question 300", "question 301"}

    def answer(path: str, asked: Any) -> tuple[int, Any]:
        text = asked["messages"][-1]["content"]
        return (500, {"error": {"message": "sorry"}}) if text in failing else chat_echo(path, asked)

    async def scene() -> None:
        async with BatchServer(answer=answer).running() as server:
            buyer = Buyer("openai", server.base_url("openai"), tmp_path)
            asks = [buyer.ask(number) for number in range(302)]
            await buyer.submit(asks)
            await killed_at("error", "bring_in", "openai", server, tmp_path, 302)
            with Ledger(buyer.ledger_path, readonly=True) as ledger:
                assert 0 < len(list(ledger.receipts())) < 300
            (collected,) = (await buyer.wait()).collected
            assert (collected.answered, collected.missing) == (300, 2)
            failing.clear()
            await finished(buyer, server, asks)

    run(scene)
