"""Verdict and comparison rows as the arrays that statistics works on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoloop.records import Comparison, Output, Split, Verdict
from echoloop.statistics import settle_orders

_WORTH = {"first": 1.0, "second": 0.0, "tie": 0.5}


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
    *,
    score: Callable[[Verdict], float | None] = lambda verdict: verdict.score,
) -> ScoreArrays:
    """One split as arrays. A judge's repeats are averaged for each output, then the outputs of a model for an item."""
    mine = [output for output in outputs if output.split == split]
    places = _Places(judges, sorted({output.item for output in mine}), models)
    heard: dict[tuple[int, str], list[float]] = {}
    for verdict in verdicts:
        if verdict.split == split and (value := score(verdict)) is not None:
            heard.setdefault((places.judge[verdict.judge], verdict.output), []).append(value)
    total = np.zeros((len(judges), len(places.items), len(models)))
    count = np.zeros_like(total)
    for output in mine:
        if output.model not in places.model:
            continue
        for judge in range(len(judges)):
            if repeats := heard.get((judge, output.id)):
                place = judge, places.item[output.item], places.model[output.model]
                total[place] += sum(repeats) / len(repeats)
                count[place] += 1
    scores = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return ScoreArrays(tuple(judges), places.items, tuple(models), scores, produced(mine, places))


def choice_arrays(
    outputs: Sequence[Output],
    comparisons: Sequence[Comparison],
    split: Split,
    judges: Sequence[str],
    models: Sequence[str],
) -> tuple[ScoreArrays, NDArray[np.float64]]:
    """One split's comparisons: judge x item x model x model, the row model's result, both orders settled into one.

    Of repeats, and of several samples of a pair, each is settled; what most of them say is the judge's result.
    """
    mine = [output for output in outputs if output.split == split]
    places = _Places(judges, sorted({output.item for output in mine}), models)
    judged = np.full((len(judges), len(places.items), len(models), len(models)), np.nan)
    for (judge, item, one, other), settled in _settled(comparisons, split).items():
        at = places.judge[judge], places.item[item]
        first, second = places.model[one], places.model[other]
        result = (1.0 + np.sign(sum(settled) - 0.5 * len(settled))) / 2.0
        judged[(*at, first, second)], judged[(*at, second, first)] = result, 1.0 - result
    empty = np.full(judged.shape[:3], np.nan)
    return ScoreArrays(tuple(judges), places.items, tuple(models), empty, produced(mine, places)), judged


def _settled(comparisons: Sequence[Comparison], split: Split) -> dict[tuple[str, str, str, str], list[float]]:
    """For each judge, item and pair of models (by name): the result of the first for each pair of outputs and repeat."""
    shown: dict[tuple[str, str, int, str, str, str, str], dict[bool, float]] = {}
    for one in comparisons:
        if one.split != split or one.choice is None:
            continue
        forward = one.first < one.second
        pair = (one.first, one.second, one.first_output, one.second_output)
        first, second, left, right = (
            pair if forward else (one.second, one.first, one.second_output, one.first_output)
        )
        worth = _WORTH[one.choice]
        key = one.judge, one.item, one.repeat, first, second, left, right
        shown.setdefault(key, {})[forward] = worth if forward else 1.0 - worth
    keys = list(shown)
    forward = np.array([shown[key].get(True, np.nan) for key in keys])
    backward = np.array([shown[key].get(False, np.nan) for key in keys])
    found: dict[tuple[str, str, str, str], list[float]] = {}
    for key, result in zip(keys, settle_orders(forward, backward), strict=True):
        if np.isfinite(result):
            found.setdefault((key[0], key[1], key[3], key[4]), []).append(float(result))
    return found


class _Places:
    """Where each name stands in an array."""

    def __init__(self, judges: Sequence[str], items: Sequence[str], models: Sequence[str]) -> None:
        self.items = tuple(items)
        self.item = {name: number for number, name in enumerate(items)}
        self.model = {name: number for number, name in enumerate(models)}
        self.judge = {name: number for number, name in enumerate(judges)}


def produced(outputs: Sequence[Output], places: _Places) -> NDArray[np.bool_]:
    """Item x model: False only where every sample was declined, or is no picture."""
    there = np.ones((len(places.item), len(places.model)), dtype=np.bool_)
    states: dict[tuple[str, str], set[str]] = {}
    for output in outputs:
        if output.model in places.model:
            states.setdefault((output.item, output.model), set()).add(output.state)
    for (item, model), ends in states.items():
        there[places.item[item], places.model[model]] = "answered" in ends or "failed" in ends
    return there
