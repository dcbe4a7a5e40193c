"""What every reader yields: a row whose pictures are not read yet, or the reason why there is none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import msgspec
import numpy as np

Kind: TypeAlias = Literal["text_to_image", "editing", "multi_reference", "understanding", "thinking"]
Why: TypeAlias = Literal[
    "malformed_row",
    "line_too_long",
    "empty_instruction",
    "text_too_long",
    "null_bytes",
    "no_output",
    "no_pictures",
    "path_refused",
    "picture_missing",
    "picture_ambiguous",
    "picture_unreadable",
    "picture_changed",
    "too_many_references",
    "too_many_tokens",
    "too_large_for_pack",
]


class Bad(msgspec.Struct, frozen=True, kw_only=True):
    """A row that cannot be learned from. `reason` is for counting, `detail` is for people, `name` says where it lies."""

    name: str
    reason: Why
    detail: str
    dataset: str = ""


class Unusable(Exception):
    """Raised inside a reader where a row turns out bad; it becomes a `Bad` before it leaves this room."""

    def __init__(self, reason: Why, detail: str) -> None:
        super().__init__(detail)
        self.reason: Why = reason
        self.detail = detail


@dataclass(frozen=True)
class Picture:
    """A picture's bytes, read when asked for (`Unusable` where they cannot be), and where they lie."""

    where: str
    read: Callable[[], bytes]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One example as a data set states it. `inputs` are the references, in order; `output` is what is to be drawn."""

    name: str
    dataset: str
    instruction: str
    inputs: tuple[Picture, ...] = ()
    output: Picture | None = None
    answer: str = ""
    thought: str = ""

    @property
    def kind(self) -> Kind:
        if self.output is None:
            return "understanding"
        if self.thought:
            return "thinking"
        return ("text_to_image", "editing", "multi_reference")[min(len(self.inputs), 2)]


class Dataset(Protocol):
    """Rows by number. `chunks`: how many rows are cheap to read together, in order; their sum is the number of rows.

    `faults`: files that are damaged, known from the start; their rows are lost, the others are not.
    """

    @property
    def name(self) -> str: ...

    @property
    def chunks(self) -> Sequence[int]: ...

    @property
    def faults(self) -> Sequence[Bad]: ...

    def row(self, index: int, rng: np.random.Generator) -> Row | Bad:
        """Never raises for a row. `rng` draws where a row offers a choice, of several instructions for instance."""
        ...
