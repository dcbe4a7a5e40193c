"""Whether a judge still scores as it did: the same pictures, now and in an earlier round."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from echoloop.judge.known import known
from echoloop.judge.settings import JudgeSettings
from echoloop.records import Canary, Finding
from echoloop.statistics import drift

MEASURE = "points that its canaries moved"
_NOTICEABLE = 0.25
"""Points on a scale of ten: a smaller shift is no alarm, however sure."""
_CHANCE = 0.05
"""An interval of two pictures that moved alike has no width: only the test knows that they are two."""


def drift_findings(settings: JudgeSettings, rounds: Sequence[Sequence[Canary]]) -> Iterator[Finding]:
    """Each judge's newest round beside the one to compare with: the last of an earlier release, else the first of all."""
    if not rounds or not settings.graded:
        return
    newest, before = rounds[-1], _compared_with(rounds)
    for judge in settings.judges:
        now = {(one.item, one.picture): one for one in newest if one.judge == judge.name}
        then = {(one.item, one.picture): one for one in before if one.judge == judge.name}
        yield _finding(settings, judge.name, now, then, _obstacle(now, then, len(rounds)))


def _finding(
    settings: JudgeSettings,
    judge: str,
    now: dict[tuple[str, str], Canary],
    then: dict[tuple[str, str], Canary],
    obstacle: str,
) -> Finding:
    both = sorted(now.keys() & then.keys())
    old, new = _scores(then, both), _scores(now, both)
    moved = drift(old, new, resamples=settings.resamples, seed=settings.seed)
    low, high = known(moved.low), known(moved.high)
    sure = low is not None and high is not None and (low > 0 or high < 0) and moved.p < _CHANCE
    return Finding(
        split="all",
        measure=MEASURE,
        about=judge,
        value=None if obstacle else known(moved.difference),
        low=None if obstacle else low,
        high=None if obstacle else high,
        p=None if obstacle else known(moved.p),
        n=moved.n,
        formula=f"mean of now minus then over the same pictures; alarm where the interval leaves out 0, chance alone would do so in less than {_CHANCE:.0%} and it is at least {_NOTICEABLE}; fewer than six pictures never suffice",
        alarm=not obstacle and sure and abs(moved.difference) >= _NOTICEABLE,
        reason=obstacle or moved.reason,
    )


def _compared_with(rounds: Sequence[Sequence[Canary]]) -> Sequence[Canary]:
    release = _release(rounds[-1])
    earlier = [one for one in rounds[:-1] if _release(one) != release]
    return earlier[-1] if earlier else rounds[0]


def _release(canaries: Sequence[Canary]) -> str:
    return canaries[0].release if canaries else ""


def _obstacle(now: dict[tuple[str, str], Canary], then: dict[tuple[str, str], Canary], rounds: int) -> str:
    if rounds < 2:
        return "there is one round yet; the next run that judges new pictures takes another"
    if not now or not then:
        return "this judge was not asked in both rounds"
    if {one.served_by for one in now.values()} != {one.served_by for one in then.values()}:
        return "another model answers for this judge now: it is another judge, and that is no drift"
    if {one.rubric for one in now.values()} != {one.rubric for one in then.values()}:
        return "the rubric has changed since"
    return ""


def _scores(canaries: dict[tuple[str, str], Canary], keys: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
    scores = [canaries[key].score for key in keys]
    return np.array([np.nan if score is None else score for score in scores], dtype=np.float64)
