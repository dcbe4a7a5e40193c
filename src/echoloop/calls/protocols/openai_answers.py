"""The OpenAI protocol on its way back. Works on stored responses alone: images are lifted first, then referred to by hash."""

from collections.abc import Callable
from typing import Any

import msgspec

from echoloop.calls.admission import Unreadable
from echoloop.calls.lifting import Lifted
from echoloop.calls.requests import (
    ChatRequest,
    ChatText,
    DrawnImages,
    DrawRequest,
    ModerationResult,
    Payload,
    Request,
)
from echoloop.calls.responses import (
    FILTERED,
    IMAGE_MARK,
    Reading,
    count,
    plain_text,
    refusal_in,
    words_for_a_picture,
)
from echoloop.records.answers import Answered, Refused, Unparsed
from echoloop.records.receipt import Usage


class _Message(msgspec.Struct, frozen=True):
    content: Any = None
    refusal: Any = None
    images: Any = None
    image: Any = None


class _Choice(msgspec.Struct, frozen=True):
    message: _Message
    finish_reason: str | None = None
    native_finish_reason: Any = None
    error: Any = None


class _Chat(msgspec.Struct, frozen=True):
    choices: list[_Choice] | None = None
    model: Any = None
    usage: Any = None
    error: Any = None


class _Drawing(msgspec.Struct, frozen=True):
    data: list[dict[str, Any]] | None = None
    model: Any = None
    usage: Any = None
    error: Any = None


class _Verdict(msgspec.Struct, frozen=True):
    flagged: bool
    categories: dict[str, bool | None] = {}
    category_scores: dict[str, float | None] = {}


class _Moderation(msgspec.Struct, frozen=True):
    results: list[_Verdict] | None = None
    model: Any = None
    usage: Any = None
    error: Any = None


_CHAT = msgspec.json.Decoder(_Chat)
_DRAWING = msgspec.json.Decoder(_Drawing)
_MODERATION = msgspec.json.Decoder(_Moderation)

_SHORT = 4_096


def read_answer(request: Request, response: str, *, drawn_in_chat: bool = False) -> Reading:
    """Raises Unreadable, or a DecodeError, when a response does not keep the protocol."""
    if isinstance(request, ChatRequest):
        return _read_chat(_CHAT.decode(response), draws=False)
    if isinstance(request, DrawRequest):
        return (
            _read_chat(_CHAT.decode(response), draws=True)
            if drawn_in_chat
            else _read_drawing(_DRAWING.decode(response))
        )
    return _read_moderation(_MODERATION.decode(response))


def lift(request: Request, response: str, put: Callable[[bytes], str]) -> tuple[str, tuple[str, ...]]:
    """The pictures of an image answer, or those in a chat's message."""
    if isinstance(request, DrawRequest):
        return _lift_drawing(response, put)
    if '"image_url"' in response:
        return lift_message(response, put)
    return response, ()


def emptiness(response: str) -> str | None:
    """Why a body with a good status holds nothing at all: that is no answer and no refusal, and the call may be made again."""
    if "[]" not in response[:_SHORT] or len(response) > _SHORT:
        return None
    body: Any = msgspec.json.decode(response)
    if not isinstance(body, dict) or body.get("error"):
        return None
    for name, what in (("choices", "no choice"), ("data", "no picture")):
        if body.get(name) == []:
            return f"the answer holds {what}, and does not say that it was declined"
    return None


def lift_message(response: str, put: Callable[[bytes], str]) -> tuple[str, tuple[str, ...]]:
    """The pictures of a chat's message."""
    body = msgspec.json.decode(response)
    lifted = Lifted(put)
    for holder, name in picture_places(body):
        holder[name] = lifted.take(holder[name])
    return (msgspec.json.encode(body).decode(), tuple(lifted.hashes)) if lifted.hashes else (response, ())


def picture_places(body: Any) -> list[tuple[dict[str, Any], str]]:
    """Where a chat's pictures stand: `images` as OpenRouter serves them, parts of the content, or one `image`."""
    found: list[tuple[dict[str, Any], str]] = []
    for message in _messages(body):
        parts: list[Any] = [
            {"image_url": image} for image in (message.get("image"),) if isinstance(image, dict)
        ]
        for place in (message.get("images"), message.get("content")):
            parts += place if isinstance(place, list) else ()
        for part in parts:
            if isinstance(part, dict):
                found += _place_in(part)
    return found


