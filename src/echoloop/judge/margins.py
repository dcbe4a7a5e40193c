"""How well a benchmark separates the models it ranks, and whether it still can."""

from collections.abc import Iterator

import numpy as np

from echoloop.judge.contests import VOTE, Contest, Heard, graded_arrays, interval_of
from echoloop.judge.known import known
from echoloop.judge.rules import DEFAULT, PAIRS, rules_of
from echoloop.judge.settings import JudgeSettings
from echoloop.records import Finding
from echoloop.statistics import discrimination, rates_of, saturation


def _leads_itself(contest: Contest, baseline: int) -> Finding:
    return Finding(
        split=contest.split,
        measure=f"leader ahead of the baseline, {contest.rule}",
        about=contest.models[baseline],
        value=None,
        n=len(contest.items),
        reason="the baseline leads",
    )


def margin_findings(settings: JudgeSettings, contest: Contest, heard: Heard) -> Iterator[Finding]:
    """The leader against the next and against the baseline, and the ceiling, for the vote by our own rules."""
    if contest.judge != VOTE or contest.rule not in (DEFAULT, PAIRS):
        return
    interval = interval_of(settings, contest)
    rates = rates_of(contest.outcomes).rates
    ranked = [int(at) for at in np.argsort(-rates, kind="stable") if np.isfinite(rates[at])]
    others = [(ranked[1], "next")] if len(ranked) > 1 else []
    if ranked and settings.baseline in contest.models:
        others.append((contest.models.index(settings.baseline), "baseline"))
    for other, what in others:
        if other == ranked[0]:
            yield _leads_itself(contest, other)
            continue
        margin = discrimination(rates, interval, ranked[0], other)
        yield Finding(
            split=contest.split,
            measure=f"leader ahead of the {what}, {contest.rule}",
            about=f"{contest.models[ranked[0]]} | {contest.models[other]}",
            value=known(margin.margin),
            low=known(margin.low),
            high=known(margin.high),
            n=len(contest.items),
            formula=margin.formula,
            reason=margin.reason,
        )
    if contest.rule != DEFAULT:
        return
    scores = graded_arrays(settings, heard, rules_of(settings)[0]).scores
    ceiling = saturation(scores, interval, rates=rates)
    yield Finding(
        split=contest.split,
        measure="items tied at the top score",
        value=known(ceiling.tied),
        n=ceiling.items,
        formula="share of items on which the two best both have the top score from most judges; alarm where it is at least half and "
        "the intervals of the two overlap",
        alarm=ceiling.alarm,
        reason=ceiling.reason,
    )
