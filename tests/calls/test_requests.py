import msgspec
import pytest

from echoloop.calls import (
    ChatRequest,
    DrawRequest,
    ImagePart,
    Message,
    ModerationRequest,
    TextPart,
    canonical,
    read_canonical,
    request_key,
)


def chat(**changes: object) -> ChatRequest:
    fields: dict[str, object] = {
        "provider": "acme",
        "model": "sight-1",
        "messages": (Message("user", (TextPart("hello"), ImagePart("ab" * 32, "image/png"))),),
        "parameters": {"temperature": 0, "seed": 7},
    }
    return ChatRequest(**{**fields, **changes})  # type: ignore[arg-type]


def test_a_key_depends_on_everything_that_reaches_the_model() -> None:
    variants = [
        chat(),
        chat(provider="other"),
        chat(model="sight-2"),
        chat(messages=(Message("user", (TextPart("hello"),)),)),
        chat(messages=(Message("user", (TextPart("hello"), ImagePart("cd" * 32, "image/png"))),)),
        chat(parameters={"temperature": 1, "seed": 7}),
        chat(attempt=1),
        chat(schema_name="s", schema={"type": "object"}),
    ]
    assert len({request_key(variant) for variant in variants}) == len(variants)


def test_the_order_of_parameters_is_not_part_of_a_key() -> None:
    assert request_key(chat(parameters={"a": 1, "b": 2})) == request_key(chat(parameters={"b": 2, "a": 1}))


def test_the_order_of_a_schemas_fields_is_part_of_a_key_for_models_write_in_that_order() -> None:
    one = {"type": "object", "properties": {"why": {}, "score": {}}}
    two = {"type": "object", "properties": {"score": {}, "why": {}}}
    assert request_key(chat(schema=one)) != request_key(chat(schema=two))


@pytest.mark.parametrize(
    "request_",
    [
        chat(schema={"b": 1, "a": 2}),
        DrawRequest(provider="p", model="m", prompt="ball", images=(ImagePart("ab" * 32, "image/png"),)),
        ModerationRequest(provider="p", model="m", text="hm"),
    ],
)
def test_a_stored_request_reads_back_to_the_same_key(request_: ChatRequest) -> None:
    text = canonical(request_)
    assert canonical(read_canonical(text)) == text


def test_keys_do_not_change_between_versions() -> None:
    assert canonical(ModerationRequest(provider="p", model="m", text="é")) == (
        '{"kind":"moderation","model":"m","provider":"p","text":"é"}'.encode()
    )


def test_lone_surrogates_are_replaced_at_the_door() -> None:
    assert TextPart("a\ud800b").text == "a\ufffdb"
    assert DrawRequest(provider="p", model="m", prompt="\udfff").prompt == "\ufffd"
    assert msgspec.json.encode(ModerationRequest(provider="p", model="m", text="\ud83d"))


def test_the_protocol_is_part_of_a_key_except_where_it_is_the_usual_one() -> None:
    usual = "".join(["open", "ai"])
    assert request_key(chat(protocol=usual)) == request_key(chat())
    assert b"protocol" not in canonical(DrawRequest(provider="p", model="m", prompt="x", protocol=usual))  # type: ignore[arg-type]
    assert b"protocol" not in canonical(ModerationRequest(provider="p", model="m", protocol=usual))  # type: ignore[arg-type]
    assert len({request_key(chat(protocol=name)) for name in ("openai", "gemini", "chat_images")}) == 3
    other = chat(protocol="gemini")
    assert canonical(read_canonical(canonical(other))) == canonical(other)
