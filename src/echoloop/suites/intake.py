"""What a published file is read into: pictures are stored, and what is wrong is said with its line and name."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from echoloop.images import BadImage, Limits, content_hash, measure
from echoloop.records import ImageRef, Mistake, admit_text
from echoloop.workspace import ImageStore

_LIMITS = Limits()
_LONGEST_LINE = 16 * 1024 * 1024


class Fault(NamedTuple):
    """Something wrong in a file: where, of what name, and what. Line 0 is the file as a whole."""

    line: int
    name: str
    what: str


@dataclass
class Intake:
    """Where a loader puts pictures and says what is wrong. Without a store pictures are only looked at."""

    images: ImageStore | None = None
    faults: list[Fault] = field(default_factory=list[Fault])

    def wrong(self, line: int, what: str, name: str = "") -> None:
        """Say that something in this line cannot be used."""
        self.faults.append(Fault(line, name, what))

    def put(self, data: bytes, name: str = "") -> ImageRef:
        """Store a picture. One that cannot be read is a reference with its reason instead of a hash."""
        try:
            width, height, media_type = measure(data)
        except BadImage as error:
            return ImageRef(sha256=None, url=name, absence=f"not a picture: {error.reason}")
        sha256 = content_hash(data) if self.images is None else self.images.put(data, durable=False)
        return ImageRef(sha256=sha256, media_type=media_type, width=width, height=height)

    def put_file(self, path: Path, folder: Path) -> ImageRef:
        """Store the picture of a plain file inside a folder; a path that leads out of it is an absence."""
        shown = path.name
        try:
            real = path.resolve(strict=True)
            if not real.is_relative_to(folder.resolve()):
                return ImageRef(sha256=None, url=shown, absence="lies outside of the folder of its file")
            if not real.is_file():
                return ImageRef(sha256=None, url=shown, absence="not a plain file")
            if real.stat().st_size > _LIMITS.file_bytes:
                return ImageRef(sha256=None, url=shown, absence="too large")
            data = real.read_bytes()
        except (OSError, RuntimeError, ValueError) as error:
            words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            return ImageRef(sha256=None, url=shown, absence=f"cannot be read: {words}")
        return self.put(data, shown)


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a text file with their numbers from 1; a byte order mark is no part of the first.

    What is not UTF-8 is kept as the replacement character, so that a loader can say in which line it stands.
    """
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                data = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
                yield number, data[:_LONGEST_LINE].decode("utf-8", "replace").rstrip("\r\n")
    except OSError as error:
        raise Mistake(
            f"the file of tasks cannot be read: {error.strerror}",
            where=path,
            remedy="Name the published file with --items; `echoloop suite show NAME` says where it is published.",
        ) from error


def json_lines(path: Path, intake: Intake) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSONL file with their lines; empty lines are skipped, what is no object is said."""
    for number, line in text_lines(path):
        if not line.strip():
            continue
        if "\ufffd" in line:
            intake.wrong(number, "not UTF-8")
            continue
        try:
            value: Any = json.loads(line, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            intake.wrong(number, f"not JSON: {_words(error)}")
            continue
        if isinstance(value, dict):
            yield number, value
        else:
            intake.wrong(number, f"not an object but {type(value).__name__}")


class UniqueIds:
    """Says of each id whether it is the first of its kind, and says so in the intake where it is not."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._first: dict[str, int] = {}

    def is_new(self, line: int, name: str) -> bool:
        """Whether no line before had this id."""
        first = self._first.setdefault(name, line)
        if first != line:
            self._intake.wrong(line, f"the id was there in line {first} already", name)
        return first == line


def text_of(value: object) -> str:
    """A field as text, without what no table can hold; empty where it is no text."""
    return admit_text(value).text.strip() if isinstance(value, str) else ""


def expect_count(intake: Intake, found: int, published: int, what: str = "tasks") -> None:
    """Say where a file holds another number than was published. It is loaded all the same."""
    if found != published:
        intake.wrong(0, f"{found:,} {what} where {published:,} were published")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _words(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:120]
