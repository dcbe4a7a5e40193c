"""Does what people complain about show in the numbers? For each model, over the metrics that answer a complaint."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from math import atanh, isfinite, sqrt, tanh

import numpy as np
import pyarrow as pa

from echoloop.diagnose.settings import DiagnoseSettings
from echoloop.engine import Desk
from echoloop.records import Complaint, Effect, Finding, Keep, worse_than
from echoloop.records.arrow import from_table
from echoloop.statistics import pearson

MEASURE = "complaints with measured effects (Spearman)"
FEWEST = 5
"""Of fewer metrics every order is likely by chance."""

_ALL_ORDERS, _SOME_ORDERS = 8, 20_000
_FORMULA = (
    "over metrics: the share of samples complained of in what the metric answers, with the share of the other models that this one "
    "is worse than in the metric's first field; interval by Fieller's approximation, rough for so few; p over all orders"
)


def compare_with_effects(
    desk: Desk[DiagnoseSettings], complaints: pa.Table, effects: pa.Table
) -> Iterator[Keep[Finding]]:
    """One correlation a model."""
    shares = {one.cluster: one.share for one in from_table(complaints, Complaint)}
    first = _first_fields(from_table(effects, Effect))
    models = sorted({effect.model for own in first.values() for effect in own})
    for model in models:
        points = [
            (_complained(own[0], shares), worse)
            for own in first.values()
            if own[0].answers and (worse := worse_than(own).get(model)) is not None
        ]
        yield Keep(finding_of(model, points))


def _first_fields(effects: Sequence[Effect]) -> dict[str, list[Effect]]:
    """Each metric's first field, as a mean over items, for every model."""
    found: defaultdict[str, list[Effect]] = defaultdict(list)
    for effect in effects:
        if effect.place == 0 and effect.statistic == "mean":
            found[effect.metric].append(effect)
    return dict(found)


def _complained(effect: Effect, shares: Mapping[str, float | None]) -> float:
    return sum(shares.get(cluster) or 0.0 for cluster in effect.answers)


def finding_of(model: str, points: Sequence[tuple[float, float]]) -> Finding:
    """Spearman's rho of share and place, or why there is none."""
    value, chance, reason = None, None, ""
    if len(points) < FEWEST:
        reason = (
            f"too few: {len(points)} metrics were measured on it and on another model, and it takes {FEWEST}"
        )
    else:
        ranks = np.apply_along_axis(_ranks, 0, np.array(points))
        found = pearson(ranks[:, 0], ranks[:, 1])
        value = found.statistic if isfinite(found.statistic) else None
        chance = _chance(ranks, found.statistic) if value is not None else None
        reason = "" if value is not None else "all metrics are alike: no order"
    low, high = _fieller(value, len(points)) if value is not None else (None, None)
    return Finding(
        split="all",
        measure=MEASURE,
        about=model,
        value=value,
        low=low,
        high=high,
        p=chance,
        n=len(points),
        formula=_FORMULA,
        reason=reason,
    )


def _ranks(values: np.ndarray) -> np.ndarray:
    """Places from 1, equals sharing the mean of theirs."""
    below = (values[:, None] > values[None, :]).sum(axis=1)
    same = (values[:, None] == values[None, :]).sum(axis=1)
    return below + (same + 1) / 2


def _chance(ranks: np.ndarray, rho: float) -> float:
    """The share of all orders of the places in which they agree (or disagree) as much; of some orders where there are too many."""
    shares, places = (column - column.mean() for column in ranks.T)
    count = len(shares)
    if count <= _ALL_ORDERS:
        orders = np.array(list(permutations(range(count))))
    else:
        orders = np.random.default_rng(0).permuted(np.tile(np.arange(count), (_SOME_ORDERS, 1)), axis=1)
    scale = np.sqrt((shares @ shares) * (places @ places))
    drawn = np.abs(shares[orders] @ places) / scale
    return float((drawn >= abs(rho) - 1e-9).mean())


def _fieller(rho: float, n: int) -> tuple[float, float]:
    """A perfect order of so few is taken for a little less, or its interval would have no width."""
    near = float(np.clip(rho, -1 + 1 / (n * n), 1 - 1 / (n * n)))
    half = 1.959963984540054 * sqrt(1.06 / (n - 3))
    return min(rho, tanh(atanh(near) - half)), max(rho, tanh(atanh(near) + half))
