"""Does what people complain about show in the numbers? For each model, over the metrics that answer a complaint."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite, nan

import msgspec
import numpy as np
import pyarrow as pa

from echoloop.diagnose.settings import DiagnoseSettings
from echoloop.engine import Desk
from echoloop.records import Complaint, Effect, Finding, Keep, worse_than
from echoloop.records.arrow import from_table
from echoloop.statistics import spearman

MEASURE = "complaints with measured effects (Spearman)"
FEWEST = 5
"""Of fewer metrics every order is likely by chance."""

_FORMULA = (
    "over metrics: the shares of samples with each complaint that the metric answers, added up, with the share of the other models "
    "that this one is worse than in what is complained of (in the metric's first field where nobody complains); interval by "
    "Fieller's approximation, rough for so few; p over all orders"
)


class Answering(msgspec.Struct, frozen=True, kw_only=True):
    """A metric: how much is complained of what any of its fields bears out, and each model's place in just that."""

    complained: float
    worse: dict[str, float]


def compare_with_effects(
    desk: Desk[DiagnoseSettings], complaints: pa.Table, effects: pa.Table
) -> Iterator[Keep[Finding]]:
    """One correlation a model."""
    shares = {one.cluster: one.share or 0.0 for one in from_table(complaints, Complaint)}
    metrics = answering(from_table(effects, Effect), shares)
    for model in sorted({model for metric in metrics for model in metric.worse}):
        points = [(metric.complained, metric.worse[model]) for metric in metrics if model in metric.worse]
        yield Keep(finding_of(model, points))


def answering(effects: Sequence[Effect], shares: Mapping[str, float]) -> list[Answering]:
    """The metrics that answer a complaint, by means over items."""
    by_metric: defaultdict[str, defaultdict[int, list[Effect]]] = defaultdict(lambda: defaultdict(list))
    for effect in effects:
        if effect.statistic == "mean":
            by_metric[effect.metric][effect.place].append(effect)
    found: list[Answering] = []
    for fields in by_metric.values():
        ordered = [fields[place] for place in sorted(fields)]
        answered = {cluster: shares.get(cluster, 0.0) for own in ordered for cluster in own[0].answers}
        if answered:
            found.append(Answering(complained=sum(answered.values()), worse=_worse(ordered, answered)))
    return found


def _worse(fields: Sequence[Sequence[Effect]], answered: Mapping[str, float]) -> dict[str, float]:
    """Each complaint by the first field that bears it out, weighed by how many complain of it."""
    made = {cluster: share for cluster, share in answered.items() if share > 0}
    if not made:
        return worse_than(fields[0])
    parts = [
        (share, worse_than(next(own for own in fields if cluster in own[0].answers), cluster))
        for cluster, share in made.items()
    ]
    return {
        model: sum(share * worse[model] for share, worse in parts) / sum(made.values())
        for model in parts[0][1]
        if all(model in worse for _, worse in parts)
    }


def finding_of(model: str, points: Sequence[tuple[float, float]]) -> Finding:
    """Spearman's rho of share and place, or why there is none."""
    found = spearman(*np.array(points).T) if len(points) >= FEWEST else None
    value, low, high, chance = (
        (found.statistic, found.low, found.high, found.p) if found else (nan, nan, nan, nan)
    )
    return Finding(
        split="all",
        measure=MEASURE,
        about=model,
        value=_known(value),
        low=_known(low),
        high=_known(high),
        p=_known(chance),
        n=len(points),
        formula=_FORMULA,
        reason=_why_none(value, len(points)),
    )


def _known(number: float) -> float | None:
    return number if isfinite(number) else None


def _why_none(value: float, metrics: int) -> str:
    if metrics < FEWEST:
        return f"too few: {metrics} metrics were measured on it and on another model, and it takes {FEWEST}"
    return "" if isfinite(value) else "all metrics are alike: no order"
