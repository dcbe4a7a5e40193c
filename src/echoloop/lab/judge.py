"""Standings against the painters' planted order, and intervals against what they promise."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from echoloop.lab.checks import Check
from echoloop.lab.painters import Painter, expected_broken
from echoloop.records import Output
from echoloop.statistics import bootstrap, separable_pairs, win_rates

SEPARABLE = 20
SIMULATED_RUNS = 1000
CHANCE_SEPARABLE = 5
"""Of 28 pairs of equal painters, so many 95 % intervals may exclude zero before it is more than chance."""


def order_checks(
    scores: NDArray[np.float64], models: Sequence[str], cast: Sequence[Painter], *, seed: int = 0
) -> list[Check]:
    """Every pair of painters told apart must be told apart the planted way round. `scores` is judge x item x model."""
    harm = {painter.name: round(expected_broken(painter.faults), 6) for painter in cast}
    verdicts = separable_pairs(bootstrap(scores, seed=seed))
    rates = win_rates(scores).rates
    apart = inverted = 0
    for first in range(len(models)):
        for second in range(first + 1, len(models)):
            planted = np.sign(harm[models[second]] - harm[models[first]])
            apart += int(verdicts[first, second] == planted != 0)
            inverted += int(verdicts[first, second] == -planted and planted != 0)
    order = sorted(models, key=lambda model: -rates[list(models).index(model)])
    pairs = len(models) * (len(models) - 1) // 2
    planted_order = " > ".join(sorted(models, key=lambda model: (harm[model], model)))
    return [
        Check(
            part="standings",
            name=f"pairs told apart, of {pairs}",
            value=apart,
            at_least=SEPARABLE,
            planted=planted_order,
            recovered=" > ".join(order),
        ),
        Check(part="standings", name="pairs told apart the wrong way round", value=inverted, at_most=0),
    ]


def sameness_checks(scores: NDArray[np.float64], *, seed: int = 0) -> list[Check]:
    """Equal painters must not be told apart more often than chance does it."""
    apart = int(np.abs(np.triu(separable_pairs(bootstrap(scores, seed=seed)))).sum())
    return [Check(part="standings", name="equal painters told apart", value=apart, at_most=CHANCE_SEPARABLE)]


def absence_checks(outputs: Sequence[Output], cast: Sequence[Painter]) -> list[Check]:
    """Refusals are counted as refusals, for the painter that refuses and for nobody else."""
    refused = {painter.name: [0, 0] for painter in cast}
    for output in outputs:
        refused[output.model][0] += output.state == "refused"
        refused[output.model][1] += 1
    checks: list[Check] = []
    for painter in cast:
        count, total = refused[painter.name]
        share = painter.faults.refusal_rate
        spread = 3 * (share * (1 - share) / total) ** 0.5 if total else 0.0
        checks.append(
            Check(
                part="coverage",
                name=f"refusals of {painter.name}, off by",
                value=abs(count / total - share) if total else None,
                at_most=round(spread, 3),
                planted=f"{share:.0%}",
                recovered=f"{count} of {total}",
            )
        )
    return checks


def twin_checks(
    scores: NDArray[np.float64], models: Sequence[str], cast: Sequence[Painter], *, seed: int = 0
) -> list[Check]:
    """The 95 % interval of two identical painters' difference must hold zero in 93 to 97 % of simulated runs."""
    twins = [
        (models.index(one.name), models.index(other.name))
        for one, other in combinations(cast, 2)
        if one.faults == other.faults
    ]
    return [
        Check(
            part="standings",
            name=f"95 % intervals of twins holding 0, {SIMULATED_RUNS} runs",
            value=twin_coverage(scores[:, :, [one, other]], runs=SIMULATED_RUNS, seed=seed),
            at_least=0.93,
            at_most=0.97,
            planted="95%",
            recovered=f"{models[one]} and {models[other]}",
        )
        for one, other in twins[:1]
    ]


def twin_coverage(scores: NDArray[np.float64], *, runs: int, resamples: int = 400, seed: int = 0) -> float:
    """How often the 95 % interval of two identical painters' difference holds zero, over simulated runs.

    `scores` is judge x item x 2, a pool of real grades. A run draws its items from it, and for each item by chance which
    of the two painters is which: between painters that are the same, that is what chance does.
    """
    chance = np.random.default_rng(seed)
    items = scores.shape[1]
    holds = 0
    for run in range(runs):
        own = scores[:, chance.integers(0, items, size=items)]
        swap = chance.random(items) < 0.5
        own = np.where(swap[None, :, None], own[:, :, ::-1], own)
        holds += int(separable_pairs(bootstrap(own, resamples=resamples, seed=seed + run))[0, 1] == 0)
    return holds / runs
