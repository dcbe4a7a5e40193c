import base64
import json
from email.parser import BytesParser
from email.policy import HTTP

import pytest

from echoloop.calls import ChatRequest, DrawRequest, ImagePart, Message, ModerationRequest, TextPart
from echoloop.calls.protocols import path_of, render

IMAGES = {"aa" * 32: b"\x89PNG first", "bb" * 32: b"\xff\xd8second"}
FIRST, SECOND = ImagePart("aa" * 32, "image/png"), ImagePart("bb" * 32, "image/jpeg")


def chat(*messages: Message, **fields: object) -> ChatRequest:
    return ChatRequest(provider="p", model="m-1", messages=messages, **fields)  # type: ignore[arg-type]


def test_a_chat_carries_text_images_and_parameters() -> None:
    request = chat(
        Message("system", (TextPart('say "hi"\n'),)),
        Message("user", (TextPart("compare"), FIRST, SECOND)),
        parameters={"temperature": 0},
    )
    wire = render(request, IMAGES.__getitem__)
    body = json.loads(wire.body)
    assert (wire.path, wire.content_type) == ("/chat/completions", "application/json")
    assert body["model"] == "m-1"
    assert body["temperature"] == 0
    assert body["messages"][0] == {"role": "system", "content": 'say "hi"\n'}
    text, first, second = body["messages"][1]["content"]
    assert text == {"type": "text", "text": "compare"}
    assert first["image_url"]["url"] == "data:image/png;base64," + base64.b64encode(b"\x89PNG first").decode()
    assert second["image_url"]["url"].startswith("data:image/jpeg;base64,")


def test_a_schema_is_strict_only_where_providers_take_it() -> None:
    closed = {"type": "object", "properties": {"a": {}}, "required": ["a"], "additionalProperties": False}
    loose = {"type": "object", "properties": {"a": {}}}
    shapes = [
        json.loads(render(chat(schema_name="s", schema=schema), IMAGES.__getitem__).body)["response_format"]
        for schema in (closed, loose)
    ]
    assert shapes[0]["json_schema"] == {"name": "s", "schema": closed, "strict": True}
    assert "strict" not in shapes[1]["json_schema"]


def test_a_schemas_fields_are_sent_in_the_order_in_which_they_were_written() -> None:
    schema = {"type": "object", "properties": {"why": {}, "answer": {}}}
    body = render(chat(schema_name="s", schema=schema), IMAGES.__getitem__).body
    assert body.index(b'"why"') < body.index(b'"answer"')


def test_an_edit_is_a_form_with_every_image() -> None:
    request = DrawRequest(
        provider="p",
        model="m-1",
        prompt="çombine",
        images=(FIRST, SECOND),
        mask=FIRST,
        parameters={"size": "512x512", "n": 1},
    )
    wire = render(request, IMAGES.__getitem__)
    head = f"Content-Type: {wire.content_type}\r\n\r\n".encode()
    form = BytesParser(policy=HTTP).parsebytes(head + wire.body)
    parts = [
        (part.get_param("name", header="content-disposition"), part.get_payload(decode=True))
        for part in form.iter_parts()  # type: ignore[attr-defined]
    ]
    assert wire.path == path_of(request) == "/images/edits"
    assert parts == [
        ("model", b"m-1"),
        ("prompt", "çombine".encode()),
        ("n", b"1"),
        ("size", b"512x512"),
        ("image[]", b"\x89PNG first"),
        ("image[]", b"\xff\xd8second"),
        ("mask", b"\x89PNG first"),
    ]


def test_a_drawing_and_a_moderation() -> None:
    drawing = render(
        DrawRequest(provider="p", model="m", prompt="a ball", parameters={"seed": 1}), IMAGES.__getitem__
    )
    assert (drawing.path, json.loads(drawing.body)) == (
        "/images/generations",
        {"model": "m", "prompt": "a ball", "seed": 1},
    )
    text = render(ModerationRequest(provider="p", model="m", text="hm"), IMAGES.__getitem__)
    assert json.loads(text.body) == {"model": "m", "input": "hm"}
    both = render(ModerationRequest(provider="p", model="m", text="hm", images=(FIRST,)), IMAGES.__getitem__)
    assert [part["type"] for part in json.loads(both.body)["input"]] == ["text", "image_url"]


@pytest.mark.parametrize("parameters", [{"model": "x"}, {"messages": []}, {"stream": True}])
def test_parameters_cannot_contradict_the_request(parameters: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="parameters may not set"):
        render(chat(parameters=parameters), IMAGES.__getitem__)


def test_a_media_type_cannot_smuggle_anything_in() -> None:
    evil = ImagePart("aa" * 32, 'image/png;base64,AAAA"}},{"')
    with pytest.raises(ValueError, match="media type"):
        render(chat(Message("user", (evil,))), IMAGES.__getitem__)
