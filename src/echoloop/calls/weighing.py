"""What a status and a body mean for the call: heard, to be tried again, or final."""

from typing import Any

import msgspec

from echoloop.calls.admission import Unreadable, admit_body
from echoloop.calls.protocols import PROTOCOLS
from echoloop.calls.redaction import redact
from echoloop.calls.requests import ProtocolName
from echoloop.calls.responses import refusal_in
from echoloop.calls.transport import Arrival
from echoloop.calls.waiting import retry_after

_PASSING = frozenset({408, 409, 429})
_CROWDED = frozenset({429, 503, 529})
_EXHAUSTED = frozenset(
    {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "API_KEY_INVALID"}
)
_RESULTS = ("choices", "data", "results", "candidates", "image")
_MESSAGE = 500


class Heard(msgspec.Struct, frozen=True):
    """A body that says something: an answer, or a refusal."""

    text: str


class Passing(msgspec.Struct, frozen=True):
    """It may pass by itself."""

    reason: str
    wait: float | None = None
    crowded: bool = False
    maybe_paid: bool = False
    body: str = ""


class Final(msgspec.Struct, frozen=True):
    """It will not pass: the request, the key or the address is wrong."""

    reason: str
    status: int
    exhausted: bool = False
    body: str = ""


def weigh(arrival: Arrival, protocol: ProtocolName = "openai") -> Heard | Passing | Final:
    try:
        text = admit_body(arrival.body)
    except Unreadable as error:
        if _is_success(arrival.status):
            return Passing(str(error), maybe_paid=True, body=_excerpt(arrival.body))
        return _weigh_error(arrival.status, arrival, None, "")
    if not _is_success(arrival.status):
        return _weigh_error(arrival.status, arrival, _error_in(text), text)
    if '"error"' in text and (error := _error_alone(text)) is not None:
        return _weigh_error(_status_in(error), arrival, error, text)
    if (nothing := PROTOCOLS[protocol].emptiness(text)) is not None:
        return Passing(nothing, maybe_paid=True, body=_excerpt(arrival.body))
    return Heard(text)


def _is_success(status: int) -> bool:
    return 200 <= status < 300


def _weigh_error(status: int, arrival: Arrival, error: Any, text: str) -> Heard | Passing | Final:
    if (400 <= status < 500 or _is_success(arrival.status)) and refusal_in(error) is not None:
        return Heard(msgspec.json.encode({"error": error}).decode())
    reason = f"status {status}: {_message(error, arrival.body)}"
    body = _excerpt(arrival.body)
    if isinstance(error, dict) and _EXHAUSTED & _codes(error):
        return Final(reason, status, exhausted=True, body=body)
    if status in _PASSING or status >= 500:
        wait = retry_after(arrival.retry_after or _delay_in(error))
        return Passing(reason, wait=wait, crowded=status in _CROWDED, body=body)
    return Final(reason, status, body=body)


def _error_in(text: str) -> Any:
    body = msgspec.json.decode(text)
    return body.get("error", body) if isinstance(body, dict) else body


def _error_alone(text: str) -> dict[str, Any] | None:
    """Some gateways send an error with status 200: it counts as an error when no result stands beside it."""
    body = msgspec.json.decode(text)
    if not isinstance(body, dict) or any(body.get(name) for name in _RESULTS):
        return None
    error = body.get("error")
    return error if isinstance(error, dict) else None


def _codes(error: dict[str, Any]) -> set[str]:
    return {
        str(error.get("code")),
        str(error.get("type")),
        *(str(one.get("reason")) for one in _details(error)),
    }


def _delay_in(error: Any) -> str | None:
    """Gemini says how long to wait in the body, as "34s"."""
    delays = [one.get("retryDelay") for one in _details(error)] if isinstance(error, dict) else []
    return next((delay.removesuffix("s") for delay in delays if isinstance(delay, str)), None)


def _details(error: dict[str, Any]) -> list[dict[str, Any]]:
    details = error.get("details")
    return [one for one in details if isinstance(one, dict)] if isinstance(details, list) else []


def _status_in(error: dict[str, Any]) -> int:
    code = error.get("code")
    return code if isinstance(code, int) and 400 <= code < 600 else 500


def _message(error: Any, body: bytes) -> str:
    """The server's own words, short and without secrets."""
    said: Any = error
    if isinstance(error, dict):
        said = error.get("message") or error.get("detail") or error.get("type") or error
    text = said if isinstance(said, str) else (msgspec.json.encode(said).decode() if said else _excerpt(body))
    return redact(" ".join(text.split())[:_MESSAGE]) or "no message"


def _excerpt(body: bytes) -> str:
    return redact(body[: 4 * _MESSAGE].decode("utf-8", "replace"))
