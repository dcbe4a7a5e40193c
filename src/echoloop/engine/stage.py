"""A stage is a plain function with a name; the stages of an act are a plain list, read top to bottom."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec
import pyarrow as pa

from echoloop.calls import Prompt
from echoloop.records import Drop, Keep

Outcome: TypeAlias = "Iterable[Keep[Any] | Drop | pa.Table] | pa.Table"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """`run(desk, *tables)` gets the tables named in `reads` and yields `Keep(row) | Drop(...)`, or whole blocks of kept rows.

    Tables named in `also`, each with its record, come after those in `reads`; one that is not there yet is read as empty.
    The table it writes has the stage's name unless `table` says otherwise; rows that leave go to `<table>.dropped`.
    What `settings`, `prompts` and `endpoints` say is part of what makes the table stale.
    """

    act: str
    name: str
    does: str
    reads: tuple[str, ...]
    also: tuple[tuple[str, type[msgspec.Struct]], ...] = ()
    writes: type[msgspec.Struct]
    run: Callable[..., Outcome]
    settings: msgspec.Struct | None = None
    prompts: tuple[Prompt, ...] = ()
    endpoints: tuple[str, ...] = ()
    table: str = ""

    @property
    def output(self) -> str:
        """The name of the table this stage writes."""
        return self.table or self.name
