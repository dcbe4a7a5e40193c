"""JSON from outside, made safe to store: what Python lets in, but UTF-8 cannot carry, is replaced at the door."""

import json
from typing import Any, NoReturn

import msgspec

from echoloop.records.text import admit_text

_DEEPEST = 200


class Unreadable(ValueError):
    """A body is not JSON, or not of the shape that the protocol promises."""


def admit_json(value: Any, depth: int = 0) -> Any:
    """Replace lone surrogates in every text of a JSON value."""
    if depth > _DEEPEST:
        raise Unreadable(f"JSON is nested deeper than {_DEEPEST}")
    if isinstance(value, str):
        return admit_text(value).text
    if isinstance(value, dict):
        return {admit_text(str(name)).text: admit_json(inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [admit_json(inner, depth + 1) for inner in value]
    return value


def admit_body(body: bytes) -> str:
    """The text of a JSON body: as it came when it is sound, rewritten when it holds what cannot be stored."""
    try:
        msgspec.json.decode(body)
        return body.decode("utf-8")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        loose = json.loads(body.decode("utf-8", "replace"), parse_constant=_refuse_constant)
        return msgspec.json.encode(admit_json(loose)).decode()
    except (ValueError, OverflowError, RecursionError) as error:
        raise Unreadable(f"the body is not JSON ({str(error)[:120]}): {body[:120]!r}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
