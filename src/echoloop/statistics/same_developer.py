"""Does a judge favour the models of its own developer?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoloop.statistics.checking import Floats, numbers, resampled
from echoloop.statistics.resampling import mean_interval


@dataclass(frozen=True)
class SameDeveloperBias:
    """One entry a judge. `bias`: points it gives its own developer's models beyond what the other judges give them.

    NaN where it cannot be measured; `reasons` then says why, and is empty where it can. `items` it was measured on.
    """

    bias: Floats
    low: Floats
    high: Floats
    items: NDArray[np.int64]
    reasons: tuple[str, ...]


def same_developer_bias(
    scores: ArrayLike,
    judge_developers: Sequence[str | None],
    model_developers: Sequence[str | None],
    resamples: int = 1000,
    seed: int = 0,
    *,
    share: float = 0.95,
) -> SameDeveloperBias:
    """The judge x developer interaction, in points, from judge x item x model.

    A judge is set against each judge of another developer, on the outputs both scored and without that other judge's own models:
    on each item, the mean difference of their scores over the judge's own developer's models, less that over all other models. So
    the picture's merit and both judges' harshness with the item cancel, and nobody's favourites are the measure of another's.
    Averaged over the other judges, then over items; the interval resamples items. An empty or missing developer is unknown:
    such a judge cannot be measured, and such a model counts for neither side.
    """
    resampled(resamples, share)
    given = numbers(scores, "scores", ("judge", "item", "model"))
    judges, _, models = given.shape
    if len(judge_developers) != judges or len(model_developers) != models:
        raise ValueError(
            f"{judges} judges and {models} models need as many developers, and there are "
            f"{len(judge_developers)} and {len(model_developers)}"
        )
    measured = [
        _measured(given, judge, list(judge_developers), list(model_developers), resamples, seed, share)
        for judge in range(judges)
    ]
    columns = [[one[place] for one in measured] for place in range(4)]
    bias, low, high = (np.array(column, dtype=np.float64) for column in columns[:3])
    return SameDeveloperBias(
        bias, low, high, np.array(columns[3], dtype=np.int64), tuple(one[4] for one in measured)
    )


def _measured(
    given: Floats,
    judge: int,
    judge_developers: list[str | None],
    model_developers: list[str | None],
    resamples: int,
    seed: int,
    share: float,
) -> tuple[float, float, float, int, str]:
    nan = float("nan")
    developer = judge_developers[judge]
    if not developer:
        return nan, nan, nan, 0, "the judge's developer is unknown"
    if developer not in model_developers:
        return nan, nan, nan, 0, "none of the models is its developer's"
    others = [number for number, name in enumerate(judge_developers) if name and name != developer]
    if not others:
        return nan, nan, nan, 0, "no judge of another developer to set it against"
    contrasts = np.stack(
        [
            _contrast(given[judge] - given[one], developer, judge_developers[one], model_developers)
            for one in others
        ]
    )
    there = np.isfinite(contrasts)
    count = there.sum(axis=0)
    per_item = np.divide(
        np.where(there, contrasts, 0.0).sum(axis=0), count, out=np.full(count.shape, np.nan), where=count > 0
    )
    items = int((count > 0).sum())
    if not items:
        return nan, nan, nan, 0, "no item has scores of its own and of other models by it and another judge"
    return *mean_interval(per_item, resamples=resamples, seed=seed, share=share), items, ""


def _contrast(apart: Floats, developer: str, other: str | None, model_developers: list[str | None]) -> Floats:
    """Per item: the mean difference over the judge's own models less that over the rest; NaN where one of them is missing."""
    own = np.array([name == developer for name in model_developers])
    rest = np.array([bool(name) and name not in (developer, other) for name in model_developers])
    return _row_mean(apart[:, own]) - _row_mean(apart[:, rest])


def _row_mean(values: Floats) -> Floats:
    there = np.isfinite(values)
    count = there.sum(axis=1)
    total = np.where(there, values, 0.0).sum(axis=1)
    return np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
