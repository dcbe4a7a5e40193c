"""A published file -> tasks, and what is wrong with it. Read anew at each run; what comes of it decides what is fresh."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import msgspec

from echoloop.engine import Desk
from echoloop.records import Drop, Keep, SuiteTask
from echoloop.suites.intake import Fault, Intake
from echoloop.suites.settings import TaskSettings
from echoloop.suites.suite import Suite
from echoloop.workspace import ImageStore


@dataclass(frozen=True)
class Loaded:
    """The tasks of a file, in its order, and everything in it that could not be used or is not as published."""

    tasks: tuple[SuiteTask, ...]
    faults: tuple[Fault, ...]

    @property
    def content(self) -> str:
        """One hash over all of it."""
        return sha256(msgspec.json.encode([self.tasks, self.faults])).hexdigest()


def load_tasks(suite: Suite, path: Path, images: ImageStore | None = None) -> Loaded:
    """Read a file as its suite does; its pictures go into the store, where there is one. A second task of one id is a fault."""
    intake = Intake(images)
    tasks: dict[str, SuiteTask] = {}
    for task in suite.load(path, intake):
        first = tasks.setdefault(task.id, task)
        if first is not task:
            intake.wrong(task.line, f"the id was there in line {first.line} already", task.id)
    for task in tasks.values():
        for picture in task.input_images:
            if picture.sha256 is None:
                intake.wrong(task.line, f"a picture of it is not here: {picture.absence}", task.id)
    return Loaded(
        tuple(msgspec.structs.replace(task, suite=suite.name) for task in tasks.values()),
        tuple(intake.faults),
    )


def write_tasks(loaded: Loaded, desk: Desk[TaskSettings]) -> Iterator[Keep[SuiteTask] | Drop]:
    """The tasks as a table, without any that comes from a forgotten post; the faults beside them."""
    for task in loaded.tasks:
        if desk.forgotten.isdisjoint(task.source_posts):
            yield Keep(task)
        else:
            yield Drop(key=task.id, reason="its post was forgotten")
    for number, fault in enumerate(loaded.faults):
        where = f"line {fault.line}" if fault.line else "file"
        yield Drop(
            key=f"{number:05d} {where}",
            reason="cannot be used" if fault.line else "not as published",
            detail=told(fault),
        )


def told(fault: Fault) -> str:
    """A fault in words: line, name, what."""
    where = f"line {fault.line}" if fault.line else "the file"
    return f"{where}{f' ({fault.name})' if fault.name else ''}: {fault.what}"
