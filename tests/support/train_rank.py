"""One rank of a micro run, started by torchrun or by hand: FOLDER STEPS [slow|bf16|recompute ...]."""

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import torch
from train_runs import MICRO, SETTINGS, Packs

from echoloop.records import Problem
from echoloop.train.bagel import open_autoencoder
from echoloop.train.data import Unencoded
from echoloop.train.running import Saving, Start, train


class Dying(Packs):
    """Dies at its fifth pack where it is the last rank, as a machine does."""

    def __call__(self, rank: int, ranks: int, positions: Sequence[str]) -> Iterator[tuple[Unencoded, str]]:
        for number, pack in enumerate(super().__call__(rank, ranks, positions), start=1):
            if number == 5 and rank == ranks - 1:
                os.kill(os.getpid(), signal.SIGKILL)
            yield pack


class Slow(Packs):
    """Takes its time, so that a signal finds it in the middle."""

    def __call__(self, rank: int, ranks: int, positions: Sequence[str]) -> Iterator[tuple[Unencoded, str]]:
        for pack in super().__call__(rank, ranks, positions):
            time.sleep(0.05)
            yield pack


def main() -> int:
    """Train; a Problem is told in a line, as the command line does it."""
    folder, steps, *words = sys.argv[1:]
    torch.set_num_threads(1)
    settings = msgspec.structs.replace(
        SETTINGS,
        steps=int(steps),
        precision="bf16" if "bf16" in words else "fp32",
        recompute="recompute" in words,
        saving=Saving(every=3, keep=2),
    )
    kinds = ("ti", "l", "rti", "l") if "apart" in words else ("rti", "l", "ti", "l")
    feed = (Dying if "dying" in words else Slow if "slow" in words else Packs)(kinds)
    try:
        train(Start(MICRO), settings, open_autoencoder(MICRO.vae), feed, Path(folder))
    except Problem as problem:
        print(problem, file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
