"""Measurements -> effects: what a metric says of each model, with an interval over items, never over outputs."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec
import numpy as np
import pyarrow as pa

from echoloop.diagnose.catalogue import open_metrics
from echoloop.diagnose.features import encode_pictures
from echoloop.diagnose.measuring import encoding_of, task_of
from echoloop.diagnose.metric import Encoded, Metric, Pooling
from echoloop.diagnose.settings import DiagnoseSettings
from echoloop.engine import Desk
from echoloop.records import Drop, Effect, EffectStatistic, Item, Keep, Measurement, Output
from echoloop.records.arrow import from_table
from echoloop.statistics import (
    mean_interval,
    median_interval,
    percentile_interval,
    resampling_weights,
    share_interval,
)

Interval = tuple[float, float, float]
NOT_MEASURED = "not measured: "


def sum_up_effects(
    desk: Desk[DiagnoseSettings], measurements: pa.Table, outputs: pa.Table, items: pa.Table
) -> Iterator[Keep[Effect] | Drop]:
    """Effects of every field on every model, and the corpus numbers of metrics that have one."""
    metrics = open_metrics(desk.settings.metrics)
    rows: dict[tuple[str, str], dict[str, list[Measurement]]] = {}
    for row in from_table(measurements, Measurement):
        rows.setdefault((row.metric, row.field), {}).setdefault(row.model, []).append(row)
    shares = {(one.name, field.name) for one in metrics for field in one.fields if field.statistic == "share"}
    for name in sorted(rows):
        for model in sorted(rows[name]):
            for effect in _item_effects(desk.settings, rows[name][model], name in shares):
                yield Keep(_explained(effect, metrics))
    for metric in metrics:
        if metric.encoded is not None and metric.encoded.pooling is not None:
            measured = rows.get((metric.name, metric.measured[0].name), {})
            for effect in _pooled_effects(desk, metric, metric.encoded, measured, outputs, items):
                yield Keep(_explained(effect, metrics))


def _explained(effect: Effect, metrics: Sequence[Metric]) -> Effect:
    """With what its metric says of the field: tables are read where nobody can ask a metric."""
    for metric in metrics:
        for place, field in enumerate(metric.fields):
            if (metric.name, field.name) == (effect.metric, effect.field):
                return msgspec.structs.replace(
                    effect,
                    meaning=field.meaning,
                    better=field.better,
                    answers=field.answers_of(metric.answers),
                    above=field.above,
                    below=field.below,
                    place=place,
                )
    return effect


def _item_effects(settings: DiagnoseSettings, rows: list[Measurement], share: bool) -> Iterator[Effect]:
    """Mean over items, and the median of what is more than yes or no; several outputs of an item count as one.

    A share that was seen nowhere, or everywhere, has Wilson's interval: drawn again, the same items would look certain.
    """
    by_item: dict[str, list[float]] = {}
    for row in rows:
        if row.value is not None:
            by_item.setdefault(row.item, []).append(row.value)
    means = np.array([float(np.mean(by_item[item])) for item in sorted(by_item)])
    drawn = {"resamples": settings.resamples, "seed": settings.seed}
    field, items = rows[0].field, len(means)
    if share and items and means.sum() in (0, items):
        yield _as_effect(rows, field, "mean", share_interval(round(means.sum()), items))
    else:
        yield _as_effect(rows, field, "mean", _unless_alike(mean_interval(means, **drawn)))
    if not share:
        yield _as_effect(rows, field, "median", _unless_alike(median_interval(means, **drawn)))


def _unless_alike(found: Interval) -> Interval:
    """One item, or items that are all alike, have no interval: drawn again they are the same, and a width of nothing would look
    certain."""
    value, low, high = found
    return found if low < high else (value, math.nan, math.nan)


def _pooled_effects(
    desk: Desk[DiagnoseSettings],
    metric: Metric,
    how: Encoded,
    by_model: dict[str, list[Measurement]],
    outputs: pa.Table,
    items: pa.Table,
) -> Iterator[Effect]:
    """A number of all outputs of a model together, from what was kept of their pictures."""
    if how.pooling is None:
        return
    by_id = {output.id: output for output in from_table(outputs, Output)}
    asked = {item.id: item for item in from_table(items, Item)}
    tasks = {
        row.output: task_of(metric, by_id[row.output], asked[row.item])
        for rows in by_model.values()
        for row in rows
        if row.value is not None
    }
    tasks = {
        output: task
        for output, task in tasks.items()
        if task.image and (task.inputs or "inputs" not in metric.needs)
    }
    pictures = [picture for task in tasks.values() for picture in (task.image, *task.inputs)]
    store, absent = encode_pictures(desk, how.encoder, desk.settings.weights, pictures)
    for model in sorted(by_model):
        parts = (
            (row.item, how.pooling.part(encoding_of(tasks[row.output], store)))
            for row in by_model[model]
            if row.output in tasks
            and absent.keys().isdisjoint((tasks[row.output].image, *tasks[row.output].inputs))
        )
        found = _pooled(desk.settings, how.pooling, _summed(parts))
        yield _as_effect(by_model[model], how.pooling.field, "pooled", found)


def _summed(parts: Iterable[tuple[str, np.ndarray]]) -> np.ndarray:
    """One part an item, in the order of the items: its outputs are drawn together or not at all."""
    by_item: dict[str, np.ndarray] = {}
    for item, one in parts:
        by_item[item] = by_item[item] + one if item in by_item else one
    return np.array([by_item[item] for item in sorted(by_item)])


def _pooled(settings: DiagnoseSettings, pooling: Pooling, parts: np.ndarray) -> Interval:
    if not len(parts):
        return math.nan, math.nan, math.nan
    weights = resampling_weights(len(parts), settings.resamples, settings.seed)
    drawn = np.array([pooling.number(one) for one in np.tensordot(weights, parts, axes=1)])
    low, high = percentile_interval(drawn[:, None])
    return _unless_alike((pooling.number(parts.sum(axis=0)), float(low[0]), float(high[0])))


def _as_effect(rows: list[Measurement], field: str, statistic: EffectStatistic, found: Interval) -> Effect:
    absences = Counter(row.reason for row in rows if row.value is None)
    value, low, high = (None if math.isnan(number) else number for number in found)
    return Effect(
        metric=rows[0].metric,
        field=field,
        statistic=statistic,
        model=rows[0].model,
        value=value,
        low=low,
        high=high,
        measured=sum(row.value is not None for row in rows),
        outputs=len(rows),
        absences=tuple(f"{reason}: {count}" for reason, count in absences.most_common()),
        reason="" if value is not None else _why_none(absences),
    )


def _why_none(absences: Counter[str]) -> str:
    """What can be put right comes first."""
    lacking = next((one for one, _ in absences.most_common() if one.startswith(NOT_MEASURED)), "")
    return lacking.removeprefix(NOT_MEASURED) or "no output could be measured"
