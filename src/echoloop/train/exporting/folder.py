"""A folder that comes to be as a whole: written beside, then renamed."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from echoloop.records import Mistake
from echoloop.workspace import CouldNotWrite


@contextmanager
def whole_folder(target: Path) -> Generator[Path]:
    """A draft to write into; it takes the target's name only if nothing went wrong."""
    if target.exists():
        raise Mistake(
            "there is something at this path already", where=target, remedy="Name a new folder, or remove it."
        )
    draft = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        draft.mkdir(parents=True)
        yield draft
        draft.rename(target)
    except OSError as fault:
        raise CouldNotWrite(
            f"the export was not written: {fault.strerror or fault}",
            where=target,
            remedy="Free some space (or check permissions) and run the same command again.",
        ) from fault
    finally:
        shutil.rmtree(draft, ignore_errors=True)
