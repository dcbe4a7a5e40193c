"""What is said when a rank is gone: which, where the last good checkpoint lies, and how to go on."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import torch
import torch.distributed as dist

from echoloop.records import Problem
from echoloop.train.checkpoints import RunFolder
from echoloop.train.running.distributed import Ranks

_MARKS = (
    "Connection closed by peer",
    "Connection reset",
    "Broken pipe",
    "Timed out",
    "timed out",
    "Read error",
)


class RankLost(Problem):
    """Another rank ended, or did not answer in time."""


class OutOfMemory(Problem):
    """The GPU could not give what a step asked for."""


@contextmanager
def told(folder: Path, ranks: Ranks) -> Generator[None]:
    """Turn what the libraries say of lost ranks and of full memory into what a person can act on."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise OutOfMemory(
            f"the memory of {ranks.device} is full",
            where=str(error).splitlines()[0],
            remedy=f"Set recompute, smaller packs, LoRA, or more ranks. {_last(folder)}",
        ) from error
    except RuntimeError as error:
        if ranks.count == 1 or not _lost(error):
            raise
        raise RankLost(
            f"rank {ranks.rank} of {ranks.count} ends: another rank is gone or did not answer",
            where=str(error).splitlines()[0][:200],
            remedy=f"That rank's own output says why. {_last(folder)}",
        ) from error


def _lost(error: RuntimeError) -> bool:
    return isinstance(error, dist.DistError) or any(mark in str(error) for mark in _MARKS)


def _last(folder: Path) -> str:
    good = RunFolder(folder, say=_nothing).newest_first()
    where = f"The last good checkpoint is {good[0].folder}" if good else "There is no checkpoint yet"
    return f"{where}; the same command goes on from there."


def _nothing(text: str) -> None:
    del text
