"""Standings against the painters' planted order, and intervals against what they promise."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from echoloop.lab.annotators import JUDGES
from echoloop.lab.checks import Check
from echoloop.lab.painters import Painter, expected_broken
from echoloop.lab.twins import twin_coverage, twin_pool
from echoloop.records import Output, Standing, Verdict
from echoloop.statistics import bootstrap, separable_pairs, win_rates

SEPARABLE = 20
SIMULATED_RUNS = 2000
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


def absence_checks(
    outputs: Sequence[Output], verdicts: Sequence[Verdict], cast: Sequence[Painter]
) -> list[Check]:
    """Every planted absence is counted as what it is: refusals, deliveries that are no picture, answers without a mark."""
    checks: list[Check] = []
    for painter in cast:
        own = [output.state for output in outputs if output.model == painter.name]
        checks += _share_check(f"refusals of {painter.name}", painter.faults.refusal_rate, own, "refused")
        checks += _share_check(
            f"spoilt pictures of {painter.name}", painter.faults.spoilt_rate, own, "unparsed"
        )
        checks += _share_check(f"failures of {painter.name} that stayed", 0.0, own, "failed")
    for judge, traits in JUDGES.items():
        own = [verdict.state for verdict in verdicts if judge.endswith(verdict.judge)]
        checks += _share_check(f"grades {judge} did not give", traits.mumbles, own, "unparsed")
    return checks


def _share_check(name: str, planted: float, states: Sequence[str], state: str) -> list[Check]:
    """Within three and a half standard deviations of what was planted, exactly none where none was."""
    count, total = sum(one == state for one in states), len(states)
    if not planted and not count and total:
        return []
    spread = 3.5 * (planted * (1 - planted) / total) ** 0.5 if total else 0.0
    return [
        Check(
            part="coverage",
            name=f"{name}, off by",
            value=abs(count / total - planted) if total else None,
            at_most=round(spread, 3),
            planted=f"{planted:.0%}",
            recovered=f"{count} of {total}",
        )
    ]


def agreement_checks(
    standings: Sequence[Standing], scores: NDArray[np.float64], models: Sequence[str], split: str
) -> list[Check]:
    """The table a reader sees must say what the verdicts say, for the vote and for every model."""
    voted = {one.model: one.rate for one in standings if one.split == split and one.judge not in one.judges}
    rates = win_rates(scores).rates
    told = [voted.get(model) for model in models]
    apart = [abs(rate - rates[at]) for at, rate in enumerate(told) if rate is not None]
    return [
        Check(
            part="standings",
            name=f"{split}: rates off what the verdicts say by",
            value=float(max(apart)) if len(apart) == len(models) else None,
            at_most=1e-9,
        )
    ]


def twin_checks(
    scores: NDArray[np.float64],
    models: Sequence[str],
    cast: Sequence[Painter],
    *,
    seed: int = 0,
    simulate: bool = True,
) -> list[Check]:
    """Identical painters are not told apart, and over many simulated runs 95 % intervals hold zero 93 to 97 % of the time."""
    twins = next(
        (
            (one, other)
            for one, other in combinations(cast, 2)
            if one.faults == other.faults and one.faults.slip
        ),
        None,
    )
    if twins is None:
        return []
    pair = [models.index(painter.name) for painter in twins]
    apart = separable_pairs(bootstrap(scores[:, :, pair], seed=seed), share=0.999)[0, 1]
    together = Check(
        part="standings",
        name=f"{twins[0].name} and {twins[1].name} told apart at 99.9 %",
        value=abs(int(apart)),
        at_most=0,
        planted="twins",
    )
    return [together, _calibration(twins[0], seed)] if simulate else [together]


def _calibration(painter: Painter, seed: int) -> Check:
    pool = twin_pool(painter, items=150, seeds=6, seed=seed)
    return Check(
        part="standings",
        name=f"95 % intervals of twins holding 0, {SIMULATED_RUNS} runs",
        value=twin_coverage(pool, runs=SIMULATED_RUNS, seed=seed),
        at_least=0.93,
        at_most=0.97,
        planted="95%",
    )
