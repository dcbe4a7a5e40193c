"""Gemini's own protocol over real HTTP: pictures, judges, blocks, and a key that is seen by nobody."""

import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from providers import PICTURE, Providers, gemini_answer
from pydantic import BaseModel

from echoloop.calls import ChatRequest, ChatText, DrawnImages, ImagePart, Message, ModerationRequest, TextPart
from echoloop.calls.protocols import render
from echoloop.records.answers import Answered, Refused, Unparsed

GEMINI: Any = {"protocol": "gemini"}
IMAGES = {"aa" * 32: b"\x89PNG first", "bb" * 32: b"\xff\xd8second"}
FIRST, SECOND = ImagePart("aa" * 32, "image/png"), ImagePart("bb" * 32, "image/jpeg")


class Score(BaseModel):
    score: int


def run(scene: Callable[[], Any]) -> None:
    asyncio.run(asyncio.wait_for(scene(), 30))


def test_a_picture_is_drawn_with_every_input_in_order(house: Any) -> None:
    async def scene() -> None:
        async with Providers().running() as server, house.opened(base_url=server.gemini, protocol="gemini"):
            parts = (house.put_image(b"one"), house.put_image(b"two"))
            told = {
                "aspect": 1,
                "imageConfig": {"aspectRatio": "1:1"},
                "top_p": 0.9,
                "safetySettings": [{"a": 1}],
            }
            for calls in (1, 0):
                reply = await house.draw("a ball", images=parts, parameters=told, **GEMINI)
                assert reply.calls == calls
                (image,) = reply.answer.value.images
                assert house.images.read(image) == PICTURE
            receipt = next(house.ledger.receipts())
            assert (receipt.usage.input_tokens, receipt.usage.output_tokens, receipt.usage.images) == (
                12,
                1300,
                1,
            )
            assert (receipt.usage.cached_tokens, receipt.served_model) == (4, "gemini-image-001")
            assert server.coded() not in receipt.response
        (heard,) = server.heard
        assert heard.path == "/v1beta/models/sight-1:generateContent"
        assert heard.json["generationConfig"] == {
            "responseModalities": ["TEXT", "IMAGE"],
            "aspect": 1,
            "imageConfig": {"aspectRatio": "1:1"},
            "topP": 0.9,
        }
        assert heard.json["safetySettings"] == [{"a": 1}]
        (content,) = heard.json["contents"]
        assert content["role"] == "user"
        assert content["parts"][0] == {"text": "a ball"}
        sent = [base64.b64decode(part["inlineData"]["data"]) for part in content["parts"][1:]]
        assert sent == [b"one", b"two"]

    run(scene)


