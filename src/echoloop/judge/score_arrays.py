"""Verdict rows as the arrays that statistics works on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoloop.records import Output, Split, Verdict


@dataclass(frozen=True)
class ScoreArrays:
    """`scores` is judge x item x model, NaN where there is no score; `produced` is False only where every sample was
    declined or is no picture. An outage is neither: nobody loses by it."""

    judges: tuple[str, ...]
    items: tuple[str, ...]
    models: tuple[str, ...]
    scores: NDArray[np.float64]
    produced: NDArray[np.bool_]


def score_arrays(
    outputs: Sequence[Output],
    verdicts: Sequence[Verdict],
    split: Split,
    judges: Sequence[str],
    models: Sequence[str],
) -> ScoreArrays:
    """One split as arrays. Repeats of a judge, and several samples of a model, are averaged."""
    mine = [output for output in outputs if output.split == split]
    items = tuple(sorted({output.item for output in mine}))
    item_at = {name: number for number, name in enumerate(items)}
    model_at = {name: number for number, name in enumerate(models)}
    judge_at = {name: number for number, name in enumerate(judges)}
    total = np.zeros((len(judges), len(items), len(models)))
    count = np.zeros_like(total)
    for verdict in verdicts:
        if verdict.split == split and verdict.score is not None:
            place = judge_at[verdict.judge], item_at[verdict.item], model_at[verdict.model]
            total[place] += verdict.score
            count[place] += 1
    produced = np.ones((len(items), len(models)), dtype=np.bool_)
    states: dict[tuple[str, str], set[str]] = {}
    for output in mine:
        states.setdefault((output.item, output.model), set()).add(output.state)
    for (item, model), ends in states.items():
        produced[item_at[item], model_at[model]] = "answered" in ends or "failed" in ends
    scores = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return ScoreArrays(tuple(judges), items, tuple(models), scores, produced)
