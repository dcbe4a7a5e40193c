"""A detector instead of a judge: opened by a reference that the user names, once a process, and shown each picture."""

from functools import cache
from importlib import import_module
from typing import Any

import msgspec

from echoloop.images import BadImage
from echoloop.records import Mistake, SuiteTask
from echoloop.suites.catalogue import open_suite
from echoloop.suites.grids import pixels_of
from echoloop.workspace import ImageStore


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of a task for a detector."""

    suite: str
    detector: str
    task: SuiteTask
    picture: str
    quarter: int | None


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What a suite made of what its detector saw, as JSON, or why there is nothing."""

    value: str | None = None
    reason: str = ""


def look_with_detector(sight: Sight, images: ImageStore) -> Seen:
    """Show one picture. ValueError of a detector is about this picture; anything else ends the run."""
    suite = open_suite(sight.suite)
    if suite.detect is None:
        return Seen(reason=f"{suite.name} asks judges, no detector")
    detector = open_detector(sight.detector)
    try:
        value = suite.detect(sight.task, pixels_of(images, sight.picture, sight.quarter), detector)
    except (BadImage, ValueError) as error:
        return Seen(reason=" ".join(str(error).split())[:200])
    return Seen(value=msgspec.json.encode(value).decode())


@cache
def open_detector(reference: str) -> Any:
    """What "package.module:function" returns: loading weights takes long, so once a process."""
    module, colon, name = reference.partition(":")
    try:
        if not (module and colon and name.isidentifier()):
            raise ImportError("a reference has the form package.module:function")
        factory: Any = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise Mistake(
            f"the detector {reference!r} cannot be opened: {error}",
            remedy='Name one as "package.module:function", such as echoloop.lab.detector:open_detector.',
        ) from error
    return factory()
