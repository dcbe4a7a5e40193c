import base64
import json
from typing import Any

import pytest

from echoloop.calls import (
    ChatRequest,
    ChatText,
    DrawnImages,
    DrawRequest,
    ModerationRequest,
    ModerationResult,
    Unreadable,
)
from echoloop.calls.admission import admit_body
from echoloop.calls.lifting import BadPicture
from echoloop.calls.protocols import lift_images, read_response
from echoloop.records.answers import Answered, Refused

CHAT = ChatRequest(provider="p", model="m", messages=())
DRAW = DrawRequest(provider="p", model="m", prompt="ball")
MODERATION = ModerationRequest(provider="p", model="m", text="hm")


def choice(finish: str | None = "stop", **message: Any) -> str:
    return json.dumps({"choices": [{"message": message, "finish_reason": finish}]})


@pytest.mark.parametrize(
    "response",
    [
        choice("content_filter", content="half a sen"),
        choice(content=None, refusal="I cannot help with that."),
        choice(content="  \n"),
        choice(content=None),
        '{"choices": []}',
        '{"error": {"code": "content_filter", "message": "filtered"}}',
        '{"error": {"code": "x", "innererror": {"code": "ResponsibleAIPolicyViolation"}}}',
        '{"error": {"code": 403, "message": "flagged", "metadata": {"reasons": ["sexual"], "flagged_input": "x"}}}',
    ],
)
def test_a_refusal_is_an_answer(response: str) -> None:
    answer = read_response(CHAT, response).answer
    assert isinstance(answer, Refused)
    assert answer.reason


def test_a_drawing_can_be_refused_too() -> None:
    assert isinstance(read_response(DRAW, '{"data": []}').answer, Refused)
    blocked = '{"error": {"code": "moderation_blocked", "message": "no"}}'
    assert read_response(DRAW, blocked).answer == Refused("blocked: no")


def test_text_comes_as_a_string_or_in_parts() -> None:
    parts = [{"type": "text", "text": "one "}, {"type": "text", "text": "two"}]
    assert read_response(CHAT, choice(content=parts)).answer == Answered(ChatText("one two"))


def test_usage_is_what_the_provider_counted_and_nothing_else() -> None:
    body = {
        "choices": [{"message": {"content": "x"}}],
        "model": "m-7",
        "usage": {
            "prompt_tokens": 12,
            "completion_tokens": -1,
            "prompt_tokens_details": {"cached_tokens": 4},
        },
    }
    reading = read_response(CHAT, json.dumps(body))
    assert (reading.usage.input_tokens, reading.usage.cached_tokens, reading.usage.output_tokens) == (
        12,
        4,
        None,
    )
    assert reading.served_model == "m-7"
    body["usage"] = "many"
    assert read_response(CHAT, json.dumps(body)).usage.input_tokens is None


@pytest.mark.parametrize(
    "response",
    ["[]", "{}", '{"choices": "x"}', '{"choices": [{}]}', choice(content=7), '{"error": {"code": "x"}}'],
)
def test_what_keeps_no_protocol_is_unreadable(response: str) -> None:
    with pytest.raises(Unreadable):
        read_response(CHAT, response)


def test_images_are_lifted_and_referred_to_by_hash() -> None:
    kept: list[bytes] = []

    def put(data: bytes) -> str:
        kept.append(data)
        return f"{len(kept):064d}"

    coded = base64.b64encode(b"picture").decode()
    stored, images = lift_images(DRAW, json.dumps({"data": [{"b64_json": coded}, {"b64_json": coded}]}), put)
    assert coded not in stored
    assert read_response(DRAW, stored).answer == Answered(DrawnImages(images))
    url = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{coded}"}}
    stored, images = lift_images(CHAT, choice(content="here", images=[url]), put)
    assert coded not in stored
    reading = read_response(CHAT, stored)
    assert reading.answer == Answered(DrawnImages(images))
    assert reading.usage.images == 1
    assert kept == [b"picture"] * 3


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({"b64_json": ""}, "empty"),
        ({"b64_json": "not base64!"}, "not base64"),
        ({"url": "https://cdn.example/x.png"}, "address of an image"),
        ({"url": "data:image/svg+xml,<svg/>"}, "not base64"),
    ],
)
def test_a_bad_picture_says_what_is_wrong(item: dict[str, str], reason: str) -> None:
    with pytest.raises(BadPicture, match=reason):
        lift_images(DRAW, json.dumps({"data": [item]}), lambda data: "x")


def test_a_moderation_gives_scores_where_there_are_any() -> None:
    results = [
        {"flagged": False, "categories": {"hate": False}, "category_scores": {"hate": 0.1}},
        {"flagged": True, "categories": {"hate": True}, "category_scores": {"hate": 0.9, "x": None}},
    ]
    answer = read_response(MODERATION, json.dumps({"results": results})).answer
    assert answer == Answered(ModerationResult(True, {"hate": 0.9}))


@pytest.mark.parametrize("body", [b'{"a": "\\ud800"}', b'{"a": "\xff"}'])
def test_text_that_cannot_be_stored_is_replaced_at_the_door(body: bytes) -> None:
    assert json.loads(admit_body(body)) == {"a": "\ufffd"}


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": NaN}', b"[" * 100_000, b'{"a": 1'])
def test_a_body_that_is_not_json_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        admit_body(body)
