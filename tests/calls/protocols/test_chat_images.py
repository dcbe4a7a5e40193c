"""Pictures out of chat completions, over real HTTP: wherever a server puts them, and what it says instead."""

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import pytest
from providers import PICTURE, Providers, chat_answer

from echoloop.calls import DrawRequest, ImagePart
from echoloop.records.answers import Refused, Unparsed

CHAT: Any = {"protocol": "chat_images"}
CODED = base64.b64encode(PICTURE).decode()
URL = f"data:image/png;base64,{CODED}"


def run(scene: Callable[[], Any]) -> None:
    asyncio.run(asyncio.wait_for(scene(), 30))


def test_a_picture_is_asked_for_by_chat_with_its_inputs_in_order(house: Any) -> None:
    async def scene() -> None:
        async with (
            Providers().running() as server,
            house.opened(base_url=server.openai, protocol="chat_images"),
        ):
            parts = (house.put_image(b"one"), house.put_image(b"two"))
            reply = await house.draw("mix", images=parts, parameters={"seed": 3}, **CHAT)
            (image,) = reply.answer.value.images
            assert house.images.read(image) == PICTURE
            assert (await house.draw("mix", images=parts, parameters={"seed": 3}, **CHAT)).calls == 0
            await house.draw("only words", parameters={"modalities": ["image"]}, **CHAT)
        first, second = (heard.json for heard in server.heard)
        assert (first["modalities"], first["seed"]) == (["image", "text"], 3)
        text, one, two = first["messages"][0]["content"]
        assert text == {"type": "text", "text": "mix"}
        assert base64.b64decode(one["image_url"]["url"].partition(",")[2]) == b"one"
        assert base64.b64decode(two["image_url"]["url"].partition(",")[2]) == b"two"
        assert second["messages"] == [{"role": "user", "content": "only words"}]
        assert second["modalities"] == ["image"]

    run(scene)


@pytest.mark.parametrize(
    "message",
    [
        {"content": "", "images": [{"type": "image_url", "image_url": {"url": URL}}]},
        {"content": None, "images": [{"type": "image_url", "image_url": URL}]},
        {"content": [{"type": "text", "text": "here"}, {"type": "image_url", "image_url": {"url": URL}}]},
        {"content": [{"type": "image", "b64_json": CODED}]},
        {"content": "here", "image": {"url": URL, "detail": "auto"}},
        {"content": "", "images": [{"b64_json": f"{CODED[:8]}\n {CODED[8:]}"}]},
    ],
)
def test_a_picture_is_found_wherever_a_server_puts_it(house: Any, message: dict[str, Any]) -> None:
    async def scene() -> None:
        server = Providers(answer=chat_answer(**message))
        async with server.running(), house.opened(base_url=server.openai, protocol="chat_images"):
            for calls in (1, 0):
                reply = await house.draw(**CHAT)
                assert reply.calls == calls
                assert [house.images.read(image) for image in reply.answer.value.images] == [PICTURE]
            assert CODED not in next(house.ledger.receipts()).response

    run(scene)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (chat_answer(content=None, refusal="I cannot draw that."), "I cannot draw that."),
        (chat_answer("content_filter", content="half"), "stopped by a content filter (content_filter)"),
        (chat_answer(content=""), "the model answered with nothing"),
        ({"error": {"code": "moderation_blocked", "message": "no"}}, "blocked: no"),
    ],
)
def test_a_refusal_is_one(house: Any, answer: dict[str, Any], reason: str) -> None:
    async def scene() -> None:
        server = Providers(answer=answer)
        async with server.running(), house.opened(base_url=server.openai, protocol="chat_images", retries=0):
            for calls in (1, 0):
                reply = await house.draw(**CHAT)
                assert (reply.answer, reply.calls) == (Refused(reason), calls)

    run(scene)


def test_words_in_the_place_of_a_picture_are_final(house: Any) -> None:
    async def scene() -> None:
        server = Providers(answer=chat_answer(content="Imagine a ball. " * 40))
        async with server.running(), house.opened(base_url=server.openai, protocol="chat_images"):
            for calls in (1, 0):
                reply = await house.draw(**CHAT)
                assert isinstance(reply.answer, Unparsed)
                assert reply.answer.reason.startswith("answered with words, not a picture: Imagine a ball.")
                assert len(reply.answer.reason) < 250
                assert len(reply.answer.text) == 640
                assert reply.calls == calls

    run(scene)


def test_an_upstream_error_inside_a_choice_is_no_refusal(house: Any) -> None:
    async def scene() -> None:
        answer = chat_answer("error", content="")
        answer["choices"][0]["error"] = {"code": 502, "message": "upstream"}
        server = Providers(answer=answer)
        async with server.running(), house.opened(base_url=server.openai, protocol="chat_images"):
            assert (await house.draw(**CHAT)).answer.state == "failed"

    run(scene)


def test_a_picture_by_address_is_fetched_without_the_key(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_KEY", "k3y-that-nobody-may-see")

    async def scene() -> None:
        server = Providers(sample_faults=["500"])
        async with (
            server.running(),
            house.opened(base_url=server.openai, protocol="chat_images", key_env="ACME_KEY"),
        ):
            url = f"{server.root}/moved/x?to=/delivery/a.png%3Fsig%3Dsecret"
            server.answer = chat_answer(content="", images=[{"type": "image_url", "image_url": {"url": url}}])
            reply = await house.draw(**CHAT)
            assert [house.images.read(image) for image in reply.answer.value.images] == [PICTURE]
            assert "secret" not in next(house.ledger.receipts()).response
        assert "Authorization" in server.heard[0].headers
        fetched = server.heard[1:]
        assert [one.path for one in fetched] == ["/moved/x", "/delivery/a.png", "/moved/x", "/delivery/a.png"]
        assert all("Authorization" not in one.headers for one in fetched)

    run(scene)


@pytest.mark.parametrize("fault", ["429", "500", "reset", "broken", "truncated"])
def test_what_goes_wrong_once_is_asked_again(house: Any, fault: str) -> None:
    async def scene() -> None:
        server = Providers(faults=[fault])
        async with server.running(), house.opened(base_url=server.openai, protocol="chat_images"):
            assert (await house.draw(**CHAT)).answer.state == "answered"
            assert next(house.ledger.receipts()).attempts == 2

    run(scene)


def test_a_mask_is_refused_where_it_would_be_ignored() -> None:
    part = ImagePart("aa" * 32, "image/png")
    with pytest.raises(ValueError, match="takes no mask"):
        DrawRequest(provider="p", model="m", prompt="x", images=(part,), mask=part, protocol="chat_images")
    with pytest.raises(ValueError, match="needs an input image"):
        DrawRequest(provider="p", model="m", prompt="x", mask=part)
