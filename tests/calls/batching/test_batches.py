"""Batches over real HTTP, at both providers: ordered once, collected into the ledger, and gone on from."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from providers_batches import BatchServer, Buyer, chat_echo, gemini_echo
from pydantic import BaseModel

from echoloop.calls import Ask, ChatText, Endpoint, ImagePart, Ledger, Price, structured
from echoloop.calls.batching import BatchFolder, takes_no_batches
from echoloop.records.answers import Answered, Refused

BOTH = pytest.mark.parametrize("protocol", ["openai", "gemini"])


def run(scene: Callable[[], Any]) -> None:
    asyncio.run(asyncio.wait_for(scene(), 60))


@BOTH
def test_what_is_missing_is_ordered_once_and_the_run_goes_on_from_receipts(
    tmp_path: Path, protocol: str
) -> None:
    async def scene() -> None:
        async with BatchServer().running() as server:
            buyer = Buyer(protocol, server.base_url(protocol), tmp_path)
            asks = [buyer.ask(number) for number in range(5)]
            ordered = await buyer.submit(asks + asks)
            assert [batch.requests for batch in ordered.batches] == [5]
            again = await buyer.submit(asks)
            assert (again.batches, again.under_way) == ((), 5)
            (collected,) = (await buyer.wait()).collected
            assert (collected.answered, collected.missing, collected.stray) == (5, 0, 0)
            assert collected.cost == pytest.approx(5 * 20e-6 * 0.5)
            replies = await buyer.replayed(asks)
            assert [reply.answer for reply in replies] == [
                Answered(ChatText(f"echo question {number}")) for number in range(5)
            ]
            assert {(reply.cost, reply.latency, reply.calls) for reply in replies} == {(10e-6, None, 0)}
            with Ledger(buyer.ledger_path) as ledger:
                receipts = list(ledger.receipts())
                assert ledger.verify().sound
            assert {(one.attempts, one.stage, one.prompt) for one in receipts} == {(0, "judge", "rubric@1")}
            assert {one.source_posts for one in receipts} == {(f"post-{number}",) for number in range(5)}
            assert await buyer.missing(asks) == []
            assert (await buyer.bring_in()).collected == ()
        assert set(server.paid.values()) == {1}
        assert not [path for path in buyer.batches.iterdir() if path.suffix != ".json"]

    run(scene)


@BOTH
def test_what_the_filter_stopped_is_refused_and_what_failed_stays_to_be_asked(
    tmp_path: Path, protocol: str
) -> None:
    refusing = {"error": {"code": "content_policy_violation", "message": "no"}}
    blocked = {"promptFeedback": {"blockReason": "SAFETY"}}

    def answer(path: str, asked: Any) -> tuple[int, Any]:
        text = json.dumps(asked)
        if "question 0" in text:
            return (400, refusing) if protocol == "openai" else (200, blocked)
        if "question 1" in text:
            return 429, {"error": {"message": "slow down"}}
        if "question 2" in text:
            return 200, {"neither": "one nor the other"}
        return (chat_echo if protocol == "openai" else gemini_echo)(path, asked)

    async def scene() -> None:
        async with BatchServer(answer=answer).running() as server:
            buyer = Buyer(protocol, server.base_url(protocol), tmp_path)
            asks = [buyer.ask(number) for number in range(5)]
            await buyer.submit(asks)
            (collected,) = (await buyer.wait()).collected
            assert (collected.answered, collected.refused, collected.missing) == (2, 1, 2)
            assert sum(collected.failures.values()) == 2
            assert any("slow down" in reason for reason in collected.failures)
            replies = await buyer.replayed(asks)
            assert isinstance(replies[0].answer, Refused)
            assert [reply.answer.state for reply in replies[1:]] == [
                "failed",
                "failed",
                "answered",
                "answered",
            ]
            assert len(await buyer.missing(asks)) == 2
            with Ledger(buyer.ledger_path) as ledger:
                assert {failure.stage for failure in ledger.failures()} == {"judge"}

    run(scene)


def test_of_a_batch_that_expired_everything_is_kept_that_came(tmp_path: Path) -> None:
    async def scene() -> None:
        async with BatchServer(expires_after=3).running() as server:
            buyer = Buyer("openai", server.base_url("openai"), tmp_path)
            asks = [buyer.ask(number) for number in range(5)]
            await buyer.submit(asks)
            (collected,) = (await buyer.wait()).collected
            assert (collected.answered, collected.missing) == (3, 2)
            assert "batch_expired" in next(iter(collected.failures))
            server._batches._expires_after = None
            second = await buyer.submit(asks)
            assert [batch.requests for batch in second.batches] == [2]
            await buyer.wait()
            assert {reply.answer.state for reply in await buyer.replayed(asks)} == {"answered"}
        assert set(server.paid.values()) == {1}

    run(scene)


def test_a_batch_is_split_where_a_file_would_be_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("echoloop.calls.batching.openai_batches.OpenAIBatches.most_requests", 4)
    monkeypatch.setattr("echoloop.calls.batching.openai_batches.OpenAIBatches.most_bytes", 700)

    async def scene() -> None:
        async with BatchServer().running() as server:
            buyer = Buyer("openai", server.base_url("openai"), tmp_path)
            asks = [buyer.ask(number) for number in range(9)]
            long = msgspec.structs.replace(asks[0].request, parameters={"user": "x" * 900})
            ordered = await buyer.submit([*asks, Ask("judge", long, asks[0].purpose)])
            sizes = [batch.requests for batch in ordered.batches]
            assert sum(sizes) == 9
            assert max(sizes) <= 4
            assert [(left.requests, left.reason) for left in ordered.left_out] == [
                (1, "it is larger than a batch may be")
            ]
            bodies = [body for method, path, _, body in server.heard if path == "/v1/files"]
            assert all(len(body) < 700 + 600 for body in bodies)
            await buyer.wait()
            assert {reply.answer.state for reply in await buyer.replayed(asks)} == {"answered"}

    run(scene)


def test_pictures_are_drawn_by_the_batch_and_edits_are_left_to_the_live_run(tmp_path: Path) -> None:
    coded = "cGljdHVyZQ=="

    def answer(path: str, asked: Any) -> tuple[int, Any]:
        assert path == "/images/generations"
        return 200, {"data": [{"b64_json": coded if asked["prompt"] != "ball 1" else coded[:-3]}]}

    async def scene() -> None:
        async with BatchServer(answer=answer).running() as server:
            buyer = Buyer("openai", server.base_url("openai"), tmp_path, price=Price(image=0.04))
            part = ImagePart(buyer.shelf.put(b"one"), "image/png")
            asks = [buyer.drawing(number) for number in range(3)]
            ordered = await buyer.submit([*asks, buyer.drawing(9, images=(part,))])
            (left,) = ordered.left_out
            assert (left.requests, "travels as a form" in left.reason) == (1, True)
            (collected,) = (await buyer.wait()).collected
            assert (collected.answered, collected.missing, collected.cost) == (2, 1, pytest.approx(0.04))
            replies = await buyer.replayed(asks)
            assert buyer.shelf.read(replies[0].answer.value.images[0]) == b"picture"

    run(scene)


def test_what_takes_no_batch_says_so(tmp_path: Path) -> None:
    here = Endpoint(name="e", provider="p", model="m", factory="a:b")
    assert "takes no batches" in (takes_no_batches(here) or "")

    async def scene() -> None:
        buyer = Buyer("chat_images", "http://127.0.0.1:9/v1", tmp_path)
        ordered = await buyer.submit([buyer.drawing(0), buyer.drawing(1)])
        assert ordered.batches == ()
        assert [(left.requests, left.reason) for left in ordered.left_out] == [
            (2, "the protocol chat_images has no batches")
        ]

    run(scene)


def test_a_bound_on_costs_holds_for_orders_too(tmp_path: Path) -> None:
    async def scene() -> None:
        async with BatchServer().running() as server:
            buyer = Buyer("openai", server.base_url("openai"), tmp_path, price=Price(request=1.0, batch=0.4))
            ordered = await buyer.submit([buyer.ask(number) for number in range(5)], max_cost=1.0)
            assert [batch.requests for batch in ordered.batches] == [2]
            assert [left.requests for left in ordered.left_out] == [3]
            (collected,) = (await buyer.wait()).collected
            assert collected.cost == pytest.approx(0.8)
            unpriced = Buyer("openai", server.base_url("openai"), tmp_path / "other", price=None)
            ordered = await unpriced.submit([unpriced.ask(0)], max_cost=1.0)
            assert "price is unknown" in ordered.left_out[0].reason

    run(scene)


def test_an_order_that_was_declined_is_no_batch(tmp_path: Path) -> None:
    async def scene() -> None:
        async with BatchServer(order_status=400).running() as server:
            buyer = Buyer("openai", server.base_url("openai"), tmp_path)
            ordered = await buyer.submit([buyer.ask(0)])
            assert "not this one" in ordered.left_out[0].reason
            assert list(buyer.batches.iterdir()) == []
        buyer = Buyer("gemini", "http://127.0.0.1:9/v1beta", tmp_path)
        ordered = await buyer.submit([buyer.ask(0)])
        assert "cannot connect" in ordered.left_out[0].reason
        assert list(buyer.batches.iterdir()) == []

    run(scene)


@BOTH
def test_an_order_that_was_not_acknowledged_is_ordered_again_only_when_it_never_arrived(
    tmp_path: Path, protocol: str
) -> None:
    async def scene() -> None:
        async with BatchServer(order_status=500).running() as server:
            buyer = Buyer(protocol, server.base_url(protocol), tmp_path)
            asks = [buyer.ask(number) for number in range(3)]
            ordered = await buyer.submit(asks)
            assert (ordered.batches, len(ordered.unsure)) == ((), 1)
            server.order_status = 200
            assert (await buyer.submit(asks)).under_way == 3
            assert len((await buyer.bring_in(settling=60)).unsure) == 1
            assert len((await buyer.bring_in(settling=0)).dropped) == 1
            assert len((await buyer.submit(asks)).batches) == 1
            await buyer.wait()
            assert {reply.answer.state for reply in await buyer.replayed(asks)} == {"answered"}
        assert set(server.paid.values()) == {1}

    run(scene)


def test_a_provider_that_does_not_list_leaves_an_unsure_batch_alone(tmp_path: Path) -> None:
    async def scene() -> None:
        async with BatchServer(order_status=500, lists=False).running() as server:
            buyer = Buyer("openai", server.base_url("openai"), tmp_path)
            assert len((await buyer.submit([buyer.ask(0)])).unsure) == 1
            (stuck,) = (await buyer.bring_in()).stuck
            assert "does not say how its batches are" in stuck.reason
            assert (await buyer.submit([buyer.ask(0)])).under_way == 1

    run(scene)


def test_answers_without_keys_are_taken_by_their_order(tmp_path: Path) -> None:
    async def scene() -> None:
        async with BatchServer(keyed=False).running() as server:
            buyer = Buyer("gemini", server.base_url("gemini"), tmp_path)
            asks = [buyer.ask(number) for number in range(4)]
            await buyer.submit(asks)
            assert BatchFolder(buyer.batches).withdraw({"post-1"}) == 1
            (collected,) = (await buyer.wait()).collected
            assert (collected.answered, collected.stray, collected.missing) == (3, 1, 0)
            said = [reply.answer for reply in await buyer.replayed(asks)]
            assert [said[at] for at in (0, 2, 3)] == [
                Answered(ChatText(f"echo question {at}")) for at in (0, 2, 3)
            ]
            assert said[1].state == "failed"

    run(scene)


def test_a_post_that_is_taken_back_leaves_nothing_in_the_folder(tmp_path: Path) -> None:
    async def scene() -> None:
        async with BatchServer().running() as server:
            buyer = Buyer("openai", server.base_url("openai"), tmp_path)
            await buyer.submit([buyer.ask(number) for number in range(3)])
            folder = BatchFolder(buyer.batches)
            assert folder.withdraw({"post-1", "post-77"}) == 1
            kept = b"".join(path.read_bytes() for path in buyer.batches.iterdir())
            assert b"question 1" not in kept
            assert b"post-1" not in kept
            (collected,) = (await buyer.wait()).collected
            assert (collected.answered, collected.stray) == (2, 1)

    run(scene)


def test_a_batch_waits_while_it_is_under_way(tmp_path: Path) -> None:
    async def scene() -> None:
        async with BatchServer(state="BATCH_STATE_RUNNING").running() as server:
            buyer = Buyer("gemini", server.base_url("gemini"), tmp_path)
            await buyer.submit([buyer.ask(0)])
            (state,) = (await buyer.bring_in()).waiting
            assert (state.said, state.ended) == ("running", False)

    run(scene)


def test_a_key_reaches_no_file_and_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "k3y-that-nobody-may-see"
    monkeypatch.setenv("ACME_KEY", secret)

    def answer(path: str, asked: Any) -> tuple[int, Any]:
        status, body = chat_echo(path, asked)
        body["choices"][0]["message"]["content"] = f"your key is {secret}"
        return (status, body) if "question 0" in json.dumps(asked) else (500, {"error": {"message": secret}})

    async def scene() -> None:
        async with BatchServer(answer=answer).running() as server:
            buyer = Buyer("openai", server.base_url("openai"), tmp_path, key_env="ACME_KEY")
            asks = [buyer.ask(number) for number in range(2)]
            ordered = await buyer.submit(asks)
            brought = await buyer.wait()
            with Ledger(buyer.ledger_path) as ledger:
                kept = repr([ordered, brought, *ledger.receipts(), *ledger.failures()])
            assert secret not in kept
            assert "[redacted]" in kept
            assert all(headers["Authorization"] == f"Bearer {secret}" for _, _, headers, _ in server.heard)
            assert all(secret not in path for _, path, _, _ in server.heard)
        assert not [
            path for path in tmp_path.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()
        ]

    run(scene)


def test_an_endpoint_that_has_changed_is_not_asked_for_the_batch_of_another(tmp_path: Path) -> None:
    async def scene() -> None:
        async with BatchServer().running() as server:
            buyer = Buyer("openai", server.base_url("openai"), tmp_path)
            await buyer.submit([buyer.ask(0)])
            other = Buyer("openai", server.base_url("openai"), tmp_path, model="sight-2")
            (stuck,) = (await other.bring_in()).stuck
            assert "is not that any more" in stuck.reason
            assert len((await buyer.wait()).collected) == 1

    run(scene)


def test_what_is_under_way_in_a_batch_is_not_bought_live_as_well(tmp_path: Path) -> None:
    async def scene() -> None:
        async with BatchServer(state="BATCH_STATE_RUNNING").running() as server:
            buyer = Buyer("gemini", server.base_url("gemini"), tmp_path)
            asks = [buyer.ask(number) for number in range(3)]
            await buyer.submit(asks)
            folder = BatchFolder(buyer.batches)
            with Ledger(buyer.ledger_path) as ledger:
                door = buyer.door(ledger, "live")
                door.hold_back(folder.keys_under_way())
                replies = await door.ask_many(asks)
                await door.aclose()
            assert {reply.answer.state for reply in replies} == {"failed"}
            assert all("would be paid twice" in reply.answer.reason for reply in replies)
        assert not [path for _, path, _, _ in server.heard if path.endswith(":generateContent")]

    run(scene)


def test_a_shape_that_was_missed_is_asked_for_again_in_the_next_batch(tmp_path: Path) -> None:
    class Score(BaseModel):
        score: int

    def answer(path: str, asked: Any) -> tuple[int, Any]:
        status, body = chat_echo(path, {"messages": [{"content": "x"}]})
        body["choices"][0]["message"]["content"] = "seven" if len(asked["messages"]) == 1 else '{"score": 7}'
        return status, body

    async def scene() -> None:
        async with BatchServer(answer=answer).running() as server:
            buyer = Buyer("openai", server.base_url("openai"), tmp_path)
            ask = msgspec.structs.replace(buyer.ask(0), shape=structured(Score))
            for requests in (1, 1):
                assert [batch.requests for batch in (await buyer.submit([ask])).batches] == [requests]
                await buyer.wait()
            (reply,) = await buyer.replayed([ask])
            assert reply.answer == Answered(Score(score=7))
            assert reply.cost == pytest.approx(2 * 10e-6)

    run(scene)
