"""A program that draws, as an endpoint: it reads JSONL and writes pictures, and everything else is as with every model."""

import asyncio
import os
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import msgspec

from echoloop.generate.commands.crew import Crew
from echoloop.generate.commands.orders import Bench, Picture, Word
from echoloop.generate.commands.program import Program
from echoloop.generate.commands.shift import Way
from echoloop.generate.serving.calls import (
    BadCall,
    DrawCall,
    Reply,
    broken_reply,
    failure_reply,
    picture_reply,
    read_call,
    refusal_reply,
)


class Command:
    """Answers requests with what the program writes. A picture that lies there already is not asked for again."""

    def __init__(self, command: tuple[str, ...], crew: Crew, bench: Bench) -> None:
        self._command = command
        self._crew = crew
        self._bench = bench

    async def respond(self, path: str, content_type: str, body: bytes) -> Reply:
        """One answer. Cancelled, it takes the order back; when no order is left, the program is ended."""
        try:
            call = read_call(path, content_type, body)
        except BadCall as error:
            return failure_reply(str(error))
        if self._crew.broken:
            return broken_reply(self._crew.broken)
        outcome = await self._drawn(call)
        if isinstance(outcome, Picture):
            return picture_reply(outcome.data)
        if outcome.state == "refused":
            return refusal_reply(outcome.reason)
        return failure_reply(outcome.reason)

    async def _drawn(self, call: DrawCall) -> Picture | Word:
        order = await asyncio.to_thread(self._bench.order, self._command, call)
        there = await asyncio.to_thread(self._bench.left_there, order)
        return there or await asyncio.wrap_future(self._crew.ask(order))


def open_command(
    command: str,
    folder: str,
    where: str = ".",
    patience: str = "600",
    line_by_line: str = "",
    hide: str = "",
) -> Command:
    """The factory that endpoints name: see `command_endpoint` for what the options mean."""
    words = tuple(msgspec.json.decode(command, type=list[str]))
    bench = Bench(Path(folder))
    environment = environment_of(tuple(hide.split()))
    way = Way(patience=float(patience), line_by_line=line_by_line == "yes")
    crew = Crew(partial(Program, words, Path(where), environment, bench.errors), bench, way)
    if (
        shutil.which(words[0], path=environment.get("PATH")) is None
        and not (Path(where) / words[0]).is_file()
    ):
        crew.broken = f"there is no program {words[0]!r}"
    return Command(words, crew, bench)


def environment_of(hidden: tuple[str, ...], environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment without the keys of endpoints: a program that draws has no use for the keys of its judges."""
    return {name: value for name, value in environment.items() if name not in hidden}
