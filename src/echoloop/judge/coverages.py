"""Who of the judges was heard, and how often a pair was decided by all of them."""

from collections.abc import Iterator, Sequence

import numpy as np

from echoloop.judge.contests import Heard, graded_arrays
from echoloop.judge.known import known
from echoloop.judge.rules import rules_of
from echoloop.judge.settings import JudgeSettings
from echoloop.records import AnswerState, Comparison, Finding, Verdict
from echoloop.statistics import effective_judges

_WORRYING = 0.95
_WORDS: dict[AnswerState, str] = {
    "refused": "refused",
    "unparsed": "not found in the answer",
    "failed": "lost to outages",
}


def coverage_findings(settings: JudgeSettings, heard: Heard) -> Iterator[Finding]:
    """Each judge's share of answers; then, for grades, what the vote is made of."""
    kinds: list[tuple[str, Sequence[Verdict] | Sequence[Comparison]]] = []
    if settings.graded:
        kinds.append(("grades given", heard.verdicts))
    if settings.paired:
        kinds.append(("choices given", heard.comparisons))
    for measure, rows in kinds:
        for judge in settings.judges:
            own = [_given(row) for row in rows if row.judge == judge.name]
            share = sum(own) / len(own) if own else None
            yield Finding(
                split=heard.split,
                measure=measure,
                about=judge.name,
                value=share,
                n=len(own),
                formula="of those that were asked for",
                alarm=share is not None and share < _WORRYING,
                reason="" if own else "this judge was asked nothing",
            )
            yield from _absences(
                heard, measure, judge.name, [row.state for row in rows if row.judge == judge.name]
            )
    if settings.graded:
        yield from _vote(settings, heard)


def _absences(heard: Heard, measure: str, judge: str, states: Sequence[AnswerState]) -> Iterator[Finding]:
    """Where a judge gave less than all: its refusals, its answers without a grade, and its outages apart."""
    for state, words in _WORDS.items():
        if count := sum(one == state for one in states):
            yield Finding(
                split=heard.split,
                measure=f"{measure.partition(' ')[0]} {words}",
                about=judge,
                value=count / len(states),
                n=len(states),
                formula="of those that were asked for",
            )


def _vote(settings: JudgeSettings, heard: Heard) -> Iterator[Finding]:
    scores = graded_arrays(settings, heard, rules_of(settings)[0]).scores
    there = np.isfinite(scores)
    some, whole = there.any(axis=0), there.all(axis=0)
    scored = int(some.sum())
    share = float(whole.sum() / scored) if scored else None
    yield Finding(
        split=heard.split,
        measure="outputs scored by every judge",
        value=share,
        n=scored,
        formula="of the outputs that any judge scored; the vote on the others is made by fewer judges",
        alarm=share is not None and share < _WORRYING,
        reason="" if scored else "no output has a score",
    )
    counted = effective_judges(scores)
    yield Finding(
        split=heard.split,
        measure="effective number of judges",
        value=known(counted.statistic),
        low=known(counted.low),
        high=known(counted.high),
        n=counted.items,
        formula="J / (1 + (J - 1) r), r the mean correlation of the judges' residuals without item and model effects: at least so many",
        reason=counted.reason,
    )


def _given(row: Verdict | Comparison) -> bool:
    return (row.score if isinstance(row, Verdict) else row.choice) is not None
