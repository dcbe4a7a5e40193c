"""The colours of each model's pictures together, beside those of their inputs: what a mean over a corpus looks like."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from echoloop.diagnose.catalogue import open_metrics
from echoloop.diagnose.features import encode_pictures
from echoloop.diagnose.measuring import task_of
from echoloop.diagnose.metric import Encoded, Metric
from echoloop.diagnose.metrics.color_shift import COLOR_SHIFT, mean_rgb
from echoloop.diagnose.settings import DiagnoseSettings
from echoloop.engine import Desk
from echoloop.records import ColorHistogram, ColorSide, Item, Keep, Measurement, Output
from echoloop.records.arrow import from_table

Counts = NDArray[np.int64]
_SIDES: tuple[ColorSide, ...] = ("inputs", "outputs")


def pool_histograms(
    desk: Desk[DiagnoseSettings], measurements: pa.Table, outputs: pa.Table, items: pa.Table
) -> Iterator[Keep[ColorHistogram]]:
    """For each model its inputs and its outputs, over exactly the pairs that the colour shift was measured on."""
    if COLOR_SHIFT not in open_metrics(desk.settings.metrics) or COLOR_SHIFT.encoded is None:
        return
    field = COLOR_SHIFT.measured[0].name
    rows = [
        row
        for row in from_table(measurements, Measurement)
        if (row.metric, row.field) == (COLOR_SHIFT.name, field) and row.value is not None
    ]
    for model, pairs in sorted(_pairs(COLOR_SHIFT, rows, outputs, items).items()):
        pooled = _pooled(desk, COLOR_SHIFT.encoded, pairs)
        for side, counts in zip(_SIDES, pooled, strict=True):
            yield Keep(_row(model, side, len(pairs), counts))


def _pairs(
    metric: Metric, rows: Sequence[Measurement], outputs: pa.Table, items: pa.Table
) -> dict[str, list[tuple[str, str]]]:
    """Input and output of each measured pair, by model."""
    by_id = {output.id: output for output in from_table(outputs, Output)}
    asked = {item.id: item for item in from_table(items, Item)}
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        task = task_of(metric, by_id[row.output], asked[row.item])
        if task.image and task.inputs:
            found.setdefault(row.model, []).append((task.inputs[0], task.image))
    return found


def _pooled(desk: Desk[DiagnoseSettings], how: Encoded, pairs: Sequence[tuple[str, str]]) -> Counts:
    """Inputs and outputs x channel x value: how many pixels."""
    pictures = [picture for pair in pairs for picture in pair]
    store, absent = encode_pictures(desk, how.encoder, desk.settings.weights, pictures)
    total = np.zeros((2, 3, 256), np.int64)
    for pair in pairs:
        if absent.keys().isdisjoint(pair):
            total += np.stack([store.read(picture)["histogram"] for picture in pair])
    return total


def _row(model: str, side: ColorSide, pictures: int, counts: Counts) -> ColorHistogram:
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    mean = mean_rgb(counts)
    red, green, blue = (tuple(channel) for channel in shares.tolist())
    return ColorHistogram(
        model=model,
        side=side,
        pictures=pictures,
        red=red,
        green=green,
        blue=blue,
        mean=tuple(mean.tolist()) if np.isfinite(mean).all() else (),
    )
