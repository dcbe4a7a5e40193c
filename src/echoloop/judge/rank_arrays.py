"""People's rankings as arrays, and the consensus that Kemeny and Young would draw from them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoloop.records import Ranking
from echoloop.statistics import kemeny_many


@dataclass(frozen=True)
class RankArrays:
    """`ranks` is item x rater x model, 1 the best, NaN where a person gave no place. Unrankable items are counted, not held."""

    items: tuple[str, ...]
    raters: tuple[str, ...]
    models: tuple[str, ...]
    ranks: NDArray[np.float64]
    unrankable: int


@dataclass(frozen=True)
class Consensus:
    """`places` is item x model, NaN where nobody ranked a model; `unique` says for each item whether no other order is as good."""

    places: NDArray[np.float64]
    unique: NDArray[np.bool_]


def rank_arrays(rankings: Sequence[Ranking], items: Sequence[str], models: Sequence[str]) -> RankArrays:
    """The rankings of these items. An item that nobody ranked has no row."""
    wanted = set(items)
    mine = [ranking for ranking in rankings if ranking.item in wanted]
    ranked = tuple(sorted({ranking.item for ranking in mine if ranking.ranks}))
    raters = tuple(sorted({ranking.rater for ranking in mine}))
    item_at = {name: number for number, name in enumerate(ranked)}
    rater_at = {name: number for number, name in enumerate(raters)}
    model_at = {name: number for number, name in enumerate(models)}
    ranks = np.full((len(ranked), len(raters), len(models)), np.nan)
    for ranking in mine:
        for place in ranking.ranks:
            if place.model in model_at:
                ranks[item_at[ranking.item], rater_at[ranking.rater], model_at[place.model]] = place.rank
    return RankArrays(ranked, raters, tuple(models), ranks, sum(ranking.unrankable for ranking in mine))


def consensus(arrays: RankArrays) -> Consensus:
    """The order with the fewest disagreements for each item, among the models that somebody ranked there."""
    found = kemeny_many(arrays.ranks)
    places = [one.ranks for one in found]
    return Consensus(
        np.stack(places) if places else np.full((0, len(arrays.models)), np.nan),
        np.array([one.unique for one in found], dtype=np.bool_),
    )
