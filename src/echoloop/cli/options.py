"""The options that verbs share: where things are, and how to run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number


@Parameter(name="*")
@dataclass(frozen=True)
class Place:
    """Where things are."""

    config: Annotated[Path, Parameter(name=["--config", "-c"])] = Path("echoloop.toml")
    """The settings file."""

    workspace: Annotated[Path | None, Parameter(name=["--workspace", "-w"])] = None
    """The folder of tables, pictures and receipts; otherwise what the settings file names."""


@Parameter(name="*")
@dataclass(frozen=True)
class Running:
    """How to run."""

    offline: Annotated[bool, Parameter(negative=())] = False
    """Answer from receipts alone; say what is missing."""

    max_cost: Annotated[float | None, Parameter(validator=Number(gte=0))] = None
    """Stop cleanly before this many US dollars are spent in this run."""

    force: Annotated[bool, Parameter(negative=())] = False
    """Make the tables again even if they are fresh (receipts still answer)."""

    json: Annotated[bool, Parameter(negative=())] = False
    """Progress as JSON lines on standard error, for machines."""

    quiet: Annotated[bool, Parameter(negative=())] = False
    """No progress at all."""


Batch = Annotated[bool, Parameter(name="--batch", negative=())]
"""Ask through the providers' batch interfaces first, at half the price; a batch may take a day. Ctrl-C leaves it there."""

HERE = Place()
AS_USUAL = Running()
