"""The entries of one large JSON object or list with the lines they stand in, so that what is wrong can be found there."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from echoloop.records import Mistake
from echoloop.suites.intake import Intake

_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"


class Entry(NamedTuple):
    """A value of the outermost object under its key, or of the outermost list without one."""

    line: int
    key: str
    value: Any


def json_entries(path: Path, intake: Intake) -> Iterator[Entry]:
    """The entries in order; two with one key are both shown. What comes after a fault in the JSON cannot be read, and that is said."""
    text = _text_of(path)
    reader = _Reader(text)
    opening = reader.next_sign()
    if opening not in ("{", "["):
        intake.wrong(1, "the file is no JSON object or list")
        return
    closing = "}" if opening == "{" else "]"
    try:
        reader.at += 1
        while reader.next_sign() != closing:
            line = reader.line()
            key = reader.key() if opening == "{" else ""
            yield Entry(line, key, reader.value())
            if reader.next_sign() == ",":
                reader.at += 1
            elif reader.next_sign() != closing:
                raise ValueError(f"expected , or {closing}")
    except (ValueError, RecursionError) as error:
        what = "nested too deeply" if isinstance(error, RecursionError) else str(error)[:120]
        intake.wrong(reader.line(), f"not JSON from here on: {what}")


class _Reader:
    """A place in a text, and the line it is in."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0
        self._counted = 0
        self._line = 1

    def next_sign(self) -> str:
        while self.at < len(self._text) and self._text[self.at] in _SPACE:
            self.at += 1
        return self._text[self.at : self.at + 1]

    def line(self) -> int:
        self._line += self._text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def key(self) -> str:
        if self.next_sign() != '"':
            raise ValueError("expected a key in double quotes")
        key = self.value()
        if self.next_sign() != ":":
            raise ValueError(f"expected : after {str(key)[:40]!r}")
        self.at += 1
        return str(key)

    def value(self) -> Any:
        self.next_sign()
        value, self.at = _DECODER.raw_decode(self._text, self.at)
        return value


def _text_of(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Mistake(
            f"the file of tasks cannot be read: {error.strerror}",
            where=path,
            remedy="Name the published file with --items; `echoloop suite show NAME` says where it is published.",
        ) from error
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
