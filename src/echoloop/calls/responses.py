"""What a model's response says: an answer, a refusal, or nothing that can be read. Works on stored responses alone."""

from typing import Any

import msgspec

from echoloop.calls.admission import Unreadable
from echoloop.calls.requests import (
    ChatRequest,
    ChatText,
    DrawnImages,
    DrawRequest,
    ModerationResult,
    Payload,
    Request,
)
from echoloop.records.answers import Answered, Refused
from echoloop.records.receipt import Usage

IMAGE_MARK = "sha256:"
_FILTERED = frozenset(
    {"content_filter", "safety", "image_safety", "prohibited_content", "moderation_blocked"}
)
_REFUSING_CODES = frozenset(
    {
        "content_filter",
        "content_policy_violation",
        "moderation_blocked",
        "responsibleaipolicyviolation",
        "safety_violations",
    }
)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A response as it reads before anybody looks for a score in it. `truncated`: the length limit cut it off."""

    answer: Answered[Payload] | Refused
    usage: Usage
    served_model: str | None
    truncated: bool = False


class _Message(msgspec.Struct, frozen=True):
    content: Any = None
    refusal: Any = None
    images: Any = None


class _Choice(msgspec.Struct, frozen=True):
    message: _Message
    finish_reason: str | None = None


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


def read_response(request: Request, response: str) -> Reading:
    """Read a response whose images are in the store already. Raises Unreadable when it keeps no protocol."""
    try:
        if isinstance(request, ChatRequest):
            return _read_chat(_CHAT.decode(response))
        if isinstance(request, DrawRequest):
            return _read_drawing(_DRAWING.decode(response))
        return _read_moderation(_MODERATION.decode(response))
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unreadable(f"the answer does not keep the protocol ({error}): {response[:120]!r}") from None


def refusal_in(error: Any) -> str | None:
    """The words of a content filter, when that is what an error object is; a malformed request is not a refusal."""
    if not isinstance(error, dict):
        return None
    inner = error.get("innererror")
    said = {error.get("code"), error.get("type"), inner.get("code") if isinstance(inner, dict) else None}
    codes = {word.lower() for word in said if isinstance(word, str)}
    metadata = error.get("metadata")
    flagged = (
        isinstance(metadata, dict)
        and isinstance(metadata.get("reasons"), list)
        and "flagged_input" in metadata
    )
    if not flagged and not codes & _REFUSING_CODES:
        return None
    message = error.get("message")
    return f"blocked: {message}" if isinstance(message, str) and message else "blocked by a content filter"


def _read_chat(chat: _Chat) -> Reading:
    usage, served = _usage(chat.usage), _text(chat.model)
    if chat.choices is None:
        return _declined(chat.error, usage, served)
    if not chat.choices:
        return Reading(answer=Refused("the model gave no choice"), usage=usage, served_model=served)
    choice = chat.choices[0]
    truncated = choice.finish_reason == "length"
    answer = _chat_answer(choice, truncated)
    if isinstance(answer, Answered) and isinstance(answer.value, DrawnImages):
        usage = msgspec.structs.replace(usage, images=len(answer.value.images))
    return Reading(answer=answer, usage=usage, served_model=served, truncated=truncated)


def _chat_answer(choice: _Choice, truncated: bool) -> Answered[Payload] | Refused:
    if (choice.finish_reason or "").lower() in _FILTERED:
        return Refused(f"stopped by a content filter ({choice.finish_reason})")
    if refusal := _text(choice.message.refusal):
        return Refused(refusal)
    if images := _stored_images(choice.message):
        return Answered(DrawnImages(images))
    text = _content_text(choice.message.content)
    if not text.strip() and not truncated:
        return Refused("the model answered with nothing")
    return Answered(ChatText(text))


def _read_drawing(drawing: _Drawing) -> Reading:
    usage, served = _usage(drawing.usage), _text(drawing.model)
    if drawing.data is None:
        return _declined(drawing.error, usage, served)
    if not drawing.data:
        return Reading(answer=Refused("the model drew nothing"), usage=usage, served_model=served)
    images = tuple(_drawn(item) for item in drawing.data)
    usage = msgspec.structs.replace(usage, images=len(images))
    return Reading(answer=Answered(DrawnImages(images)), usage=usage, served_model=served)


def _read_moderation(moderation: _Moderation) -> Reading:
    usage, served = _usage(moderation.usage), _text(moderation.model)
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
        return "".join(_text(part.get("text")) or "" for part in content if isinstance(part, dict))
    raise Unreadable(f"a message's content is neither text nor parts: {str(content)[:80]}")


def _stored_images(message: _Message) -> tuple[str, ...]:
    """Images of a chat message, once lifted: in `images`, as OpenRouter serves them, or among the content's parts."""
    parts: list[Any] = []
    for place in (message.images, message.content):
        if isinstance(place, list):
            parts += place
    marks = (part.get("image_url") for part in parts if isinstance(part, dict))
    addresses = (mark.get("url") if isinstance(mark, dict) else mark for mark in marks)
    return tuple(
        address.removeprefix(IMAGE_MARK)
        for address in addresses
        if isinstance(address, str) and address.startswith(IMAGE_MARK)
    )


def _drawn(item: dict[str, Any]) -> str:
    stored = item.get("b64_json")
    if isinstance(stored, str) and stored.startswith(IMAGE_MARK):
        return stored.removeprefix(IMAGE_MARK)
    raise Unreadable("an answer's image holds no bytes")


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _usage(usage: Any) -> Usage:
    """Counts as the provider gives them, under either family of names; whatever is not a count is unknown."""
    if not isinstance(usage, dict):
        return Usage()
    details = usage.get("prompt_tokens_details") or usage.get("input_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    return Usage(
        input_tokens=_count(usage.get("prompt_tokens", usage.get("input_tokens"))),
        cached_tokens=_count(cached),
        output_tokens=_count(usage.get("completion_tokens", usage.get("output_tokens"))),
    )


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53 else None
