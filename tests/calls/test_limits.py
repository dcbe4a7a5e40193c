"""Gate, pace, health and waiting: each with a clock of its own, so that nothing sleeps."""

import asyncio
import random
from datetime import UTC, datetime

import pytest

from echoloop.calls.gate import Gate
from echoloop.calls.health import Health
from echoloop.calls.pace import Pace
from echoloop.calls.waiting import backoff, retry_after


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def fill(gate: Gate, count: int) -> None:
    async def enter() -> None:
        for _ in range(count):
            await gate.enter()

    asyncio.run(enter())


def test_the_gate_grows_while_answers_come_up_to_its_ceiling() -> None:
    gate = Gate(64, Clock())
    fill(gate, gate.limit)
    while gate.limit < 64:
        before = gate.limit
        for _ in range(before):
            gate.answered()
        assert gate.limit > before
        fill(gate, gate.limit - gate.under_way)
    gate.answered()
    assert gate.limit == 64


def test_the_gate_halves_once_a_round_trip_and_never_closes() -> None:
    clock = Clock()
    gate = Gate(16, clock)
    for _ in range(16):
        gate.crowded(sent_at=99.0)
    assert gate.limit == 8
    for _ in range(10):
        clock.now += 1
        gate.crowded(sent_at=clock.now)
    assert gate.limit == 1


def test_after_a_cut_the_gate_grows_by_one_a_round_trip() -> None:
    clock = Clock()
    gate = Gate(16, clock)
    gate.crowded(sent_at=100.0)
    fill(gate, 8)
    for _ in range(8):
        gate.answered()
    assert gate.limit in (8, 9)


def test_the_gate_lets_in_no_more_than_its_limit_and_survives_cancelled_waiters() -> None:
    async def scene() -> None:
        gate = Gate(2, Clock())
        await gate.enter()
        await gate.enter()
        waiting = [asyncio.create_task(gate.enter()) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        gate.leave()  # admits the second waiter, which is cancelled before it could run
        waiting[1].cancel()
        await asyncio.gather(*waiting[:2], return_exceptions=True)
        await waiting[2]
        assert gate.under_way == 2

    asyncio.run(scene())


def test_a_pace_spaces_calls_and_books_ahead() -> None:
    clock = Clock()
    pace = Pace(120, clock)
    assert [pace.take(1) for _ in range(3)] == pytest.approx([0.0, 0.5, 1.0])
    clock.now += 10
    assert pace.take(4) == 0.0
    assert pace.take(1) == pytest.approx(2.0)
    assert Pace(None, clock).take(1_000_000) == 0.0


@pytest.mark.parametrize("status", [401, 402])
def test_a_bad_key_breaks_an_endpoint_even_after_answers(status: int) -> None:
    health = Health()
    health.answered()
    health.rejected(status, "no")
    assert health.broken == "no"


@pytest.mark.parametrize("status", [403, 404])
def test_one_absence_breaks_a_new_endpoint_but_takes_three_in_a_row_on_a_proven_one(status: int) -> None:
    new, proven = Health(), Health()
    new.rejected(status, "no")
    assert new.broken
    proven.answered()
    proven.rejected(status, "no")
    proven.rejected(status, "no")
    assert not proven.broken
    proven.answered()
    for _ in range(3):
        proven.rejected(status, "no")
    assert proven.broken


def test_a_bad_request_breaks_nothing() -> None:
    health = Health()
    for _ in range(5):
        health.rejected(400, "no")
    assert health.broken is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 0.5 ", 0.5),
        ("Sat, 21 Nov 2026 12:00:30 GMT", 30.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        (None, None),
        ("-3", None),
        ("1e9", None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)) == seconds


def test_backoff_is_jittered_and_bounded() -> None:
    draw = random.Random(3)
    waits = [backoff(attempt, 0.5, draw) for attempt in range(1, 40)]
    assert all(0 <= wait <= 30 for wait in waits)
    assert len(set(waits)) == len(waits)
