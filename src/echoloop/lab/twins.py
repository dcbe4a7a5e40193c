"""Identical painters, again and again: do 95 % intervals keep their promise?"""

import re

import msgspec
import numpy as np
from numpy.typing import NDArray

from echoloop.images import encode_jpeg
from echoloop.lab.annotators import JUDGES, Annotators
from echoloop.lab.painters import Painted, Painter, paint
from echoloop.lab.scenes import describe, sample_scene
from echoloop.statistics import bootstrap, separable_pairs

_MARK = re.compile(r"\[\[(\d+)\]\]")


def twin_pool(painter: Painter, *, items: int, seeds: int, seed: int) -> NDArray[np.float64]:
    """Judge x item x seed: one painter with several seeds, really painting and really graded from the pixels."""
    chance = np.random.default_rng(seed)
    annotators = Annotators()
    scores = np.full((len(JUDGES), items, seeds), np.nan)
    for item in range(items):
        prompt = describe(sample_scene(chance), "en", chance)
        for number in range(seeds):
            twin = msgspec.structs.replace(painter, seed=int(chance.integers(2**31)))
            picture = paint(twin, prompt, ())
            if isinstance(picture, Painted):
                scores[:, item, number] = _graded(annotators, prompt, encode_jpeg(picture.pixels))
    return scores


def _graded(annotators: Annotators, prompt: str, picture: bytes) -> list[float]:
    marks: list[float] = []
    for judge in JUDGES:
        request = judge.encode() + prompt.encode() + picture
        mark = _MARK.search(annotators.answer(judge, None, {"prompt": prompt}, [picture], request))
        marks.append(float(mark.group(1)) if mark else np.nan)
    return marks


def twin_coverage(pool: NDArray[np.float64], *, runs: int, resamples: int = 400, seed: int = 0) -> float:
    """How often the 95 % interval of two identical painters' difference holds zero, over simulated runs.

    A run draws its items from the pool, and for each item two different seeds of the painter: its twins.
    """
    chance = np.random.default_rng(seed)
    items, seeds = pool.shape[1:]
    holds = 0
    for run in range(runs):
        drawn = chance.integers(0, items, size=items)
        first = chance.integers(0, seeds, size=items)
        second = (first + chance.integers(1, seeds, size=items)) % seeds
        own = np.stack([pool[:, drawn, first], pool[:, drawn, second]], axis=2)
        holds += int(separable_pairs(bootstrap(own, resamples=resamples, seed=seed + run))[0, 1] == 0)
    return holds / runs
