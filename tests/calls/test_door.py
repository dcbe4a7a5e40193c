"""The door over real HTTP: what is paid, what is remembered, and what a row is told."""

import asyncio
import base64
import json
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from aiohttp import web
from pydantic import BaseModel

from echoloop.calls import (
    Ask,
    Budget,
    ChatText,
    Door,
    DrawnImages,
    LedgerWriteError,
    MissingKey,
    ModerationRequest,
    Price,
    UnknownEndpoint,
)
from echoloop.records.answers import Answered, Failed, Refused, Unparsed


class Score(BaseModel):
    score: int


def run(scene: Callable[[], Any]) -> None:
    asyncio.run(asyncio.wait_for(scene(), 30))


def test_an_answer_is_paid_once_and_replayed_for_ever(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            first, second = await house.ask(), await house.ask()
            assert first.answer == Answered(ChatText("echo hello"))
            assert first.cost == pytest.approx((10 * 1 + 5 * 2) / 1e6)
            assert (first.calls, first.replayed, second.calls, second.replayed) == (1, False, 0, True)
            assert (second.answer, second.key, second.cost) == (first.answer, first.key, first.cost)
            receipt = next(house.ledger.receipts())
            assert (receipt.served_model, receipt.stage, receipt.source_posts) == (
                "served-1",
                "judge",
                ("post-1",),
            )
        async with house.opened("offline"):
            assert (await house.ask()).answer == first.answer
        assert len(house.server.heard) == 1

    run(scene)


def test_offline_sends_nothing_and_names_what_is_missing(house: Any) -> None:
    async def scene() -> None:
        async with house.opened("offline"):
            reply = await house.ask()
            assert isinstance(reply.answer, Failed)
            assert reply.answer.reason.startswith("no receipt: judge asked sight-1")
        assert house.server.heard == []

    run(scene)


def test_the_same_request_in_flight_is_one_call(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            ready = asyncio.Event()
            house.server.answers_when(ready)
            asks = [asyncio.create_task(house.ask()) for _ in range(20)]
            batch = asyncio.create_task(
                house.door.ask_many([Ask("judge", house.question(), house.purpose)] * 20)
            )
            while not house.server.heard:
                await asyncio.sleep(0.001)
            ready.set()
            replies = [*await asyncio.gather(*asks), *await batch]
            assert {reply.answer.value.text for reply in replies} == {"echo hello"}
            assert sum(reply.calls for reply in replies) == 1
        assert len(house.server.heard) == 1

    run(scene)


def test_no_interleaving_pays_a_request_twice(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():

            async def ask_late(number: int) -> None:
                for turn in range(10):
                    await asyncio.sleep(number % 7 / 5000)
                    await house.ask(f"question {turn}")

            await asyncio.gather(*(ask_late(number) for number in range(20)))
        assert len(house.server.heard) == 10

    run(scene)


def test_an_attempt_is_a_request_of_its_own(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            assert (await house.ask()).key != (await house.ask(attempt=1)).key
        assert len(house.server.heard) == 2

    run(scene)


def test_a_refusal_is_done_and_never_asked_again(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            house.server.says({"error": {"code": "content_policy_violation", "message": "no"}}, status=400)
            for calls in (1, 0):
                reply = await house.ask()
                assert reply.answer == Refused("blocked: no")
                assert reply.calls == calls
        assert len(house.server.heard) == 1

    run(scene)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 529])
def test_what_can_pass_is_tried_again(house: Any, status: int) -> None:
    async def scene() -> None:
        async with house.opened():
            house.server.says({"error": {"message": "later"}}, status=status)
            house.server.echoes()
            assert (await house.ask()).answer == Answered(ChatText("echo hello"))
            assert next(house.ledger.receipts()).attempts == 2

    run(scene)


def test_a_connection_that_breaks_and_a_body_that_is_broken_are_tried_again(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            house.server.resets()
            house.server.says_raw(b'{"choices": [{"mess')
            house.server.says_raw(b"<html>gateway</html>")
            house.server.echoes()
            assert (await house.ask()).answer == Answered(ChatText("echo hello"))
            assert next(house.ledger.receipts()).attempts == 4

    run(scene)


def test_retries_end_and_a_later_run_asks_again(house: Any) -> None:
    async def scene() -> None:
        async with house.opened(retries=2):
            house.server.says({"error": {"message": "overloaded, sorry"}}, status=500)
            reply = await house.ask()
            assert reply.answer == Failed(
                "endpoint 'judge', model sight-1, /chat/completions: status 500: overloaded, sorry (after 3 attempts)"
            )
            assert [failure.attempts for failure in house.ledger.failures()] == [3]
            house.server.steps.clear()
            assert (await house.ask()).answer == Answered(ChatText("echo hello"))

    run(scene)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_what_cannot_pass_is_said_once_and_clearly(house: Any, status: int) -> None:
    async def scene() -> None:
        async with house.opened():
            house.server.says({"error": {"message": "no such thing"}}, status=status)
            answer = (await house.ask()).answer
            assert isinstance(answer, Failed)
            for word in ("'judge'", "sight-1", str(status), "no such thing"):
                assert word in answer.reason
        assert len(house.server.heard) == 1

    run(scene)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_broken_endpoint_is_not_tried_by_every_row(house: Any, status: int) -> None:
    async def scene() -> None:
        async with house.opened(concurrency=4):
            house.server.says({"error": {"message": "no"}}, status=status)
            asks = [Ask("judge", house.question(f"q{number}"), house.purpose) for number in range(200)]
            replies = await house.door.ask_many(asks)
            assert len({reply.answer.reason for reply in replies}) == 1
            assert len(list(house.ledger.failures())) <= 4
        assert len(house.server.heard) <= 4

    run(scene)


def test_an_empty_account_is_not_a_crowd(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            house.server.says({"error": {"code": "insufficient_quota", "message": "pay"}}, status=429)
            assert "pay" in (await house.ask()).answer.reason
            assert "pay" in (await house.ask("again")).answer.reason
        assert len(house.server.heard) == 1

    run(scene)


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_holds_for_every_call(house: Any, form: str) -> None:
    from datetime import UTC, datetime, timedelta
    from email.utils import format_datetime

    async def scene() -> None:
        async with house.opened():
            later = datetime.now(UTC) + timedelta(seconds=2)
            value = "0.3" if form == "seconds" else format_datetime(later, usegmt=True)
            house.server.says({"error": {"message": "slow down"}}, 429, {"Retry-After": value})
            house.server.echoes()
            loop = asyncio.get_running_loop()
            began = loop.time()
            await house.ask("one")
            await house.ask("two")
            assert loop.time() - began >= (0.29 if form == "seconds" else 0.9)
        assert len(house.server.heard) == 3

    run(scene)


def test_a_server_that_asks_for_an_hour_gets_an_answer_now(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            house.server.says({"error": {"message": "come back"}}, 429, {"Retry-After": "3600"})
            assert "asks to wait 3600 s" in (await house.ask()).answer.reason

    run(scene)


def test_a_stall_ends_at_the_total_timeout(house: Any) -> None:
    async def scene() -> None:
        never = asyncio.Event()
        async with house.opened(total_timeout=0.1, retries=1):
            house.server.answers_when(never)
            answer = (await house.ask()).answer
            assert "within 0.1 s" in answer.reason
            assert "after 2 attempts" in answer.reason
            never.set()

    run(scene)


def test_a_server_that_is_down_says_where(house: Any) -> None:
    async def scene() -> None:
        async with house.opened(base_url="http://127.0.0.1:9/v1", retries=1):
            answer = (await house.ask()).answer
            assert "cannot connect to 127.0.0.1:9" in answer.reason

    run(scene)


def test_a_redirect_is_not_followed_for_the_key_would_go_along(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            house.server.says({"moved": True}, 302, {"Location": f"{house.server.base_url}/elsewhere"})
            assert "status 302" in (await house.ask()).answer.reason
        assert len(house.server.heard) == 1

    run(scene)


def test_never_more_at_once_than_allowed(house: Any) -> None:
    async def scene() -> None:
        async with house.opened(concurrency=3):
            ready = asyncio.Event()
            house.server.answers_when(ready)
            asks = [Ask("judge", house.question(f"q{number}"), house.purpose) for number in range(60)]
            batch = asyncio.create_task(house.door.ask_many(asks))
            while house.server.at_once < 3:
                await asyncio.sleep(0.001)
            ready.set()
            await batch
        assert house.server.most_at_once == 3

    run(scene)


def test_a_crowded_server_is_asked_for_less_at_once(house: Any) -> None:
    async def scene() -> None:
        async with house.opened(concurrency=32, retries=12):
            crowded = 0

            async def handler(heard: Any) -> Any:
                nonlocal crowded
                if house.server.at_once > 4:
                    crowded += 1
                    return web.json_response({"error": {"message": "too many"}}, status=429)
                await asyncio.sleep(0.002)
                return web.json_response({"choices": [{"message": {"content": "ok"}}]})

            house.server.does(handler)
            asks = [Ask("judge", house.question(f"q{number}"), house.purpose) for number in range(200)]
            replies = await house.door.ask_many(asks)
            assert {reply.answer.state for reply in replies} == {"answered"}
            assert crowded < 200

    run(scene)


def test_requests_per_minute_are_spaced(house: Any) -> None:
    async def scene() -> None:
        async with house.opened(requests_per_minute=1200):
            loop = asyncio.get_running_loop()
            began = loop.time()
            await asyncio.gather(*(house.ask(f"q{number}") for number in range(6)))
            assert loop.time() - began >= 0.24

    run(scene)


def test_a_stop_lets_calls_in_flight_finish_and_starts_no_other(house: Any) -> None:
    async def scene() -> None:
        async with house.opened(concurrency=2):
            ready = asyncio.Event()
            house.server.answers_when(ready)
            asks = [Ask("judge", house.question(f"q{number}"), house.purpose) for number in range(50)]
            batch = asyncio.create_task(house.door.ask_many(asks))
            while len(house.server.heard) < 2:
                await asyncio.sleep(0.001)
            house.stop.set()
            ready.set()
            replies = await batch
            states = [reply.answer.state for reply in replies]
            assert states.count("answered") == 2
            assert {reply.answer.reason for reply in replies} == {"", "stopped"}
            assert (await house.ask("new")).answer == Failed("stopped")
            assert len(list(house.ledger.receipts())) == 2
            assert list(house.ledger.failures()) == []

    run(scene)


def test_a_budget_stops_before_the_call_that_would_cross_it(house: Any) -> None:
    async def scene() -> None:
        house.budget = Budget(0.0105)
        async with house.opened(price=Price(request=0.001), concurrency=8):
            asks = [Ask("judge", house.question(f"q{number}"), house.purpose) for number in range(40)]
            replies = await house.door.ask_many(asks)
            paid = [reply for reply in replies if reply.answer.state == "answered"]
            assert len(paid) == len(house.server.heard) == 10
            assert house.budget.exhausted
            unpaid = next(reply for reply in replies if reply.answer.state == "failed")
            assert "budget: 0.0100 of 0.0105 USD" in unpaid.answer.reason
            assert list(house.ledger.failures()) == []

    run(scene)


def test_an_unknown_price_is_not_sent_under_a_bound(house: Any) -> None:
    async def scene() -> None:
        house.budget = Budget(1.0)
        async with house.opened(price=None):
            assert "price unknown" in (await house.ask()).answer.reason
        assert house.server.heard == []

    run(scene)


def test_a_plan_sends_nothing_and_prices_each_missing_request_once(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            await house.ask("known")
        async with house.opened("plan"):
            assert (await house.ask("known")).replayed
            for text in ("new", "new", "newer"):
                assert (await house.ask(text)).answer.reason.startswith("planned")
            stage = house.door.planned["judge"]
            assert (stage.calls, stage.unpriced) == (2, 0)
            assert stage.cost > 0
            assert stage.seconds > 0
        assert len(house.server.heard) == 1

    run(scene)


def test_a_missed_shape_is_asked_for_once_more_with_the_error(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            house.server.says_text('{"score": "high"}')
            house.server.says_text('{"score": 8}')
            for calls in (2, 0):
                reply = await house.door.ask_structured("judge", house.question(), Score, house.purpose)
                assert reply.answer == Answered(Score(score=8))
                assert reply.cost == pytest.approx(4e-5)
                assert (reply.calls, reply.replayed) == (calls, calls == 0)
            states = [receipt.state for receipt in house.ledger.receipts()]
            assert states == ["unparsed", "answered"]
        first, second = (heard.json for heard in house.server.heard)
        assert first["response_format"]["json_schema"]["name"] == "Score"
        assert [message["role"] for message in second["messages"]] == ["user", "assistant", "user"]
        assert "score: " in second["messages"][2]["content"]
        async with house.opened("offline"):
            reply = await house.door.ask_structured("judge", house.question(), Score, house.purpose)
            assert reply.answer == Answered(Score(score=8))

    run(scene)


def test_a_shape_missed_twice_is_unparsed_with_its_text(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            house.server.says_text("I would rather not say")
            reply = await house.door.ask_structured("judge", house.question(), Score, house.purpose)
            assert isinstance(reply.answer, Unparsed)
            assert reply.answer.text == "I would rather not say"
            assert reply.calls == 2
            again = await house.door.ask_structured("judge", house.question(), Score, house.purpose)
            assert (again.answer, again.calls) == (reply.answer, 0)

    run(scene)


def test_a_truncated_shape_is_not_paid_for_twice(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            house.server.says_text('{"score": ', finish="length")
            reply = await house.door.ask_structured("judge", house.question(), Score, house.purpose)
            assert isinstance(reply.answer, Unparsed)
            assert reply.answer.reason.startswith("truncated")
        assert len(house.server.heard) == 1

    run(scene)


def test_a_rubrics_rule_is_applied_again_on_replay(house: Any) -> None:
    def parse(text: str) -> int:
        if not text.startswith("[["):
            raise ValueError("no [[n]]")
        return int(text.strip("[]"))

    async def scene() -> None:
        async with house.opened():
            house.server.says_text("[[6]]")
            for _ in range(2):
                reply = await house.door.ask_parsed("judge", house.question(), parse, house.purpose)
                assert reply.answer == Answered(6)
            other = await house.door.ask_parsed("judge", house.question(), len, house.purpose)
            assert (other.answer, other.calls) == (Answered(5), 0)

    run(scene)


def test_drawn_images_go_to_the_store_and_receipts_hold_their_hash(house: Any) -> None:
    async def scene() -> None:
        async with house.opened(price=Price(image=0.04)):
            coded = base64.b64encode(b"picture").decode()
            house.server.says({"data": [{"b64_json": coded}]})
            reply = await house.draw()
            (image,) = reply.answer.value.images
            assert house.images.read(image) == b"picture"
            assert reply.cost == pytest.approx(0.04)
            receipt = next(house.ledger.receipts())
            assert receipt.images == (image,)
            assert coded not in receipt.response
            assert (await house.draw()).answer == Answered(DrawnImages((image,)))
            edit = await house.draw(images=(house.put_image(b"one"), house.put_image(b"two")))
            assert edit.answer.state == "answered"
        assert [heard.path for heard in house.server.heard] == ["/v1/images/generations", "/v1/images/edits"]
        assert house.server.heard[1].body.count(b'name="image[]"') == 2

    run(scene)


def test_an_image_that_did_not_come_as_bytes_fails_its_row(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            house.server.says({"data": [{"url": "https://10.0.0.1/a.png?signature=secret"}]})
            reason = (await house.draw()).answer.reason
            assert "10.0.0.1 is not an address of the open internet" in reason
            assert "secret" not in reason
            assert house.images.kept == {}
        assert len(house.server.heard) == 1

    run(scene)


def test_a_large_image_is_sent_whole_and_a_missing_one_fails_its_row(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            large = house.put_image(bytes(3_000_000))
            request = ModerationRequest(provider="acme", model="sight-1", images=(large,))
            house.server.says({"results": [{"flagged": False, "categories": {}}]})
            assert (await house.door.ask("judge", request, house.purpose)).answer.value.flagged is False
            (part,) = house.server.heard[0].json["input"]
            assert len(part["image_url"]["url"]) > 4_000_000
            del house.images.kept[large.sha256]
            again = ModerationRequest(provider="acme", model="sight-1", images=(large,), attempt=1)
            answer = (await house.door.ask("judge", again, house.purpose)).answer
            assert f"image {large.sha256} cannot be read" in answer.reason

    run(scene)


def test_text_that_cannot_be_stored_is_replaced_in_answers(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            house.server.says_raw(b'{"choices": [{"message": {"content": "a\\ud800b"}}]}')
            for _ in range(2):
                assert (await house.ask()).answer == Answered(ChatText("a\ufffdb"))

    run(scene)


def test_a_key_is_sent_and_never_written(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "k3y-that-nobody-may-see"
    monkeypatch.setenv("ACME_KEY", secret)

    async def scene() -> None:
        async with house.opened(key_env="ACME_KEY", retries=0):

            def tell(status: int) -> Callable[[Any], Any]:
                def handler(heard: Any) -> Any:
                    said = {"message": f"you sent {heard.headers['Authorization']}"}
                    body = (
                        {"error": said}
                        if status != 200
                        else {"choices": [{"message": {"content": said["message"]}}]}
                    )
                    return web.json_response(body, status=status)

                return handler

            for status in (500, 400, 200):
                house.server.steps[:] = [tell(status)]
                reply = await house.ask(f"question {status}")
                assert secret not in repr(reply)
                assert "[redacted]" in repr(reply)
            assert house.server.heard[0].headers["Authorization"] == f"Bearer {secret}"
            written = b"".join(
                repr(each).encode() for each in (*house.ledger.receipts(), *house.ledger.failures())
            )
            assert secret.encode() not in written

    run(scene)


def test_a_missing_key_is_one_clear_error(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACME_KEY", raising=False)

    async def scene() -> None:
        async with house.opened(key_env="ACME_KEY"):
            with pytest.raises(MissingKey, match="ACME_KEY"):
                house.door.check(["judge"])
            with pytest.raises(MissingKey, match="ACME_KEY"):
                await house.ask()
        async with house.opened("offline", key_env="ACME_KEY"):
            assert (await house.ask()).answer.state == "failed"

    run(scene)


def test_a_request_goes_where_it_belongs_or_nowhere(house: Any) -> None:
    async def scene() -> None:
        async with house.opened(snapshot="sight-1-2026"):
            with pytest.raises(ValueError, match="sight-1-2026"):
                await house.ask()
            with pytest.raises(UnknownEndpoint, match="declared are: judge"):
                await house.door.ask("jugde", house.question(), house.purpose)

    run(scene)


class FullDisk:
    """A ledger whose disk is full."""

    def get_many(self, keys: Any) -> dict[str, Any]:
        return {}

    def append(self, receipt: Any) -> "Future[None]":
        done: Future[None] = Future()
        done.set_exception(LedgerWriteError("the ledger l could not commit (disk is full)"))
        return done


def test_a_receipt_that_cannot_be_committed_stops_the_stage(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            door = Door(
                endpoints={"judge": house.endpoint},
                ledger=FullDisk(),
                images=house.images,
                budget=Budget(),
                mode="live",
                stop=house.stop,
            )
            with pytest.raises(LedgerWriteError, match="disk is full"):
                await door.ask("judge", house.question(), house.purpose)
            await door.aclose()

    run(scene)


def test_whoever_joined_a_call_that_was_cancelled_makes_it_again(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            ready = asyncio.Event()
            house.server.answers_when(ready)
            first = asyncio.create_task(house.ask())
            while not house.server.heard:
                await asyncio.sleep(0.001)
            second = asyncio.create_task(house.ask())
            third = asyncio.create_task(house.ask())
            while house.door.gauge().in_flight < 1 or len(house.server.heard) < 1:
                await asyncio.sleep(0.001)
            await asyncio.sleep(0.05)
            first.cancel()
            ready.set()
            replies = await asyncio.gather(second, third)
            assert {reply.answer.value.text for reply in replies} == {"echo hello"}
            assert len(list(house.ledger.receipts())) == 1

    run(scene)


def test_a_gauge_says_how_it_goes(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            await house.ask("a")
            await house.ask("a")
            await house.ask("b")
            gauge = house.door.gauge()
            assert (gauge.bought, gauge.replayed, gauge.failed, gauge.in_flight) == (2, 1, 0, 0)
            assert gauge.spent == pytest.approx(4e-5)

    run(scene)


def test_a_forgotten_request_is_not_asked_again(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():
            await house.ask()
            house.ledger.forget(["post-1"], "deleted")
            reply = await house.ask()
            assert "forgotten on" in reply.answer.reason
        assert len(house.server.heard) == 1

    run(scene)


class Parrot:
    """An in-process model: it gets the same bytes as a server."""

    async def respond(self, path: str, content_type: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        text = json.loads(body)["messages"][-1]["content"]
        if text == "crash":
            raise RuntimeError("out of seed")
        answer = {"choices": [{"message": {"content": f"{path} {content_type} {text}"}}]}
        return 200, {}, json.dumps(answer).encode()


def test_a_model_in_this_process_gets_the_same_bytes(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys
    import types

    module = types.ModuleType("parrots")
    module.build = lambda mood: Parrot()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "parrots", module)

    async def scene() -> None:
        async with house.opened(base_url="", factory="parrots:build", factory_options={"mood": "good"}):
            assert (await house.ask()).answer == Answered(
                ChatText("/chat/completions application/json hello")
            )
            assert "RuntimeError: out of seed" in (await house.ask("crash")).answer.reason
        async with house.opened(base_url="", factory="parrots:nothing"):
            with pytest.raises(ValueError, match="parrots:nothing cannot be found"):
                await house.ask("other")

    run(scene)


def test_an_answer_says_how_long_it_took_whenever_it_was_bought(house: Any) -> None:
    async def scene() -> None:
        async with house.opened():

            async def slowly(heard: Any) -> Any:
                await asyncio.sleep(0.1)
                return web.json_response({"choices": [{"message": {"content": '{"score": "high"}'}}]})

            house.server.does(slowly)
            first, again = await house.ask(), await house.ask()
            assert 0.1 <= first.latency < 5
            assert again.latency == first.latency
            twice = await house.door.ask_structured("judge", house.question("x"), Score, house.purpose)
            assert twice.latency >= 0.2
            house.server.steps[:] = []
            house.server.says({"error": {"message": "no"}}, status=400)
            assert (await house.ask("other")).latency is None

    run(scene)


def test_a_request_of_another_protocol_goes_nowhere(house: Any) -> None:
    async def scene() -> None:
        async with house.opened(protocol="gemini"):
            with pytest.raises(ValueError, match="which speaks gemini"):
                await house.ask()
        assert house.server.heard == []

    run(scene)
