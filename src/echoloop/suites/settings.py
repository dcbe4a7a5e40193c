"""What the stages of a suite have to know."""

import inspect
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Literal, TypeAlias

import msgspec

from echoloop.suites.suite import Suite

LayoutName: TypeAlias = Literal["auto", "line0", "line1"]
Grid: TypeAlias = Literal["", "2x2"]


class TaskSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which suite, and what exactly was loaded."""

    suite: str
    content: str


class ItemSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which suite's tasks become items."""

    suite: str


class FolderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Pictures made elsewhere. `content` is what `folder_content` says of the folder; `ending` what files should be called."""

    PLACES: ClassVar[tuple[str, ...]] = ("folder",)

    suite: str
    model: str
    folder: str
    content: str
    layout: LayoutName = "auto"
    grid: Grid = ""
    samples: int = 1
    ending: str = ""


class AnswerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks at whose pictures: an endpoint, or a detector "package.module:function". `code` is `code_of` the suite."""

    suite: str
    code: str
    model: str
    judge: str
    endpoint: str = ""
    detector: str = ""


class ScoreSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the tables that are read hold outputs; the rest hold answers."""

    suite: str
    code: str
    outputs: int


class ResultSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How intervals are drawn."""

    suite: str
    code: str
    resamples: int = 1000
    seed: int = 0


def code_of(suite: Suite) -> str:
    """A hash of the file that a suite is written in: anybody's own lies outside of what a stage's fingerprint covers."""
    file = inspect.getsourcefile(suite.load)
    return sha256(Path(file).read_bytes()).hexdigest()[:16] if file else ""
