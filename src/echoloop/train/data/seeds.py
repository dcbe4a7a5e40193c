"""Random numbers that hang on the run's seed and the sample's place in the stream, and on nothing else."""

from typing import Literal, TypeAlias

import numpy as np

Seed: TypeAlias = tuple[int, int]
"""The run's seed, and the place in the stream of all ranks together."""
Purpose: TypeAlias = Literal["order", "choice", "reading", "dropout", "noise"]
_NUMBERS: dict[Purpose, int] = {"order": 1, "choice": 2, "reading": 3, "dropout": 4, "noise": 5}


def generator(seed: Seed, purpose: Purpose) -> np.random.Generator:
    """A stream of its own for every sample and purpose: more draws for one purpose shift no other."""
    return np.random.default_rng((_NUMBERS[purpose], seed[0], seed[1]))
