"""Contests -> how each model fared against each other, and by how much their win rates differ."""

from collections.abc import Iterator

import pyarrow as pa

from echoloop.engine import Desk
from echoloop.judge.contests import Contest, contests, interval_of, splits_of
from echoloop.judge.known import known
from echoloop.judge.settings import JudgeSettings
from echoloop.records import Comparison, Keep, Output, PairStanding, Verdict
from echoloop.records.arrow import from_table
from echoloop.statistics import pair_matrix, paired_differences, rates_of


def make_pair_standings(
    desk: Desk[JudgeSettings], outputs: pa.Table, verdicts: pa.Table, comparisons: pa.Table
) -> Iterator[Keep[PairStanding]]:
    """One row a rule, split, judge (and the vote) and ordered pair of models."""
    rows = from_table(outputs, Output), from_table(verdicts, Verdict), from_table(comparisons, Comparison)
    for heard in splits_of(*rows):
        for contest in contests(desk.settings, heard):
            for one in _pairs(desk.settings, contest):
                yield Keep(one)


def _pairs(settings: JudgeSettings, contest: Contest) -> Iterator[PairStanding]:
    matrix = pair_matrix(contest.outcomes)
    interval = interval_of(settings, contest)
    apart = paired_differences(interval, rates_of(contest.outcomes))
    for at, model in enumerate(contest.models):
        for against, other in enumerate(contest.models):
            if at == against:
                continue
            rate = known(matrix.rate[at, against])
            yield PairStanding(
                rule=contest.rule,
                split=contest.split,
                judge=contest.judge,
                model=model,
                against=other,
                rate=rate,
                compared=int(matrix.compared[at, against]),
                ties=int(matrix.ties[at, against]),
                difference=known(apart.difference[at, against]),
                low=known(apart.low[at, against]),
                high=known(apart.high[at, against]),
                reason="" if rate is not None else "these two were never compared",
            )
