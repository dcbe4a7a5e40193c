"""Outputs x metrics -> measurements: a number, or the reason there is none."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
import pyarrow as pa

from echoloop.diagnose.asking import ask_metric
from echoloop.diagnose.catalogue import open_metrics
from echoloop.diagnose.features import FeatureStore, encode_pictures
from echoloop.diagnose.metric import Absent, Encoded, Encoding, Metric, Pictures, Task, Values, nothing
from echoloop.diagnose.settings import DiagnoseSettings
from echoloop.engine import Desk
from echoloop.images import BadImage, decode
from echoloop.records import Applicability, Drop, ImageRef, Item, Keep, Measurement, MeasurementState, Output
from echoloop.records.arrow import from_table
from echoloop.workspace import ImageStore


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One field of one output."""

    field: str
    value: float | None
    state: MeasurementState
    reason: str = ""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """All fields of one output."""

    found: tuple[Found, ...]


def measure_outputs(
    desk: Desk[DiagnoseSettings], outputs: pa.Table, items: pa.Table, applicability: pa.Table
) -> Iterator[Keep[Measurement] | Drop]:
    """Every metric on every output it applies to; the others say why not."""
    by_id = {item.id: item for item in from_table(items, Item)}
    answers = {(row.item, row.metric): row for row in from_table(applicability, Applicability)}
    here: list[tuple[Output, Item]] = []
    for output in from_table(outputs, Output):
        if output.item in by_id:
            here.append((output, by_id[output.item]))
        else:
            yield Drop(
                key=output.id, reason="its item is not in the release", source_posts=output.source_posts
            )
    for metric in open_metrics(desk.settings.metrics):
        yield from _measure(desk, metric, here, answers)


def _measure(
    desk: Desk[DiagnoseSettings],
    metric: Metric,
    outputs: Sequence[tuple[Output, Item]],
    answers: dict[tuple[str, str], Applicability],
) -> Iterator[Keep[Measurement]]:
    asked: list[Output] = []
    tasks: list[Task] = []
    closed = desk.settings.closed.get(metric.name, "")
    for output, item in outputs:
        state, reason = why_not(metric, output, item, answers.get((item.id, metric.name)), closed)
        if reason:
            yield from _rows(metric, output, _found(metric, _nothing(metric, reason, state)))
        else:
            asked.append(output)
            tasks.append(task_of(metric, output, item))
    for output, measured in zip(asked, _measured(desk, metric, tasks), strict=True):
        yield from _rows(metric, output, measured)


def task_of(metric: Metric, output: Output, item: Item) -> Task:
    """What a metric may know of an output: of its inputs, those it looks at."""
    return Task(
        output=output.id,
        image=output.image or "",
        inputs=tuple(ref.sha256 for ref in _looked_at(metric, item) if ref.sha256 is not None),
        prompt=item.prompt,
        parameters=output.parameters,
        source_posts=output.source_posts,
    )


def _looked_at(metric: Metric, item: Item) -> tuple[ImageRef, ...]:
    match metric.inputs:
        case "none":
            return ()
        case "first":
            return item.input_images[:1]
        case "all":
            return item.input_images


def why_not(
    metric: Metric, output: Output, item: Item, applicability: Applicability | None, closed: str
) -> tuple[MeasurementState, str]:
    """What the task is comes first: a number that would mean nothing is not missing."""
    wanted = _looked_at(metric, item)
    if "inputs" in metric.needs and not wanted:
        return "not_applicable", "no input picture"
    if applicability is not None and applicability.applies is False:
        return "not_applicable", "not applicable"
    if output.image is None:
        return "absent", f"no output: {output.state}"
    if "inputs" in metric.needs and any(ref.sha256 is None for ref in wanted):
        return "absent", "the input picture is not here"
    if closed:
        return "absent", closed
    if applicability is None or applicability.applies is None:
        return "absent", "applicability unknown"
    return "measured", ""


def _measured(desk: Desk[DiagnoseSettings], metric: Metric, tasks: Sequence[Task]) -> list[Measured]:
    if metric.asked is not None:
        return [_found(metric, values) for values in ask_metric(desk, metric, metric.asked, tasks)]
    if metric.encoded is not None:
        pictures = [picture for task in tasks for picture in (task.image, *task.inputs)]
        store, absences = encode_pictures(desk, metric.encoded.encoder, desk.settings.weights, pictures)
        return desk.map(tasks, Comparing(metric, metric.encoded, store, absences), Measured)
    return desk.map(tasks, Looking(metric), Measured)


@dataclass(frozen=True)
class Looking:
    """Measures one output from pixels; it travels to where the work is."""

    metric: Metric

    def __call__(self, task: Task, images: ImageStore) -> Measured:
        assert self.metric.pixels is not None
        try:
            output, *inputs = (decode(images.read(one)).pixels for one in (task.image, *task.inputs))
        except BadImage as error:
            return _found(self.metric, _nothing(self.metric, f"undecodable: {error.reason}"))
        pictures = Pictures(
            output=output, inputs=tuple(inputs), prompt=task.prompt, parameters=task.parameters
        )
        return _found(self.metric, self.metric.pixels(pictures))


@dataclass(frozen=True)
class Comparing:
    """Measures one output from what was kept of its pictures."""

    metric: Metric
    how: Encoded
    store: FeatureStore
    absences: dict[str, str]

    def __call__(self, task: Task, images: ImageStore) -> Measured:
        reason = next((self.absences[one] for one in (task.image, *task.inputs) if one in self.absences), "")
        if reason:
            return _found(self.metric, _nothing(self.metric, reason))
        return _found(self.metric, self.how.compare(encoding_of(task, self.store)))


def encoding_of(task: Task, store: FeatureStore) -> Encoding:
    """What was kept of the pictures of a task."""
    return Encoding(
        output=store.read(task.image),
        inputs=tuple(store.read(picture) for picture in task.inputs),
        prompt=task.prompt,
    )


def _nothing(metric: Metric, reason: str, state: MeasurementState = "absent") -> Values:
    return nothing([field.name for field in metric.measured], reason, state)


def _found(metric: Metric, values: Values) -> Measured:
    return Measured(found=tuple(_one(field.name, values[field.name]) for field in metric.measured))


def _one(field: str, value: float | Absent) -> Found:
    if isinstance(value, Absent):
        return Found(field=field, value=None, state=value.state, reason=value.reason)
    if not math.isfinite(value):
        return Found(field=field, value=None, state="absent", reason="no finite number")
    return Found(field=field, value=float(value), state="measured")


def _rows(metric: Metric, output: Output, measured: Measured) -> Iterator[Keep[Measurement]]:
    for one in measured.found:
        yield Keep(
            Measurement(
                metric=metric.name,
                field=one.field,
                output=output.id,
                item=output.item,
                model=output.model,
                value=one.value,
                state=one.state,
                reason=one.reason,
                source_posts=output.source_posts,
            )
        )
