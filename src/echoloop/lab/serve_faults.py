"""What goes wrong on the wire, chosen by the seed, the body and how often the body was seen, and by nothing else."""

import time
from email.utils import formatdate
from hashlib import sha256
from typing import Any, Literal

import msgspec

from echoloop.lab.protocol_answers import Reply, error_reply
from echoloop.lab.serve_options import FAULTS, ServeOptions

Fault = Literal["429", "500", "stall", "broken_json", "refusal", "truncation", "reset"]
_NAMES: tuple[Fault, ...] = ("429", "500", "stall", "broken_json", "refusal", "truncation", "reset")


class Fate(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to one call."""

    fault: Fault | None
    delay: float


def fate_of(options: ServeOptions, body: bytes, attempt: int) -> Fate:
    """The same in every run with the same seed."""
    digest = sha256(f"{options.seed}/{attempt}/".encode() + sha256(body).digest()).digest()
    draw, wobble = (int.from_bytes(digest[at : at + 8], "big") / 2**64 for at in (0, 8))
    return Fate(fault=_fault(options, draw), delay=options.latency + options.latency_jitter * wobble)


def _fault(options: ServeOptions, draw: float) -> Fault | None:
    reached = 0.0
    for name, field in zip(_NAMES, FAULTS, strict=True):
        reached += getattr(options, field)
        if draw < reached:
            return name
    return None


def too_many_requests(options: ServeOptions) -> Reply:
    """A 429, with the wait said in seconds, as a date, or not at all."""
    status, headers, body = error_reply(
        429, "rate_limit_exceeded", "Rate limit reached; slow down.", kind="rate_limit_error"
    )
    match options.retry_after:
        case "seconds":
            headers["Retry-After"] = f"{options.retry_after_seconds:g}"
        case "date":
            headers["Retry-After"] = formatdate(time.time() + options.retry_after_seconds, usegmt=True)
        case "none":
            pass
    return status, headers, body


def refusal(path: str, reply: Reply) -> Reply:
    """The model declines: in a chat by its refusal field, for pictures by an error."""
    if path != "/chat/completions":
        return error_reply(400, "moderation_blocked", "Your request was rejected by the safety system.")
    return _with_choice(
        reply, {"role": "assistant", "content": None, "refusal": "I cannot help with that."}, "stop"
    )


def truncated(path: str, reply: Reply) -> Reply:
    """The length limit cuts a chat's text in half; pictures are not cut."""
    if path != "/chat/completions":
        return reply
    text: str = _body(reply)["choices"][0]["message"]["content"]
    return _with_choice(reply, {"role": "assistant", "content": text[: len(text) // 2]}, "length")


def broken(reply: Reply) -> Reply:
    """Half a body under a good status."""
    status, headers, body = reply
    return status, headers, body[: len(body) // 2]


def _with_choice(reply: Reply, message: dict[str, Any], finish: str) -> Reply:
    status, headers, _ = reply
    body = _body(reply) | {"choices": [{"index": 0, "message": message, "finish_reason": finish}]}
    return status, headers, msgspec.json.encode(body)


def _body(reply: Reply) -> dict[str, Any]:
    return msgspec.json.decode(reply[2], type=dict[str, Any])