def _place_in(part: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    mark = part.get("image_url")
    if isinstance(mark, dict) and isinstance(mark.get("url"), str):
        return [(mark, "url")]
    if isinstance(mark, str):
        return [(part, "image_url")]
    return [(part, "b64_json")] if isinstance(part.get("b64_json"), str) else []


def _lift_drawing(response: str, put: Callable[[bytes], str]) -> tuple[str, tuple[str, ...]]:
    body = msgspec.json.decode(response)
    data = body.get("data") if isinstance(body, dict) else None
    lifted = Lifted(put)
    for item in data if isinstance(data, list) else ():
        if not isinstance(item, dict):
            continue
        if isinstance(text := item.get("b64_json"), str):
            item["b64_json"] = lifted.take(text)
        elif isinstance(item.get("url"), str):
            item["b64_json"] = lifted.take(item.pop("url"))
    return msgspec.json.encode(body).decode(), tuple(lifted.hashes)


def _messages(body: Any) -> list[dict[str, Any]]:
    choices = body.get("choices") if isinstance(body, dict) else None
    messages = [choice.get("message") for choice in choices or () if isinstance(choice, dict)]
    return [message for message in messages if isinstance(message, dict)]


def _read_chat(chat: _Chat, *, draws: bool) -> Reading:
    usage, served = _usage(chat.usage), plain_text(chat.model)
    if chat.choices is None:
        return _declined(chat.error, usage, served)
    if not chat.choices:
        return Reading(answer=Refused("the model gave no choice"), usage=usage, served_model=served)
    choice = chat.choices[0]
    truncated = choice.finish_reason == "length"
    answer = _chat_answer(choice, truncated)
    if draws and isinstance(answer, Answered) and isinstance(answer.value, ChatText):
        return Reading(answer=words_for_a_picture(answer.value.text), usage=usage, served_model=served)
    if isinstance(answer, Answered) and isinstance(answer.value, DrawnImages):
        usage = msgspec.structs.replace(usage, images=len(answer.value.images))
    return Reading(answer=answer, usage=usage, served_model=served, truncated=truncated)


def _chat_answer(choice: _Choice, truncated: bool) -> Answered[Payload] | Refused | Unparsed:
    for finish in (choice.finish_reason, plain_text(choice.native_finish_reason)):
        if (finish or "").lower() in FILTERED:
            return Refused(f"stopped by a content filter ({finish})")
    if refusal := plain_text(choice.message.refusal):
        return Refused(refusal)
    if images := _stored_images(choice.message):
        return Answered(DrawnImages(images))
    text = _content_text(choice.message.content)
    if not text.strip() and choice.error is not None:
        return Refused(_reason_of(choice.error))
    if not text.strip() and not truncated:
        return Refused("the model answered with nothing")
    return Answered(ChatText(text))


def _reason_of(error: Any) -> str:
    """A choice may end in an error of its own; only a filter's is an answer."""
    if (reason := refusal_in(error)) is None:
        raise Unreadable("the answer's choice holds an error and no result")
    return reason


def _read_drawing(drawing: _Drawing) -> Reading:
    usage, served = _usage(drawing.usage), plain_text(drawing.model)
    if drawing.data is None:
        return _declined(drawing.error, usage, served)
    if not drawing.data:
        return Reading(answer=Refused("the model drew nothing"), usage=usage, served_model=served)
    images = tuple(_drawn(item) for item in drawing.data)
    usage = msgspec.structs.replace(usage, images=len(images))
    return Reading(answer=Answered(DrawnImages(images)), usage=usage, served_model=served)


def _read_moderation(moderation: _Moderation) -> Reading:
    usage, served = _usage(moderation.usage), plain_text(moderation.model)
    if moderation.results is None:
        return _declined(moderation.error, usage, served)
    if not moderation.results:
        raise Unreadable("the moderation answered without a result")
    categories: dict[str, float | bool] = {}
    for verdict in moderation.results:
        for name, value in (verdict.category_scores or verdict.categories).items():
            if value is not None:
                categories[name] = max(categories.get(name, value), value)
    result = ModerationResult(any(verdict.flagged for verdict in moderation.results), categories)
    return Reading(answer=Answered(result), usage=usage, served_model=served)


def _declined(error: Any, usage: Usage, served: str | None) -> Reading:
    """A receipt may hold a filter's error body: it reads as the refusal that it is."""
    if (reason := refusal_in(error)) is None:
        raise Unreadable("the answer holds neither a result nor a refusal")
    return Reading(answer=Refused(reason), usage=usage, served_model=served)


def _content_text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if content is None:
        return ""
    if isinstance(content, list):
        return "".join(plain_text(part.get("text")) or "" for part in content if isinstance(part, dict))
    raise Unreadable(f"a message's content is neither text nor parts: {str(content)[:80]}")


def _stored_images(message: _Message) -> tuple[str, ...]:
    """Images of a chat message, once lifted."""
    if (
        not isinstance(message.images, list)
        and not isinstance(message.content, list)
        and message.image is None
    ):
        return ()
    body = {"choices": [{"message": msgspec.structs.asdict(message)}]}
    texts = [holder[name] for holder, name in picture_places(body)]
    return tuple(text.removeprefix(IMAGE_MARK) for text in texts if text.startswith(IMAGE_MARK))


def _drawn(item: dict[str, Any]) -> str:
    stored = item.get("b64_json")
    if isinstance(stored, str) and stored.startswith(IMAGE_MARK):
        return stored.removeprefix(IMAGE_MARK)
    raise Unreadable("an answer's image holds no bytes")


def _usage(usage: Any) -> Usage:
    """Counts as the provider gives them, under either family of names; whatever is not a count is unknown."""
    if not isinstance(usage, dict):
        return Usage()
    details = usage.get("prompt_tokens_details") or usage.get("input_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    return Usage(
        input_tokens=count(usage.get("prompt_tokens", usage.get("input_tokens"))),
        cached_tokens=count(cached),
        output_tokens=count(usage.get("completion_tokens", usage.get("output_tokens"))),
    )
