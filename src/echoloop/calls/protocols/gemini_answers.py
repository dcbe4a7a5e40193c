"""Gemini's own protocol on its way back. A block is a refusal with its reason; no candidate and no block is no answer at all."""

from collections.abc import Callable
from typing import Any

import msgspec

from echoloop.calls.admission import Unreadable
from echoloop.calls.lifting import Lifted
from echoloop.calls.requests import ChatText, DrawnImages, DrawRequest, Payload, Request
from echoloop.calls.responses import (
    FILTERED,
    IMAGE_MARK,
    Reading,
    count,
    plain_text,
    words_for_a_picture,
)
from echoloop.records.answers import Answered, Refused, Unparsed
from echoloop.records.receipt import Usage

_NO_PICTURE = "NO_IMAGE"
_UNSAID = "BLOCK_REASON_UNSPECIFIED"


class _Content(msgspec.Struct, frozen=True):
    parts: list[dict[str, Any]] | None = None


class _Candidate(msgspec.Struct, frozen=True, rename="camel"):
    content: _Content | None = None
    finish_reason: str | None = None
    finish_message: Any = None


class _Feedback(msgspec.Struct, frozen=True, rename="camel"):
    block_reason: str | None = None
    block_reason_message: Any = None


class _Answer(msgspec.Struct, frozen=True, rename="camel"):
    candidates: list[_Candidate] | None = None
    prompt_feedback: _Feedback | None = None
    usage_metadata: Any = None
    model_version: Any = None


class _Outline(msgspec.Struct, frozen=True, rename="camel"):
    candidates: list[msgspec.Raw] | None = None
    prompt_feedback: _Feedback | None = None


_ANSWER = msgspec.json.Decoder(_Answer)
_OUTLINE = msgspec.json.Decoder(_Outline)


def emptiness(response: str) -> str | None:
    """Why a body with a good status says nothing at all, so that the call may be made again; None when it says something."""
    try:
        outline = _OUTLINE.decode(response)
    except msgspec.DecodeError:
        return None
    blocked = outline.prompt_feedback is not None and _is_block(outline.prompt_feedback.block_reason)
    return (
        None
        if outline.candidates or blocked
        else "the answer has no candidate, and does not say that it was blocked"
    )


def read_answer(request: Request, response: str) -> Reading:
    """Raises Unreadable, or a DecodeError, when a response does not keep the protocol."""
    body = _ANSWER.decode(response)
    answer, truncated = _answer(body, draws=isinstance(request, DrawRequest))
    usage = _usage(body.usage_metadata)
    if isinstance(answer, Answered) and isinstance(answer.value, DrawnImages):
        usage = msgspec.structs.replace(usage, images=len(answer.value.images))
    return Reading(
        answer=answer, usage=usage, served_model=plain_text(body.model_version), truncated=truncated
    )


def lift(request: Request, response: str, put: Callable[[bytes], str]) -> tuple[str, tuple[str, ...]]:
    """The pictures among the parts of each candidate."""
    if '"inlineData"' not in response and '"inline_data"' not in response:
        return response, ()
    body = msgspec.json.decode(response)
    lifted = Lifted(put)
    candidates = body.get("candidates") if isinstance(body, dict) else None
    for candidate in candidates if isinstance(candidates, list) else ():
        content = candidate.get("content") if isinstance(candidate, dict) else None
        parts = content.get("parts") if isinstance(content, dict) else None
        for part in parts if isinstance(parts, list) else ():
            if (blob := _picture(part)) is not None:
                blob["data"] = lifted.take(blob["data"])
    return msgspec.json.encode(body).decode(), tuple(lifted.hashes)


def _answer(body: _Answer, *, draws: bool) -> tuple[Answered[Payload] | Refused | Unparsed, bool]:
    feedback = body.prompt_feedback
    if feedback is not None and _is_block(feedback.block_reason):
        return Refused(
            _because("the prompt was blocked", feedback.block_reason, feedback.block_reason_message)
        ), False
    if not body.candidates:
        raise Unreadable("the answer has no candidate, and does not say that it was blocked")
    candidate = body.candidates[0]
    finish = candidate.finish_reason or ""
    if finish.lower() in FILTERED:
        return Refused(_because("stopped by a content filter", finish, candidate.finish_message)), False
    parts = [part for part in _parts(candidate) if part.get("thought") is not True]
    if images := _stored(parts):
        return Answered(DrawnImages(images)), False
    if finish == _NO_PICTURE:
        return Refused(_because("the model drew nothing", finish, candidate.finish_message)), False
    text = "".join(plain_text(part.get("text")) or "" for part in parts)
    truncated = finish == "MAX_TOKENS"
    if text.strip() or truncated:
        if draws:
            return words_for_a_picture(text), truncated
        return Answered(ChatText(text)), truncated
    if finish in ("STOP", ""):
        return Refused("the model drew nothing" if draws else "the model answered with nothing"), False
    raise Unreadable(f"the answer holds nothing ({finish[:60]})")


def _is_block(reason: str | None) -> bool:
    return bool(reason) and reason != _UNSAID


def _because(what: str, reason: str | None, message: Any) -> str:
    said = plain_text(message)
    return f"{what} ({reason})" + (f": {said}" if said else "")


def _parts(candidate: _Candidate) -> list[dict[str, Any]]:
    return (candidate.content.parts or []) if candidate.content is not None else []


def _picture(part: Any) -> dict[str, Any] | None:
    """A part that carries an image; sketches that a model made while thinking are none of its answer."""
    if not isinstance(part, dict):
        return None
    blob = part.get("inlineData", part.get("inline_data"))
    return blob if isinstance(blob, dict) and isinstance(blob.get("data"), str) else None


def _stored(parts: list[dict[str, Any]]) -> tuple[str, ...]:
    blobs = [blob for part in parts if (blob := _picture(part)) is not None]
    return tuple(
        blob["data"].removeprefix(IMAGE_MARK) for blob in blobs if blob["data"].startswith(IMAGE_MARK)
    )


def _usage(usage: Any) -> Usage:
    """Thinking is charged as output, so it is counted as output."""
    if not isinstance(usage, dict):
        return Usage()
    written, thought = count(usage.get("candidatesTokenCount")), count(usage.get("thoughtsTokenCount"))
    counted = [part for part in (written, thought) if part is not None]
    return Usage(
        input_tokens=count(usage.get("promptTokenCount")),
        cached_tokens=count(usage.get("cachedContentTokenCount")),
        output_tokens=sum(counted) if counted else None,
    )
