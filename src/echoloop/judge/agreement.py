"""How far people agree with each other, judges with people, and judges with judges."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from echoloop.engine import Desk
from echoloop.judge.contests import Heard, graded_arrays, splits_of
from echoloop.judge.hearing import need_own_verdicts
from echoloop.judge.known import known, with_interval
from echoloop.judge.rank_arrays import Consensus, RankArrays, consensus, rank_arrays
from echoloop.judge.rankings import latest_rankings
from echoloop.judge.rules import rules_of
from echoloop.judge.settings import JudgeSettings
from echoloop.records import Finding, Item, Keep, Output, Ranking, Verdict
from echoloop.records.arrow import from_table
from echoloop.statistics import (
    dunn,
    friedman,
    kemeny,
    kendall_w,
    mean_interval,
    mean_tau_b,
    pair_outcomes,
    pearson_interval,
    tau_b,
)

EVERYTHING = "all"
"""The name of both benchmark splits taken together."""
_VOTE = "vote"


@dataclass(frozen=True)
class _Ground:
    """People's ranks and judges' scores over the same items and models. `scores` is judge x item x model."""

    split: str
    people: RankArrays
    agreed: Consensus
    judges: tuple[str, ...]
    scores: NDArray[np.float64]
    voted: NDArray[np.float64]
    every_score: NDArray[np.float64]
    resamples: int
    seed: int


def measure_agreement(
    desk: Desk[JudgeSettings], outputs: pa.Table, items: pa.Table, verdicts: pa.Table, rankings: pa.Table
) -> Iterator[Keep[Finding]]:
    """For each split and for all of it: people among themselves, judges beside people, judges among themselves."""
    rows = from_table(outputs, Output), from_table(verdicts, Verdict)
    need_own_verdicts(rows[1], [judge.name for judge in desk.settings.judges])
    ranked = latest_rankings(from_table(rankings, Ranking))
    split_of = {item.id: item.split for item in from_table(items, Item)}
    grounds = [
        _ground(desk.settings, heard, [one for one in ranked if split_of.get(one.item) == heard.split])
        for heard in splits_of(*rows, [])
    ]
    if len(grounds) > 1:
        grounds.append(_together(grounds))
    for ground in grounds:
        for finding in _findings(ground):
            yield Keep(with_interval(finding))


def _ground(settings: JudgeSettings, heard: Heard, ranked: Sequence[Ranking]) -> _Ground:
    rule = rules_of(settings)[0]
    arrays = graded_arrays(settings, heard, rule)
    people = rank_arrays(ranked, arrays.items, arrays.models)
    rows = [arrays.items.index(item) for item in people.items]
    outcomes = pair_outcomes(arrays.scores[:, rows], rule.vote, "skip", arrays.produced[rows])
    return _Ground(
        split=heard.split,
        people=people,
        agreed=consensus(people),
        judges=arrays.judges,
        scores=arrays.scores[:, rows],
        voted=_mean(outcomes, 2),
        every_score=arrays.scores,
        resamples=settings.resamples,
        seed=settings.seed,
    )


def _together(grounds: Sequence[_Ground]) -> _Ground:
    raters = tuple(sorted({rater for ground in grounds for rater in ground.people.raters}))
    first = grounds[0]
    widened: list[NDArray[np.float64]] = []
    for ground in grounds:
        wide = np.full((len(ground.people.items), len(raters), len(first.people.models)), np.nan)
        wide[:, [raters.index(rater) for rater in ground.people.raters]] = ground.people.ranks
        widened.append(wide)
    return _Ground(
        split=EVERYTHING,
        people=RankArrays(
            items=tuple(item for ground in grounds for item in ground.people.items),
            raters=raters,
            models=first.people.models,
            ranks=np.concatenate(widened),
            unrankable=sum(ground.people.unrankable for ground in grounds),
        ),
        agreed=Consensus(
            np.concatenate([ground.agreed.places for ground in grounds]),
            np.concatenate([ground.agreed.unique for ground in grounds]),
        ),
        judges=first.judges,
        scores=np.concatenate([ground.scores for ground in grounds], axis=1),
        voted=np.concatenate([ground.voted for ground in grounds]),
        every_score=np.concatenate([ground.every_score for ground in grounds], axis=1),
        resamples=first.resamples,
        seed=first.seed,
    )


def _findings(ground: _Ground) -> Iterator[Finding]:
    yield from _people(ground)
    yield from _order(ground)
    yield from _models(ground)
    consensus_ranks = -ground.agreed.places
    named = [*zip(ground.judges, ground.scores, strict=True), (_VOTE, ground.voted)]
    for judge, scores in named:
        yield _mean_tau(ground, "judge with consensus", judge, scores, consensus_ranks)
        yield _pooled_tau(ground, judge, scores, consensus_ranks)
    raters = list(enumerate(ground.people.raters))
    for (at, one), (beside, other) in combinations(raters, 2):
        ranks = -ground.people.ranks
        yield _mean_tau(ground, "rater with rater", f"{one} | {other}", ranks[:, at], ranks[:, beside])
    for judge, scores in named:
        for at, rater in raters:
            ranks = -ground.people.ranks[:, at]
            yield _mean_tau(ground, "judge with rater", f"{judge} | {rater}", scores, ranks)
    for (at, one), (beside, other) in combinations(enumerate(ground.judges), 2):
        yield _pearson(ground, f"{one} | {other}", ground.every_score[at], ground.every_score[beside])


def _people(ground: _Ground) -> Iterator[Finding]:
    items = len(ground.people.items)
    values = np.array([_concordance(ranks) for ranks in ground.people.ranks], dtype=np.float64)
    mean, low, high = mean_interval(values, resamples=ground.resamples, seed=ground.seed)
    measured = int(np.isfinite(values).sum())
    yield Finding(
        split=ground.split,
        measure="raters agree (Kendall's W)",
        value=known(mean),
        low=known(low),
        high=known(high),
        n=measured,
        formula="mean over items of W, corrected for ties, among the models that somebody ranked; interval over items",
        reason="" if measured else "no item has two people who ranked the same models",
    )
    unique = float(ground.agreed.unique.mean()) if items else None
    yield Finding(
        split=ground.split,
        measure="consensus is unique",
        value=unique,
        n=items,
        formula="share of items with one best Kemeny order; where there are several, a model's place is its mean over all of them",
        reason="" if items else "nobody ranked anything",
    )
    asked = items + ground.people.unrankable
    yield Finding(
        split=ground.split,
        measure="cannot be ranked fairly",
        value=ground.people.unrankable / asked if asked else None,
        n=asked,
        formula="rankings that say so, of those and the items that were ranked",
        reason="" if asked else "nobody ranked anything",
    )


def _order(ground: _Ground) -> Iterator[Finding]:
    """Where people see each model: its mean place, and the one order that contradicts all their rankings least."""
    people = ground.people
    every = (
        people.ranks.reshape(-1, len(people.models)) if people.items else np.empty((0, len(people.models)))
    )
    best = kemeny(every)
    for at, model in enumerate(people.models):
        places = ground.agreed.places[:, at]
        mean, low, high = mean_interval(places, resamples=ground.resamples, seed=ground.seed)
        there = int(np.isfinite(places).sum())
        yield Finding(
            split=ground.split,
            measure="people's mean place",
            about=model,
            value=known(mean),
            low=known(low),
            high=known(high),
            n=there,
            formula="mean over items of its place in people's consensus; 1 is best; interval over items",
            reason="" if there else "nobody ranked it",
        )
        yield Finding(
            split=ground.split,
            measure="people's order over all items (Kemeny)",
            about=model,
            value=known(best.ranks[at]),
            n=there,
            formula="its place in the order with the fewest disagreements over all rankings of all items"
            + ("" if best.unique else "; another order is as good"),
            reason="" if there else "nobody ranked it",
        )


def _models(ground: _Ground) -> Iterator[Finding]:
    """Do people tell the models apart at all, and which from which?"""
    whole = ground.agreed.places[np.isfinite(ground.agreed.places).all(axis=1)]
    tested = friedman(whole)
    yield Finding(
        split=ground.split,
        measure="models differ (Friedman)",
        value=known(tested.statistic),
        p=known(tested.p),
        n=len(whole),
        formula="chi-square over the consensus ranks of items on which every model was ranked",
        reason=tested.reason,
    )
    models = ground.people.models
    pairs = dunn(whole, paired=True)
    for one, other in combinations(range(len(models)), 2):
        about = f"{models[one]} | {models[other]}"
        for measure, value, p in (
            ("Dunn z", pairs.z[one, other], pairs.p[one, other]),
            ("Dunn p (Bonferroni)", pairs.bonferroni[one, other], pairs.bonferroni[one, other]),
            ("Dunn p (Holm)", pairs.holm[one, other], pairs.holm[one, other]),
        ):
            yield Finding(
                split=ground.split,
                measure=measure,
                about=about,
                value=known(value),
                p=known(p),
                n=len(whole),
                formula="paired (after Friedman), two-sided",
                reason=pairs.reason,
            )


def _mean_tau(
    ground: _Ground, measure: str, about: str, one: NDArray[np.float64], other: NDArray[np.float64]
) -> Finding:
    found = mean_tau_b(one, other, resamples=ground.resamples, seed=ground.seed)
    return Finding(
        split=ground.split,
        measure=f"tau_b, {measure}",
        about=about,
        value=known(found.statistic),
        low=known(found.low),
        high=known(found.high),
        n=found.n,
        formula="mean over items of tau_b with ties; an item on which one of the two is constant is undefined and left out",
        reason=found.reason,
    )


def _pooled_tau(
    ground: _Ground, judge: str, scores: NDArray[np.float64], places: NDArray[np.float64]
) -> Finding:
    pooled = tau_b(scores.ravel(), places.ravel())
    return Finding(
        split=ground.split,
        measure="tau_b, judge with consensus, pooled",
        about=judge,
        value=known(pooled.statistic),
        p=known(pooled.p),
        n=int((np.isfinite(scores) & np.isfinite(places)).sum()),
        formula="one tau_b over all scored outputs of ranked items; its p takes them for independent, which they are not",
        reason=pooled.reason,
    )


def _pearson(ground: _Ground, about: str, one: NDArray[np.float64], other: NDArray[np.float64]) -> Finding:
    found = pearson_interval(one, other, resamples=ground.resamples, seed=ground.seed)
    return Finding(
        split=ground.split,
        measure="Pearson, judge with judge",
        about=about,
        value=known(found.statistic),
        low=known(found.low),
        high=known(found.high),
        p=known(found.p),
        n=found.n,
        formula="over all outputs that both scored; interval over items",
        reason=found.reason,
    )


def _concordance(ranks: NDArray[np.float64]) -> float:
    """W of an item: a model that nobody ranked there is no reason to leave everybody out."""
    return kendall_w(ranks[:, np.isfinite(ranks).any(axis=0)]).statistic


def _mean(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    there = np.isfinite(values)
    total = np.where(there, values, 0.0).sum(axis=axis)
    count = there.sum(axis=axis)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
