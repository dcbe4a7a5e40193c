"""Scores -> the table: each measure with an interval over tasks and its coverage."""

import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from echoloop.engine import Desk
from echoloop.records import Keep, SuitePreset, SuiteRow, SuiteScore, SuiteTask
from echoloop.records.arrow import from_table
from echoloop.statistics.resampling import percentile_interval, quotient, resampling_weights
from echoloop.suites.catalogue import open_suite
from echoloop.suites.scoring import PRESETS
from echoloop.suites.settings import ResultSettings
from echoloop.suites.suite import Measure, MeasureGroup, Suite

_MOST_REASONS = 5
SAME = 1e-9

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A measure of one model: its value, the value in each resample, and how many tasks it rests on."""

    value: float | None
    samples: Floats
    scored: int
    tasks: int
    absences: tuple[str, ...]
    reason: str = ""

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """The central 95 % of the resamples; None where there is no value."""
        if self.value is None:
            return None, None
        low, high = percentile_interval(self.samples[:, None])
        return (
            (float(low[0]), float(high[0])) if np.isfinite(low[0]) and np.isfinite(high[0]) else (None, None)
        )


class Estimator:
    """Measures over the same resampled tasks, whichever model they are of: two models can be set against each other."""

    def __init__(self, resamples: int, seed: int) -> None:
        self._resamples = resamples
        self._seed = seed
        self._drawn: dict[tuple[str, ...], Floats] = {}

    def estimate(self, measure: Measure, scores: Mapping[str, SuiteScore]) -> Estimate:
        """`scores` are one model's, by task, of the part that the measure is about."""
        wanted = [task for group in measure.groups for task in group.tasks]
        there = [task for task in wanted if value_of(scores, task) is not None]
        reasons = Counter(
            scores[task].reason if task in scores else "no score" for task in set(wanted) - set(there)
        )
        parts = [(group, self._group(group, scores)) for group in measure.groups if group.tasks]
        empty = [group.name for group, (_, _, count) in parts if not count]
        counted = [(group.weight, mean, draws) for group, (mean, draws, count) in parts if count]
        reason = "" if counted else "no task has a score"
        if counted and empty and not measure.skips_empty:
            reason = f"no task of {', '.join(name or 'one group' for name in empty)} has a score"
        total = sum(weight for weight, _, _ in counted)
        if reason or not total:
            value, samples = None, np.full(self._resamples, np.nan)
            reason = reason or "its groups have no weight"
        else:
            value = sum(weight * mean for weight, mean, _ in counted) / total
            samples = sum((weight * draws for weight, _, draws in counted), np.zeros(self._resamples)) / total
        return Estimate(value, samples, len(there), len(wanted), _told(reasons), reason)

    def _group(self, group: MeasureGroup, scores: Mapping[str, SuiteScore]) -> tuple[float, Floats, int]:
        """A group's mean, its mean in each resample, and how many of its tasks have a score."""
        found = [value_of(scores, task) for task in group.tasks]
        count = sum(value is not None for value in found)
        counted = [
            0.0 if value is None else float(scores[task].pictures) if group.by_pictures else 1.0
            for task, value in zip(group.tasks, found, strict=True)
        ]
        mask = np.array(counted, dtype=np.float64)
        values = mask * np.array([0.0 if value is None else value for value in found], dtype=np.float64)
        mean = float(values.sum() / mask.sum()) if mask.sum() else np.nan
        weights = self._weights(group.tasks)
        samples = quotient(weights @ values, weights @ mask)
        return (mean if group.places is None else round(mean, group.places)), samples, count

    def _weights(self, tasks: tuple[str, ...]) -> Floats:
        """How often each task of a group is drawn in each resample; every group draws on its own."""
        if tasks not in self._drawn:
            own = zlib.crc32("\0".join(tasks).encode())
            seed = int(np.random.SeedSequence([self._seed & 0xFFFFFFFF, own]).generate_state(1)[0])
            self._drawn[tasks] = resampling_weights(len(tasks), self._resamples, seed)
        return self._drawn[tasks]


def make_table(desk: Desk[ResultSettings], tasks: pa.Table, scores: pa.Table) -> Iterator[Keep[SuiteRow]]:
    """Every measure of every model by every judge under both presets."""
    settings = desk.settings
    rows = measure_all(
        open_suite(settings.suite),
        from_table(tasks, SuiteTask),
        from_table(scores, SuiteScore),
        Estimator(settings.resamples, settings.seed),
    )
    yield from map(Keep, rows)


def measure_all(
    suite: Suite, tasks: Sequence[SuiteTask], scores: Sequence[SuiteScore], estimator: Estimator
) -> list[SuiteRow]:
    """The rows of the table. A number of the public script's rule that is another than ours says why."""
    ours: dict[tuple[str, str, str], float | None] = {}
    rows: list[SuiteRow] = []
    sorted_scores = by_place(scores)
    for preset in PRESETS:
        for measure in suite.measures(tasks, preset):
            for judge, model in sorted({(one.judge, one.model) for one in scores}):
                own = sorted_scores.get((preset, judge, model, measure.part), {})
                estimate = estimator.estimate(measure, own)
                place = (judge, model, measure.name)
                if preset == "default":
                    ours[place] = estimate.value
                same = preset == "default" or (place in ours and _same(estimate.value, ours[place]))
                rows.append(_row(suite, preset, judge, model, measure, estimate, differs=not same))
    return rows


def _row(
    suite: Suite,
    preset: SuitePreset,
    judge: str,
    model: str,
    measure: Measure,
    estimate: Estimate,
    *,
    differs: bool,
) -> SuiteRow:
    low, high = estimate.interval
    return SuiteRow(
        suite=suite.name,
        preset=preset,
        judge=judge,
        model=model,
        measure=measure.name,
        value=estimate.value,
        low=low,
        high=high,
        scored=estimate.scored,
        tasks=estimate.tasks,
        coverage=estimate.scored / estimate.tasks if estimate.tasks else 0.0,
        absences=estimate.absences,
        differs=" ".join(suite.quirks.values()) if differs else "",
        reason=estimate.reason or measure.note,
    )


def by_place(scores: Sequence[SuiteScore]) -> dict[tuple[str, str, str, str], dict[str, SuiteScore]]:
    found: dict[tuple[str, str, str, str], dict[str, SuiteScore]] = {}
    for one in scores:
        found.setdefault((one.preset, one.judge, one.model, one.part), {})[one.task] = one
    return found


def value_of(scores: Mapping[str, SuiteScore], task: str) -> float | None:
    return scores[task].value if task in scores else None


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= SAME


def _told(reasons: Counter[str]) -> tuple[str, ...]:
    """ "reason: count", the most frequent first."""
    ordered = sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
    rest = sum(count for _, count in ordered[_MOST_REASONS:])
    told = [f"{reason}: {count}" for reason, count in ordered[:_MOST_REASONS]]
    return (*told, *([f"other reasons: {rest}"] if rest else []))
