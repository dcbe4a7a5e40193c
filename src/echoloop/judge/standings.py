"""Contests -> standings: win rates with intervals, rank ranges, tiers, strengths, coverage, absences and prices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from echoloop.engine import Desk
from echoloop.judge.contests import VOTE, Contest, Heard, contests, interval_of, splits_of
from echoloop.judge.known import known
from echoloop.judge.rules import DEFAULT, PAIRS
from echoloop.judge.settings import JudgeSettings
from echoloop.judge.slices import slices_of
from echoloop.records import Comparison, Item, Keep, Output, Standing, Verdict
from echoloop.records.arrow import from_table
from echoloop.statistics import (
    bradley_terry,
    bradley_terry_interval,
    pair_matrix,
    rank_ranges,
    rates_of,
    tiers,
)


def make_standings(
    desk: Desk[JudgeSettings],
    outputs: pa.Table,
    items: pa.Table,
    verdicts: pa.Table,
    comparisons: pa.Table,
) -> Iterator[Keep[Standing]]:
    """One standing a rule, split, judge (and the vote) and model; for the vote by our own rules also a slice at a time."""
    settings = desk.settings
    benchmark = from_table(items, Item)
    rows = from_table(outputs, Output), from_table(verdicts, Verdict), from_table(comparisons, Comparison)
    for heard in splits_of(*rows):
        own = [item for item in benchmark if item.split == heard.split]
        parts = slices_of(own, settings.slices, settings.slice_items)
        for contest in contests(settings, heard):
            for standing in _standings(settings, contest, heard):
                yield Keep(standing)
            if contest.judge != VOTE or contest.rule not in (DEFAULT, PAIRS):
                continue
            for name, members in parts.items():
                for standing in _standings(settings, _part(contest, members), heard, name, members):
                    yield Keep(standing)


def _part(contest: Contest, members: frozenset[str]) -> Contest:
    inside = np.array([item in members for item in contest.items], dtype=bool)
    kept = tuple(item for item in contest.items if item in members)
    return replace(contest, items=kept, outcomes=contest.outcomes[inside])


@dataclass(frozen=True)
class _Numbers:
    """What statistics says of a contest, an array over models each."""

    rates: NDArray[np.float64]
    coverage: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    ranges: Sequence[tuple[int, int] | None]
    tiers: Sequence[int | None]
    strength: NDArray[np.float64]
    strength_low: NDArray[np.float64]
    strength_high: NDArray[np.float64]


def _numbers(settings: JudgeSettings, contest: Contest, *, with_strength: bool) -> _Numbers:
    rates = rates_of(contest.outcomes)
    interval = interval_of(settings, contest)
    nothing = np.full(len(contest.models), np.nan)
    strength = low = high = nothing
    if with_strength:
        fitted = bradley_terry_interval(contest.outcomes, resamples=settings.resamples, seed=settings.seed)
        strength = bradley_terry(pair_matrix(contest.outcomes).wins).strengths
        low, high = fitted.low, fitted.high
    return _Numbers(
        rates=rates.rates,
        coverage=rates.coverage,
        low=interval.low,
        high=interval.high,
        ranges=rank_ranges(interval),
        tiers=tiers(interval, rates),
        strength=strength,
        strength_low=low,
        strength_high=high,
    )


def _standings(
    settings: JudgeSettings,
    contest: Contest,
    heard: Heard,
    part: str = "",
    members: frozenset[str] | None = None,
) -> Iterator[Standing]:
    strong = contest.judge == VOTE and contest.rule in (DEFAULT, PAIRS) and not part
    numbers = _numbers(settings, contest, with_strength=strong)
    counts = _counts(contest, heard, members)
    developers = {contestant.name: contestant.developer for contestant in settings.contestants}
    for at, model in enumerate(contest.models):
        places = numbers.ranges[at]
        rate = known(numbers.rates[at])
        yield Standing(
            rule=contest.rule,
            split=contest.split,
            slice=part,
            model=model,
            developer=developers[model],
            judge=contest.judge,
            judges=contest.judges,
            vote=contest.vote,
            missing=contest.missing,
            rate=rate,
            low=known(numbers.low[at]),
            high=known(numbers.high[at]),
            rank_low=places[0] if places else None,
            rank_high=places[1] if places else None,
            tier=numbers.tiers[at],
            strength=known(numbers.strength[at]),
            strength_low=known(numbers.strength_low[at]),
            strength_high=known(numbers.strength_high[at]),
            items=len(contest.items),
            coverage=float(numbers.coverage[at]),
            reason="" if rate is not None else _why_never(counts[model]),
            **msgspec.structs.asdict(counts[model]),
        )


class _Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What a model delivered and what was asked about it; the names are those of `Standing`."""

    outputs: int
    refused: int
    failed: int
    unparsed: int
    asked: int
    scored: int
    price: float | None
    priced: int


def _why_never(counts: _Counts) -> str:
    """What a model without a single comparison lacks."""
    lacks = [
        f"{number:,} {state}"
        for state, number in (
            ("refused", counts.refused),
            ("unparsed", counts.unparsed),
            ("failed", counts.failed),
        )
        if number
    ]
    why = f": {', '.join(lacks)}" if lacks and not counts.outputs else ""
    return f"never compared with another model{why}"


def _counts(contest: Contest, heard: Heard, members: frozenset[str] | None) -> dict[str, _Counts]:
    own: dict[str, list[Output]] = {model: [] for model in contest.models}
    asked: dict[str, int] = dict.fromkeys(contest.models, 0)
    scored = dict(asked)
    for output in heard.outputs:
        if output.model in own and (members is None or output.item in members):
            own[output.model].append(output)
    for model, item, judge, given in _questions(contest, heard):
        mine = contest.judge in (VOTE, judge)
        if mine and model in asked and (members is None or item in members):
            asked[model] += 1
            scored[model] += given
    return {
        model: _Counts(
            outputs=sum(output.state == "answered" for output in outputs),
            refused=sum(output.state == "refused" for output in outputs),
            failed=sum(output.state == "failed" for output in outputs),
            unparsed=sum(output.state == "unparsed" for output in outputs),
            asked=asked[model],
            scored=scored[model],
            price=float(np.mean(prices)) if prices else None,
            priced=len(prices),
        )
        for model, outputs in own.items()
        for prices in [[output.cost for output in outputs if output.cost is not None]]
    }


def _questions(contest: Contest, heard: Heard) -> Iterator[tuple[str, str, str, bool]]:
    """Model, item, judge, and whether the judge gave an answer: grades, or for true pairs the choices, for both models."""
    if contest.rule == PAIRS:
        for one in heard.comparisons:
            yield one.first, one.item, one.judge, one.choice is not None
            yield one.second, one.item, one.judge, one.choice is not None
    else:
        for verdict in heard.verdicts:
            yield verdict.model, verdict.item, verdict.judge, verdict.score is not None
