"""What a program is asked for and what it says: one line of JSON each."""

from collections.abc import Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import msgspec

from echoloop.generate.folders import UnreadableFile, read_file
from echoloop.generate.serving import DrawCall
from echoloop.images import BadImage, content_hash, decode
from echoloop.workspace import place_file

_DRAWN, _INPUTS = "drawn", "inputs"


class Order(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a program's standard input. `images` are PNG files, `output` is where the picture is to be written."""

    id: str
    prompt: str
    images: tuple[str, ...]
    output: str
    mask: str | None = None
    seed: int | None = None
    parameters: dict[str, Any] = {}


class Word(msgspec.Struct, frozen=True):
    """One line of a program's standard output, where it has something to say: a picture that lies there needs no word."""

    id: str
    state: Literal["drawn", "refused", "failed"]
    reason: str = ""


@dataclass
class Waiting:
    """An order under way, and whoever waits for the end of it: `twins` want the very same picture.

    `size` is the file's when it was last looked at.
    """

    order: Order
    done: "Future[Picture | Word]" = field(default_factory=Future)
    twins: "list[Waiting]" = field(default_factory=list["Waiting"])
    size: int = -1

    @property
    def abandoned(self) -> bool:
        """Whether nobody waits any more."""
        return self.done.done() and all(twin.done.done() for twin in self.twins)

    def finish(self, outcome: "Picture | Word") -> None:
        """Tell whoever still waits."""
        for one in (self, *self.twins):
            with suppress(InvalidStateError):
                one.done.set_result(outcome)


class Picture(msgspec.Struct, frozen=True):
    """A file as a program left it."""

    data: bytes


class Bench:
    """The folder in which a program works: `drawn/` for its pictures, `inputs/` for copies of what it is shown."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def errors(self) -> Path:
        """What it wrote to standard error, the last time it ran."""
        return self.folder / "errors.txt"

    def order(self, command: Sequence[str], call: DrawCall) -> Order:
        """Lay out what a call needs. The same call to the same command is the same order, whenever it is made."""
        hashes = [content_hash(data) for data in call.images]
        mask = content_hash(call.mask) if call.mask is not None else None
        told = [list(command), call.prompt, hashes, mask, call.seed, call.parameters]
        name = sha256(msgspec.json.encode(told, order="sorted")).hexdigest()
        for sha, data in zip((*hashes, mask), (*call.images, call.mask), strict=True):
            if sha is not None and data is not None:
                self._lay(sha, data)
        self._file(name).parent.mkdir(parents=True, exist_ok=True)
        return Order(
            id=name,
            prompt=call.prompt,
            images=tuple(str(self._input(sha)) for sha in hashes),
            mask=str(self._input(mask)) if mask else None,
            output=str(self._file(name)),
            seed=call.seed,
            parameters=call.parameters,
        )

    def size(self, order: Order) -> int:
        """How large the picture's file is; -1 where there is none."""
        try:
            return self._file(order.id).stat().st_size
        except OSError:
            return -1

    def file(self, order: Order) -> bytes | None:
        """What lies there, as it is; None where nothing that could be read does."""
        try:
            return read_file(self.folder, (_DRAWN, f"{order.id}.png"))
        except UnreadableFile:
            return None

    def picture(self, order: Order) -> Picture | None:
        """A whole picture: what a program was killed over, or is still writing, does not decode."""
        data = self.file(order)
        try:
            decode(data or b"")
        except BadImage:
            return None
        return Picture(data or b"")

    def left_there(self, order: Order) -> Picture | None:
        """What a run that was killed has left: whole pictures are taken, halves of pictures are drawn again."""
        picture = self.picture(order)
        if picture is None:
            self.throw_away(order)
        return picture

    def throw_away(self, order: Order) -> None:
        """Half a picture is of no use to the next run."""
        self._file(order.id).unlink(missing_ok=True)

    def _lay(self, sha: str, data: bytes) -> None:
        if not self._input(sha).exists():
            place_file(self._input(sha), data, durable=False)

    def _input(self, sha: str) -> Path:
        return self.folder / _INPUTS / f"{sha}.png"

    def _file(self, name: str) -> Path:
        return self.folder / _DRAWN / f"{name}.png"
