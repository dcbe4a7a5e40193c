"""Untrusted text as data: one fenced block that nothing inside it can close."""

import re
from typing import Any

import msgspec

from echoloop.calls.admission import admit_json

_OPEN = "```data\n"
_CLOSE = "\n```"
_BLOCK = re.compile(r"```data\n([^\n`]*)\n```")
# Backticks could close the fence; the rest are invisible: controls, bidi overrides and isolates, zero-width marks, line and
# paragraph separators, tag characters. They change what a reader sees, or where a line ends.
_DANGEROUS = re.compile(
    "[`\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


class NotFenced(ValueError):
    """A text holds no fenced data, or more than one block of it."""


def fenced(value: Any) -> str:
    """Write a value as one fenced line of JSON, for a model to read as data and never as instruction."""
    try:
        text = msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        text = msgspec.json.encode(admit_json(msgspec.to_builtins(value))).decode()
    return f"{_OPEN}{_DANGEROUS.sub(_escape, text)}{_CLOSE}"


def read_fenced(text: str) -> Any:
    """Read the data back out of a message that holds exactly one fenced block."""
    blocks = _BLOCK.findall(text)
    if len(blocks) != 1:
        raise NotFenced(f"expected one fenced data block, found {len(blocks)}")
    return msgspec.json.decode(blocks[0])


def _escape(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
