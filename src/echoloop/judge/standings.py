"""Verdicts -> standings: the vote and each judge alone, with intervals, rank ranges and coverage."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from echoloop.engine import Desk
from echoloop.judge.score_arrays import ScoreArrays, score_arrays
from echoloop.judge.settings import JudgeSettings
from echoloop.records import Drop, Keep, Output, Split, Standing, Verdict
from echoloop.records.arrow import from_table
from echoloop.statistics import bootstrap, rank_ranges, win_rates

VOTE = "vote"
"""The name under which the judges' common vote stands beside each judge alone."""


def make_standings(
    desk: Desk[JudgeSettings], outputs: pa.Table, verdicts: pa.Table
) -> Iterator[Keep[Standing] | Drop]:
    """One standing a split, a judge (and the vote) and a model."""
    settings = desk.settings
    made, heard = from_table(outputs, Output), from_table(verdicts, Verdict)
    judges = [judge.name for judge in settings.judges]
    models = [contestant.name for contestant in settings.contestants]
    splits: list[Split] = sorted({output.split for output in made})
    for split in splits:
        arrays = score_arrays(made, heard, split, judges, models)
        own = [output for output in made if output.split == split]
        grades = [verdict for verdict in heard if verdict.split == split]
        for standing in _standings(settings, split, VOTE, arrays, range(len(judges)), own, grades):
            yield Keep(standing)
        for number, judge in enumerate(judges):
            mine = [verdict for verdict in grades if verdict.judge == judge]
            for standing in _standings(settings, split, judge, arrays, [number], own, mine):
                yield Keep(standing)


def _standings(
    settings: JudgeSettings,
    split: Split,
    name: str,
    arrays: ScoreArrays,
    judges: Sequence[int],
    outputs: Sequence[Output],
    verdicts: Sequence[Verdict],
) -> Iterator[Standing]:
    scores = arrays.scores[list(judges)]
    rule = (settings.vote, settings.missing, arrays.produced)
    rates = win_rates(scores, *rule)
    interval = bootstrap(scores, *rule, resamples=settings.resamples, seed=settings.seed)
    ranges = rank_ranges(interval)
    developers = {contestant.name: contestant.developer for contestant in settings.contestants}
    for number, model in enumerate(arrays.models):
        own = [output for output in outputs if output.model == model]
        grades = [verdict for verdict in verdicts if verdict.model == model]
        places = ranges[number]
        yield Standing(
            split=split,
            model=model,
            developer=developers[model],
            judge=name,
            judges=tuple(arrays.judges[judge] for judge in judges),
            vote=settings.vote,
            missing=settings.missing,
            rate=_value(rates.rates[number]),
            low=_value(interval.low[number]),
            high=_value(interval.high[number]),
            rank_low=places[0] if places else None,
            rank_high=places[1] if places else None,
            items=len(arrays.items),
            outputs=sum(output.state == "answered" for output in own),
            refused=sum(output.state == "refused" for output in own),
            failed=sum(output.state in ("failed", "unparsed") for output in own),
            coverage=float(rates.coverage[number]),
            asked=len(grades),
            scored=sum(verdict.score is not None for verdict in grades),
            reason="" if np.isfinite(rates.rates[number]) else "never compared with another model",
        )


def _value(number: np.float64) -> float | None:
    return float(number) if np.isfinite(number) else None
