"""Measurements -> effects: what a metric says of each model, with an interval over items, never over outputs."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec
import numpy as np
import pyarrow as pa

from echoloop.diagnose.color_shift import histogram, mean_rgb_distance
from echoloop.diagnose.measuring import COLOR_SHIFT
from echoloop.diagnose.settings import DiagnoseSettings
from echoloop.engine import Desk
from echoloop.images import decode
from echoloop.records import Drop, Effect, EffectStatistic, Item, Keep, Measurement, Output
from echoloop.records.arrow import from_table
from echoloop.statistics import mean_interval, median_interval, percentile_interval, resampling_weights
from echoloop.workspace import ImageStore


class Histograms(msgspec.Struct, frozen=True):
    """The channel counts of one picture, flattened."""

    counts: tuple[int, ...]


def sum_up_effects(
    desk: Desk[DiagnoseSettings], measurements: pa.Table, outputs: pa.Table, items: pa.Table
) -> Iterator[Keep[Effect] | Drop]:
    """One effect a field and model, and the corpus number that ECHO reports."""
    rows = from_table(measurements, Measurement)
    for field in sorted({row.field for row in rows}):
        for model in sorted({row.model for row in rows}):
            own = [row for row in rows if row.field == field and row.model == model]
            for effect in _item_effects(desk.settings, own):
                yield Keep(effect)
    for effect in _corpus_distances(desk, rows, outputs, items):
        yield Keep(effect)


def _item_effects(settings: DiagnoseSettings, rows: list[Measurement]) -> Iterator[Effect]:
    """Mean and median over items; several outputs of an item count as one."""
    by_item: dict[str, list[float]] = {}
    for row in rows:
        if row.value is not None:
            by_item.setdefault(row.item, []).append(row.value)
    means = np.array([float(np.mean(by_item[item])) for item in sorted(by_item)])
    drawn = {"resamples": settings.resamples, "seed": settings.seed}
    yield _as_effect(rows, rows[0].field, "mean", mean_interval(means, **drawn))
    yield _as_effect(rows, rows[0].field, "median", median_interval(means, **drawn))


def _corpus_distances(
    desk: Desk[DiagnoseSettings], rows: list[Measurement], outputs: pa.Table, items: pa.Table
) -> Iterator[Effect]:
    by_id = {output.id: output for output in from_table(outputs, Output)}
    firsts = {item.id: item.input_images[0].sha256 for item in from_table(items, Item) if item.input_images}
    measured = [row for row in rows if row.field == "delta_b"]
    pairs = {
        row.output: (before, after)
        for row in measured
        if row.value is not None
        and (before := firsts.get(row.item)) is not None
        and (after := by_id[row.output].image) is not None
    }
    pictures = sorted({picture for pair in pairs.values() for picture in pair})
    found = desk.map(pictures, picture_histogram, Histograms)
    counts = {
        picture: np.array(one.counts).reshape(3, 256) for picture, one in zip(pictures, found, strict=True)
    }
    for model in sorted({row.model for row in measured}):
        own = [row for row in measured if row.model == model]
        present = [row for row in own if row.output in pairs]
        before = _summed((row.item, counts[pairs[row.output][0]]) for row in present)
        after = _summed((row.item, counts[pairs[row.output][1]]) for row in present)
        distance = _pooled_distance(desk.settings, before, after)
        yield _as_effect(own, "mean_rgb_distance", "pooled", distance)


def _summed(counts: Iterable[tuple[str, np.ndarray]]) -> np.ndarray:
    """One histogram an item, in the order of the items: its outputs are drawn together or not at all."""
    by_item: dict[str, np.ndarray] = {}
    for item, one in counts:
        by_item[item] = by_item[item] + one if item in by_item else one
    return np.array([by_item[item] for item in sorted(by_item)])


def picture_histogram(sha256: str, images: ImageStore) -> Histograms:
    """The channel counts of a stored picture."""
    return Histograms(tuple(histogram(decode(images.read(sha256)).pixels).ravel().tolist()))


def _pooled_distance(
    settings: DiagnoseSettings, before: np.ndarray, after: np.ndarray
) -> tuple[float, float, float]:
    if not len(before):
        return math.nan, math.nan, math.nan
    weights = resampling_weights(len(before), settings.resamples, settings.seed)
    pooled_before = np.tensordot(weights, before, axes=1)
    pooled_after = np.tensordot(weights, after, axes=1)
    samples = np.array(
        [mean_rgb_distance(one, other) for one, other in zip(pooled_before, pooled_after, strict=True)]
    )
    low, high = percentile_interval(samples[:, None])
    return mean_rgb_distance(before.sum(axis=0), after.sum(axis=0)), float(low[0]), float(high[0])


def _as_effect(
    rows: list[Measurement], field: str, statistic: EffectStatistic, found: tuple[float, float, float]
) -> Effect:
    absences = Counter(row.reason for row in rows if row.value is None)
    value, low, high = (None if math.isnan(number) else number for number in found)
    return Effect(
        metric=COLOR_SHIFT,
        field=field,
        statistic=statistic,
        model=rows[0].model,
        value=value,
        low=low,
        high=high,
        measured=sum(row.value is not None for row in rows),
        outputs=len(rows),
        absences=tuple(f"{reason}: {count}" for reason, count in absences.most_common()),
        reason="" if value is not None else "no output could be measured",
    )
