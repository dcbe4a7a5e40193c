"""Every way in which a split is decided: by each rule, by the vote and by each judge alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoloop.judge.comparisons import drawn_pairs
from echoloop.judge.rules import PAIRS, Rule, rules_of
from echoloop.judge.score_arrays import ScoreArrays, choice_arrays, score_arrays
from echoloop.judge.settings import JudgeSettings
from echoloop.records import Comparison, Output, Split, Verdict
from echoloop.statistics import Interval, Missing, bootstrap_of, pair_outcomes, vote_outcomes, with_losses

_FEWEST_ITEMS = 2
VOTE = "vote"
"""The name under which the judges' common vote stands beside each judge alone."""


@dataclass(frozen=True)
class Contest:
    """One split under one rule, by the vote or by one judge. `outcomes` is item x model x model: 1 the row model won,
    .5 a tie, NaN not compared. `judges` are those who gave any score at all and have a voice: a judge that never spoke is not named."""

    rule: str
    does: str
    split: Split
    judge: str
    judges: tuple[str, ...]
    vote: str
    missing: Missing
    items: tuple[str, ...]
    models: tuple[str, ...]
    outcomes: NDArray[np.float64]


@dataclass(frozen=True)
class Heard:
    """The rows of one split, and what they were asked for."""

    split: Split
    outputs: Sequence[Output]
    verdicts: Sequence[Verdict]
    comparisons: Sequence[Comparison]


def splits_of(
    outputs: Sequence[Output], verdicts: Sequence[Verdict], comparisons: Sequence[Comparison]
) -> Iterator[Heard]:
    """The rows a split at a time."""
    splits: list[Split] = sorted({output.split for output in outputs})
    for split in splits:
        yield Heard(
            split,
            [output for output in outputs if output.split == split],
            [verdict for verdict in verdicts if verdict.split == split],
            [comparison for comparison in comparisons if comparison.split == split],
        )


def contests(settings: JudgeSettings, heard: Heard) -> Iterator[Contest]:
    """Grades under every rule, then true pairs, as far as the settings ask for them."""
    if settings.graded:
        for rule in rules_of(settings):
            yield from _by_grades(settings, rule, heard)
    if settings.paired:
        yield from _by_pairs(settings, heard)


def interval_of(settings: JudgeSettings, contest: Contest) -> Interval:
    """Resampled win rates. One item resamples to itself: an interval without width would look certain, so there is none."""
    interval = bootstrap_of(contest.outcomes, resamples=settings.resamples, seed=settings.seed)
    if int(np.isfinite(contest.outcomes).any(axis=(1, 2)).sum()) >= _FEWEST_ITEMS:
        return interval
    nothing = np.full_like(interval.low, np.nan)
    reason = "fewer than two items were compared: there is nothing to resample"
    return Interval(nothing, nothing.copy(), np.full_like(interval.samples, np.nan), reason)


def graded_arrays(settings: JudgeSettings, heard: Heard, rule: Rule) -> ScoreArrays:
    """The scores of a split as a rule reads them."""
    names = [judge.name for judge in settings.judges]
    return score_arrays(
        heard.outputs, heard.verdicts, heard.split, names, model_names(settings), score=rule.score
    )


def model_names(settings: JudgeSettings) -> list[str]:
    """Who is judged, in the order of the settings."""
    return [contestant.name for contestant in settings.contestants]


def _by_grades(settings: JudgeSettings, rule: Rule, heard: Heard) -> Iterator[Contest]:
    arrays = graded_arrays(settings, heard, rule)
    speaking = _speaking(arrays.scores)
    voting = speaking[:1] if rule.judges == "first" else _voting(rule, speaking)
    groups = [(VOTE, voting), *((arrays.judges[judge], [judge]) for judge in range(len(arrays.judges)))]
    for name, group in groups if rule.judges == "all" else groups[:1]:
        outcomes = pair_outcomes(
            arrays.scores[group], rule.vote, rule.missing, arrays.produced, _weights(rule, group)
        )
        yield _contest(rule.name, rule.does, heard.split, name, arrays, group, rule, outcomes)


def _by_pairs(settings: JudgeSettings, heard: Heard) -> Iterator[Contest]:
    names = [judge.name for judge in settings.judges]
    arrays, judged = choice_arrays(
        heard.outputs, heard.comparisons, heard.split, names, model_names(settings)
    )
    speaking = _speaking(judged)
    rule = Rule(
        name=PAIRS,
        vote=settings.vote,
        missing=settings.missing,
        weights=settings.weights,
        does="two pictures at a time, in both orders; a judge that changes its mind with the order calls a tie",
    )
    groups = [(VOTE, _voting(rule, speaking)), *((names[judge], [judge]) for judge in range(len(names)))]
    for name, group in groups:
        outcomes = vote_outcomes(judged[group], rule.vote, _weights(rule, group))
        if rule.missing == "loss":
            outcomes = np.where(_drawn(settings, arrays), with_losses(outcomes, arrays.produced), np.nan)
        yield _contest(rule.name, rule.does, heard.split, name, arrays, group, rule, outcomes)


def _drawn(settings: JudgeSettings, arrays: ScoreArrays) -> NDArray[np.bool_]:
    """Item x model x model: the pairs that were to be compared. An absence loses in these alone, or it would weigh more than a defeat."""
    at = {model: place for place, model in enumerate(arrays.models)}
    drawn = np.zeros((len(arrays.items), len(at), len(at)), dtype=np.bool_)
    for number, item in enumerate(arrays.items):
        for one, other in drawn_pairs(settings, item):
            drawn[number, at[one], at[other]] = drawn[number, at[other], at[one]] = True
    return drawn


def _contest(
    name: str,
    does: str,
    split: Split,
    judge: str,
    arrays: ScoreArrays,
    group: Sequence[int],
    rule: Rule,
    outcomes: NDArray[np.float64],
) -> Contest:
    return Contest(
        rule=name,
        does=does,
        split=split,
        judge=judge,
        judges=tuple(arrays.judges[one] for one in group),
        vote=rule.vote if rule.weights is None or len(group) < 2 else f"{rule.vote}, weighted",
        missing=rule.missing,
        items=arrays.items,
        models=arrays.models,
        outcomes=outcomes,
    )


def _weights(rule: Rule, group: Sequence[int]) -> list[float] | None:
    """Of several judges; one alone has nobody to be weighed against, whatever its weight."""
    return None if rule.weights is None or len(group) < 2 else [rule.weights[judge] for judge in group]


def _voting(rule: Rule, speaking: Sequence[int]) -> list[int]:
    """A judge of weight zero has no voice, not even where it alone has spoken."""
    return [judge for judge in speaking if rule.weights is None or rule.weights[judge] > 0]


def _speaking(said: NDArray[np.float64]) -> list[int]:
    """The judges who said anything at all, from an array whose first axis is the judge."""
    return [judge for judge, own in enumerate(said) if np.isfinite(own).any()]