def test_a_key_is_in_a_header_and_nowhere_else(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "AIzaSyA-nobody-may-see-this-key-at-all-012"
    monkeypatch.setenv("GEMINI_KEY", secret)

    async def scene() -> None:
        server = Providers(
            answer={"error": {"code": 400, "message": f"bad key {secret}", "status": "INVALID"}}
        )
        limits = {"protocol": "gemini", "key_env": "GEMINI_KEY", "retries": 0}
        async with server.running(), house.opened(base_url=server.gemini, **limits):
            reply = await house.draw(**GEMINI)
            server.answer = gemini_answer({"text": f"I know {secret}"})
            words = await house.draw("again", **GEMINI)
            kept = repr([reply, words, *house.ledger.receipts(), *house.ledger.failures()])
            assert secret not in kept
            assert "[redacted]" in kept
        for heard in server.heard:
            assert heard.headers["x-goog-api-key"] == secret
            assert "Authorization" not in heard.headers
            assert secret not in heard.path + heard.query + heard.body.decode()

    run(scene)


def test_a_judge_answers_in_its_shape_with_system_and_pictures(house: Any) -> None:
    async def scene() -> None:
        server = Providers(answer=gemini_answer({"text": "hm", "thought": True}, {"text": '{"score": 7}'}))
        async with server.running(), house.opened(base_url=server.gemini, protocol="gemini"):
            request = ChatRequest(
                provider="acme",
                model="sight-1",
                messages=(
                    Message("system", (TextPart("judge"),)),
                    Message("user", (TextPart("this"), house.put_image(b"one"))),
                    Message("assistant", (TextPart("well"),)),
                ),
                parameters={"temperature": 0, "max_tokens": 50},
                protocol="gemini",
            )
            reply = await house.door.ask_structured("judge", request, Score, house.purpose)
            assert reply.answer == Answered(Score(score=7))
            assert reply.cost == pytest.approx((12 * 1 + 1300 * 2) / 1e6)
        sent = server.heard[0].json
        assert sent["systemInstruction"] == {"parts": [{"text": "judge"}]}
        assert [content["role"] for content in sent["contents"]] == ["user", "model"]
        assert sent["generationConfig"]["maxOutputTokens"] == 50
        assert sent["generationConfig"]["responseMimeType"] == "application/json"
        assert sent["generationConfig"]["responseJsonSchema"]["properties"]["score"]["type"] == "integer"

    run(scene)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"promptFeedback": {"blockReason": "OTHER"}}, "the prompt was blocked (OTHER)"),
        (
            {"promptFeedback": {"blockReason": "SAFETY", "blockReasonMessage": "hurtful"}, "candidates": []},
            "the prompt was blocked (SAFETY): hurtful",
        ),
        (gemini_answer(finish="IMAGE_SAFETY"), "stopped by a content filter (IMAGE_SAFETY)"),
        (gemini_answer(finish="PROHIBITED_CONTENT"), "stopped by a content filter (PROHIBITED_CONTENT)"),
        (gemini_answer(finish="RECITATION"), "stopped by a content filter (RECITATION)"),
        (
            gemini_answer(finish="NO_IMAGE", finishMessage="could not"),
            "the model drew nothing (NO_IMAGE): could not",
        ),
        ({"candidates": [{"finishReason": "SAFETY"}]}, "stopped by a content filter (SAFETY)"),
        (gemini_answer(), "the model drew nothing"),
    ],
)
def test_a_block_is_a_refusal_with_its_reason(house: Any, answer: dict[str, Any], reason: str) -> None:
    async def scene() -> None:
        server = Providers(answer=answer)
        async with server.running(), house.opened(base_url=server.gemini, protocol="gemini"):
            for calls in (1, 0):
                reply = await house.draw(**GEMINI)
                assert (reply.answer, reply.calls) == (Refused(reason), calls)

    run(scene)


def test_words_in_the_place_of_a_picture_are_final_and_kept(house: Any) -> None:
    async def scene() -> None:
        server = Providers(answer=gemini_answer({"text": "I would\nrather describe it."}))
        async with server.running(), house.opened(base_url=server.gemini, protocol="gemini"):
            for calls in (1, 0):
                reply = await house.draw(**GEMINI)
                assert isinstance(reply.answer, Unparsed)
                assert (
                    reply.answer.reason == "answered with words, not a picture: I would rather describe it."
                )
                assert reply.calls == calls
            assert next(house.ledger.receipts()).state == "unparsed"
            chat = await house.ask(**GEMINI)
            assert chat.answer == Answered(ChatText("I would\nrather describe it."))

    run(scene)


@pytest.mark.parametrize("answer", [{"candidates": []}, {"usageMetadata": {}}, {"promptFeedback": {}}])
def test_an_answer_without_a_candidate_or_a_block_is_asked_again(house: Any, answer: dict[str, Any]) -> None:
    async def scene() -> None:
        server = Providers(answer=answer)
        async with server.running(), house.opened(base_url=server.gemini, protocol="gemini", retries=1):
            reply = await house.draw(**GEMINI)
            assert "has no candidate" in reply.answer.reason
            assert len(server.heard) == 2
            server.answer = None
            assert isinstance((await house.draw(**GEMINI)).answer.value, DrawnImages)

    run(scene)


