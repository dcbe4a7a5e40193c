"""What a model's response says, in whatever protocol: an answer, a refusal, words in place of a picture, or nothing readable."""

from typing import Any

import msgspec

from echoloop.calls.requests import Payload
from echoloop.records.answers import Answered, Refused, Unparsed
from echoloop.records.receipt import Usage

IMAGE_MARK = "sha256:"
_LONGEST_EXCERPT = 160
FILTERED = frozenset(
    {
        "content_filter",
        "safety",
        "image_safety",
        "prohibited_content",
        "image_prohibited_content",
        "moderation_blocked",
        "recitation",
        "image_recitation",
        "blocklist",
        "spii",
    }
)
"""How a provider says that a filter ended an answer, in small letters."""

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

    answer: Answered[Payload] | Refused | Unparsed
    usage: Usage
    served_model: str | None
    truncated: bool = False


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


def words_for_a_picture(text: str) -> Unparsed:
    """The model talked and drew nothing. That is its answer: to ask the same again would be to ask for a better one."""
    said = " ".join(text.split())
    excerpt = said if len(said) <= _LONGEST_EXCERPT else f"{said[:_LONGEST_EXCERPT]}..."
    return Unparsed(text, f"answered with words, not a picture: {excerpt}")


def plain_text(value: Any) -> str | None:
    """A text that says something, None for anything else."""
    return value if isinstance(value, str) and value else None


def count(value: Any) -> int | None:
    """Whatever is not a count is unknown."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53 else None
