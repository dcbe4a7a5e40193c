"""What an answer that is no success means. Platforms disagree on the status, so their own words are read too."""

import json
from typing import Any, Literal, TypeAlias, cast

import msgspec

Meaning: TypeAlias = Literal[
    "log in", "key", "quota", "wait", "again", "not there", "forbidden", "blocked", "malformed"
]

_WORDS = ("title", "error", "reason", "detail", "message", "error_description", "type")
_LONGEST_BODY = 100_000
_X_QUOTA = ("usage-capped", "usagecapexceeded", "usage cap", "/problems/credits", "creditsdepleted")
_X_KEY = ("client-not-enrolled", "client-forbidden", "unsupported-authentication", "oauth1-permissions")
_BLUESKY_LOGIN = ("ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired")
_BLUESKY_BLOCKS = ("BlockedActor", "BlockedByActor")


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no answer, and what the server said of it (not yet safe to show)."""

    meaning: Meaning
    said: str


def read_refusal(platform: str, status: int, body: bytes) -> Refusal:
    """The platform's own words first, then the status.

    That something is not there counts only in words that are the platform's own: a wrong address says so of everything, and posts
    must not be taken for deleted because of it.
    """
    fields = _fields(body)
    said = _said(status, fields, body)
    own: Meaning | None = None
    match platform:
        case "x":
            own = _of_x(status, said)
        case "reddit":
            own = _of_reddit(status, str(fields.get("reason", "")))
        case "bluesky":
            own = _of_bluesky(status, str(fields.get("error", "")))
        case _:
            pass
    meaning = own or _of_status(status)
    if meaning == "not there" and not fields:
        meaning = "malformed"
    return Refusal(meaning=meaning, said=said)


def _of_status(status: int) -> Meaning:
    match status:
        case 401:
            return "log in"
        case 402:
            return "quota"
        case 403 | 451:
            return "forbidden"
        case 404 | 410:
            return "not there"
        case 429:
            return "wait"
        case 408 | 425:
            return "again"
        case _:
            return "again" if status >= 500 else "malformed"


def _of_x(status: int, said: str) -> Meaning | None:
    words = said.lower()
    if status in (402, 403, 429) and any(phrase in words for phrase in _X_QUOTA):
        return "quota"
    if status in (401, 403) and any(phrase in words for phrase in _X_KEY):
        return "key"
    return None


def _of_reddit(status: int, reason: str) -> Meaning | None:
    """Without a reason it is not the thing asked for that is closed, but the door."""
    return "malformed" if status == 403 and not reason else None


def _of_bluesky(status: int, error: str) -> Meaning | None:
    """A status of 404 means that the address is no Bluesky; a post that is not there has its own word."""
    if status in (404, 410):
        return "malformed"
    if status not in (400, 401):
        return None
    if error in _BLUESKY_LOGIN:
        return "log in"
    if error == "NotFound":
        return "not there"
    return "blocked" if error in _BLUESKY_BLOCKS else None


def _fields(body: bytes) -> dict[str, Any]:
    try:
        value: Any = json.loads(body[:_LONGEST_BODY].decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        nested = fields.get("errors")
        if isinstance(nested, list) and nested and isinstance(nested[0], dict):
            return {**cast("dict[str, Any]", nested[0]), **fields}
        return fields
    return {}


def _said(status: int, fields: dict[str, Any], body: bytes) -> str:
    words = [str(fields[name]) for name in _WORDS if isinstance(fields.get(name), str | int)]
    if not words and body.strip():
        start = body.lstrip()[:1]
        words = ["a page, not JSON" if start == b"<" else body[:_LONGEST_BODY].decode("utf-8", "replace")]
    return ": ".join([f"HTTP {status}", *dict.fromkeys(word for word in words if word)])
