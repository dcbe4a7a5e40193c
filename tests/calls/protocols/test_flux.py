"""BFL's jobs over real HTTP: submitted once, asked about until they end, and never paid twice for a poll that broke off."""

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import pytest
from providers import PICTURE, Providers

from echoloop.calls import ChatRequest, Endpoint, Price
from echoloop.records.answers import Refused

FLUX: Any = {"protocol": "flux"}


def run(scene: Callable[[], Any]) -> None:
    asyncio.run(asyncio.wait_for(scene(), 30))


def test_a_job_is_submitted_followed_and_fetched(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BFL_KEY", "k3y-that-nobody-may-see")

    async def scene() -> None:
        limits = {"protocol": "flux", "key_env": "BFL_KEY", "price": Price(image=0.04)}
        async with Providers().running() as server, house.opened(base_url=server.bfl, **limits):
            parts = (house.put_image(b"one"), house.put_image(b"two"))
            told = {"seed": 42, "aspect_ratio": "1:1", "output_format": "png", "safety_tolerance": 2}
            for calls in (1, 0):
                reply = await house.draw("mix", images=parts, parameters=told, **FLUX)
                assert reply.calls == calls
                assert [house.images.read(image) for image in reply.answer.value.images] == [PICTURE]
                assert reply.cost == pytest.approx(0.04)
            receipt = next(house.ledger.receipts())
            for hidden in ("signature", "http://", server.coded(), "k3y"):
                assert hidden not in receipt.response
            assert (receipt.attempts, receipt.usage.images) == (1, 1)
            assert reply.latency == receipt.latency_seconds > 0.2
        submit, *polls, sample = server.heard
        assert (submit.path, len(polls)) == ("/v1/sight-1", 2)
        assert submit.json == {
            "prompt": "mix",
            **told,
            "input_image": base64.b64encode(b"one").decode(),
            "input_image_2": base64.b64encode(b"two").decode(),
        }
        assert all(one.headers["x-key"] == "k3y-that-nobody-may-see" for one in (submit, *polls))
        assert "x-key" not in sample.headers
        assert not any("k3y" in one.path + one.query for one in server.heard)

    run(scene)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("Request Moderated", "the request was blocked (Request Moderated): Safety Filter"),
        ("Content Moderated", "the picture was blocked (Content Moderated): Safety Filter"),
    ],
)
def test_what_was_moderated_is_a_refusal(house: Any, status: str, reason: str) -> None:
    async def scene() -> None:
        server = Providers(job=["Pending", status], details={"Moderation Reasons": ["Safety Filter"]})
        async with server.running(), house.opened(base_url=server.bfl, protocol="flux"):
            for calls in (1, 0):
                reply = await house.draw(**FLUX)
                assert (reply.answer, reply.calls) == (Refused(reason), calls)

    run(scene)


def test_a_job_that_failed_is_submitted_again(house: Any) -> None:
    async def scene() -> None:
        server = Providers(job=["Error"])
        async with server.running(), house.opened(base_url=server.bfl, protocol="flux", retries=1):
            assert "the job ended with 'Error'" in (await house.draw(**FLUX)).answer.reason
            assert len(server.jobs) == 2

    run(scene)


@pytest.mark.parametrize("fault", ["429", "500", "reset"])
def test_a_poll_that_breaks_off_does_not_end_a_job(house: Any, fault: str) -> None:
    async def scene() -> None:
        server = Providers(poll_faults=[fault, fault], job=["Task not found", "Ready"])
        async with server.running(), house.opened(base_url=server.bfl, protocol="flux"):
            assert (await house.draw(**FLUX)).answer.state == "answered"
            assert len(server.jobs) == 1

    run(scene)


@pytest.mark.parametrize("fault", ["429", "500", "reset", "broken"])
def test_a_submit_that_goes_wrong_is_made_again(house: Any, fault: str) -> None:
    async def scene() -> None:
        server = Providers(faults=[fault])
        async with server.running(), house.opened(base_url=server.bfl, protocol="flux"):
            assert (await house.draw(**FLUX)).answer.state == "answered"
            assert next(house.ledger.receipts()).attempts == 2

    run(scene)


def test_a_job_that_takes_too_long_is_asked_about_again_and_not_paid_again(house: Any) -> None:
    async def scene() -> None:
        server = Providers(job=["Pending"] * 4 + ["Ready"])
        limits = {"protocol": "flux", "total_timeout": 0.9, "retries": 3}
        async with server.running(), house.opened(base_url=server.bfl, **limits):
            assert (await house.draw(**FLUX)).answer.state == "answered"
            assert len(server.jobs) == 1
            assert next(house.ledger.receipts()).attempts > 1

    run(scene)


def test_a_picture_that_cannot_be_fetched_is_fetched_when_its_job_is_asked_for_again(house: Any) -> None:
    async def scene() -> None:
        server = Providers(sample_faults=["500"] * 3)
        async with server.running(), house.opened(base_url=server.bfl, protocol="flux"):
            assert "could not be fetched" in (await house.draw(**FLUX)).answer.reason
            assert (await house.draw(**FLUX)).answer.state == "answered"
            assert len(server.jobs) == 1

    run(scene)


def test_an_empty_picture_fails_its_row(house: Any) -> None:
    async def scene() -> None:
        server = Providers(picture=b"")
        async with server.running(), house.opened(base_url=server.bfl, protocol="flux"):
            assert "the picture is empty" in (await house.draw(**FLUX)).answer.reason

    run(scene)


@pytest.mark.parametrize(
    ("polling", "sample", "reason"),
    [
        ("http://localhost:1/steal", "", "a job's address is not asked: localhost is no host of 127.0.0.1"),
        ("https://evil.example/steal", "", "a job's address is not asked: evil.example is no host of"),
        ("file:///etc/passwd", "", "a job's address is not asked: its URL names no server"),
        ("", "http://10.0.0.1/x", "10.0.0.1 is another server, and is asked only by https"),
        ("", "https://169.254.169.254/latest", "is not an address of the open internet"),
        ("", "https://user:pw@host.example/x", "its URL carries a user name"),
        ("", "https://localhost/x", "is not an address of the open internet"),
    ],
)
def test_an_answer_cannot_send_us_anywhere(house: Any, polling: str, sample: str, reason: str) -> None:
    async def scene() -> None:
        server = Providers(polling_url=polling, sample_url=sample, job=["Ready"])
        async with server.running(), house.opened(base_url=server.bfl, protocol="flux", retries=0):
            assert reason in (await house.draw(**FLUX)).answer.reason

    run(scene)


def test_an_empty_account_is_not_tried_by_every_row(house: Any) -> None:
    async def scene() -> None:
        async with house.opened(protocol="flux", concurrency=1):
            house.server.says({"detail": "Insufficient credits"}, status=402)
            for prompt in ("one", "two"):
                assert "Insufficient credits" in (await house.draw(prompt, **FLUX)).answer.reason
        assert len(house.server.heard) == 1

    run(scene)


def test_flux_draws_and_does_nothing_else() -> None:
    with pytest.raises(ValueError, match="has no chat"):
        ChatRequest(provider="p", model="m", messages=(), protocol="flux")
    with pytest.raises(ValueError, match="needs a base_url"):
        Endpoint(name="e", provider="p", model="m", factory="a:b", protocol="flux")
    with pytest.raises(ValueError, match="may not set webhook_url"):
        Endpoint(
            name="e",
            provider="p",
            model="m",
            base_url="https://h",
            protocol="flux",
            parameters={"webhook_url": "x"},
        )