def test_a_stop_for_no_stated_reason_fails_its_row(house: Any) -> None:
    async def scene() -> None:
        server = Providers(answer=gemini_answer(finish="IMAGE_OTHER"))
        async with server.running(), house.opened(base_url=server.gemini, protocol="gemini"):
            reply = await house.draw(**GEMINI)
            assert reply.answer.state == "failed"
            assert "IMAGE_OTHER" in reply.answer.reason

    run(scene)


@pytest.mark.parametrize("fault", ["429", "500", "reset", "broken", "truncated"])
def test_what_goes_wrong_once_is_asked_again(house: Any, fault: str) -> None:
    async def scene() -> None:
        server = Providers(faults=[fault])
        async with server.running(), house.opened(base_url=server.gemini, protocol="gemini"):
            reply = await house.draw(**GEMINI)
            assert reply.answer.state == "answered"
            assert next(house.ledger.receipts()).attempts == 2
            assert list(house.images.kept.values()) == [PICTURE]

    run(scene)


def test_a_wait_that_stands_in_the_body_is_kept_to(house: Any) -> None:
    async def scene() -> None:
        error = {
            "code": 429,
            "message": "quota",
            "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.4s"}],
        }
        async with house.opened(protocol="gemini"):
            house.server.says({"error": error}, status=429)
            house.server.says(gemini_answer({"text": "ok"}))
            began = asyncio.get_running_loop().time()
            assert (await house.ask(**GEMINI)).answer == Answered(ChatText("ok"))
            assert asyncio.get_running_loop().time() - began >= 0.39

    run(scene)


def test_a_wrong_key_is_not_tried_by_every_row(house: Any) -> None:
    async def scene() -> None:
        details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]
        async with house.opened(protocol="gemini", concurrency=1):
            house.server.says(
                {"error": {"code": 400, "message": "API key not valid", "details": details}}, status=400
            )
            for text in ("one", "two", "three"):
                assert "API key not valid" in (await house.ask(text, **GEMINI)).answer.reason
        assert len(house.server.heard) == 1

    run(scene)


def test_an_answer_cut_by_its_limit_is_truncated(house: Any) -> None:
    async def scene() -> None:
        server = Providers(answer=gemini_answer({"text": '{"score": '}, finish="MAX_TOKENS"))
        async with server.running(), house.opened(base_url=server.gemini, protocol="gemini"):
            request = house.question(**GEMINI)
            reply = await house.door.ask_structured("judge", request, Score, house.purpose)
            assert reply.answer.reason.startswith("truncated")
        assert len(server.heard) == 1

    run(scene)


def test_a_model_name_cannot_leave_its_place() -> None:
    request = ChatRequest(provider="p", model="x/../files?key=1", messages=(), protocol="gemini")
    assert render(request, IMAGES.__getitem__).path == "/models/x%2F..%2Ffiles%3Fkey%3D1:generateContent"


def test_what_gemini_cannot_do_is_said_when_it_is_asked() -> None:
    with pytest.raises(ValueError, match="no moderation"):
        ModerationRequest(provider="p", model="m", text="hm", protocol="gemini")
    request = ChatRequest(
        provider="p", model="m", messages=(), protocol="gemini", parameters={"contents": []}
    )
    with pytest.raises(ValueError, match="may not set contents"):
        render(request, IMAGES.__getitem__)
    evil = Message("user", (ImagePart("aa" * 32, 'image/png","data":""}}'),))
    with pytest.raises(ValueError, match="media type"):
        render(ChatRequest(provider="p", model="m", messages=(evil,), protocol="gemini"), IMAGES.__getitem__)
    body = render(
        ChatRequest(provider="p", model="m", messages=(Message("user", (FIRST, SECOND)),), protocol="gemini"),
        IMAGES.__getitem__,
    ).body
    assert [part["inlineData"]["mimeType"] for part in json.loads(body)["contents"][0]["parts"]] == [
        "image/png",
        "image/jpeg",
    ]
