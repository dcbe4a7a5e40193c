"""People's rankings as arrays, and the consensus that Kemeny and Young would draw from them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoloop.records import Ranking
from echoloop.statistics import consensus_places, kemeny_many


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
    """`places` is item x model, NaN where nobody ranked a model; `unique` says for each item whether no other order is as good.

    Where another is, `places` are the means over all best orders: to take one of them would be an opinion that nobody had.
    """

    places: NDArray[np.float64]
    unique: NDArray[np.bool_]


def rank_arrays(rankings: Sequence[Ranking], items: Sequence[str], models: Sequence[str]) -> RankArrays:
    """The rankings of these items. An item on which nobody ranked one of these models has no row."""
    wanted, judged = set(items), set(models)
    mine = [ranking for ranking in rankings if ranking.item in wanted]
    ranked = tuple(sorted({one.item for one in mine if any(place.model in judged for place in one.ranks)}))
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
    unique = np.array([one.unique for one in found], dtype=np.bool_)
    places = np.array([one.ranks for one in found], dtype=np.float64).reshape(-1, len(arrays.models))
    if not unique.all():
        places[~unique] = consensus_places(arrays.ranks[~unique])
    return Consensus(places, unique)
