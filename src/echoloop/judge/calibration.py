"""Weights for judges from people's rankings, and what they are worth on items they were not fitted to."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from echoloop.engine import Desk
from echoloop.judge.contests import graded_arrays, splits_of
from echoloop.judge.hearing import need_own_verdicts
from echoloop.judge.known import known
from echoloop.judge.rank_arrays import consensus, rank_arrays
from echoloop.judge.rankings import latest_rankings
from echoloop.judge.rules import rules_of
from echoloop.judge.settings import JudgeSettings
from echoloop.records import Finding, Keep, Output, Ranking, Verdict
from echoloop.records.arrow import from_table
from echoloop.statistics import judge_weights

WEIGHT, WEIGHTED, PLAIN, GAIN = (
    "weight",
    "agreement with people, weighted vote",
    "agreement with people, plain vote",
    "gain of the weights",
)

_FORMULA = (
    "weights: log odds of agreeing with people on a pair, drawn together as far as chance explains their differences; "
    "agreement: share of people's decided pairs that the vote decides likewise, on items held out of the fit"
)
_SILENT = "it scored no pair that people decided: its weight is only the others' mean"


def calibrate_judges(
    desk: Desk[JudgeSettings], outputs: pa.Table, verdicts: pa.Table, rankings: pa.Table
) -> Iterator[Keep[Finding]]:
    """One set of weights over both splits: a judge is one judge."""
    settings = desk.settings
    ranked = latest_rankings(from_table(rankings, Ranking))
    scores: list[np.ndarray] = []
    places: list[np.ndarray] = []
    heard_all = from_table(verdicts, Verdict)
    need_own_verdicts(heard_all, [judge.name for judge in settings.judges])
    for heard in splits_of(from_table(outputs, Output), heard_all, []):
        arrays = graded_arrays(settings, heard, rules_of(settings)[0])
        people = rank_arrays(ranked, arrays.items, arrays.models)
        scores.append(arrays.scores[:, [arrays.items.index(item) for item in people.items]])
        places.append(consensus(people).places)
    models, judges = len(settings.contestants), len(settings.judges)
    found = judge_weights(
        np.concatenate(scores, axis=1) if scores else np.full((judges, 0, models), np.nan),
        np.concatenate(places) if places else np.full((0, models), np.nan),
        seed=settings.seed,
        vote=settings.vote,
        resamples=settings.resamples,
    )
    for judge, weight, agreed in zip(settings.judges, found.weights, found.agreement, strict=True):
        silent = "" if np.isfinite(agreed) else _SILENT
        yield Keep(_finding(WEIGHT, judge.name, float(weight), found.items, reason=silent))
    yield Keep(_finding(PLAIN, "", found.plain, found.items, reason=found.reason))
    yield Keep(_finding(WEIGHTED, "", found.weighted, found.items, reason=found.reason))
    yield Keep(_finding(GAIN, "", found.gain, found.items, found.low, found.high, reason=found.reason))


def _finding(
    measure: str,
    about: str,
    value: float,
    n: int,
    low: float = float("nan"),
    high: float = float("nan"),
    *,
    reason: str = "",
) -> Finding:
    return Finding(
        split="all",
        measure=measure,
        about=about,
        value=known(value),
        low=known(low),
        high=known(high),
        n=n,
        formula=_FORMULA,
        reason=reason,
    )
