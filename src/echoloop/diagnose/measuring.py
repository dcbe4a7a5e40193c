"""Outputs x metrics -> measurements: a number, or the reason there is none."""

from collections.abc import Iterator

import msgspec
import pyarrow as pa

from echoloop.diagnose.color_shift import pair_shift
from echoloop.diagnose.settings import DiagnoseSettings
from echoloop.engine import Desk
from echoloop.images import BadImage, decode
from echoloop.records import Applicability, Drop, Item, Keep, Measurement, MeasurementState, Output
from echoloop.records.arrow import from_table
from echoloop.workspace import ImageStore

COLOR_SHIFT = "color_shift"
FIELDS = ("earth_mover", "delta_b", "delta_l")


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """An output and the picture it is compared with."""

    output: str
    before: str
    after: str


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a colour shift, or why they could not be measured."""

    values: tuple[float, ...]
    reason: str = ""


def measure_outputs(
    desk: Desk[DiagnoseSettings], outputs: pa.Table, items: pa.Table, applicability: pa.Table
) -> Iterator[Keep[Measurement] | Drop]:
    """Colour shift of every output it applies to; the others say why not."""
    by_id = {item.id: item for item in from_table(items, Item)}
    applies = {row.item: row for row in from_table(applicability, Applicability) if row.metric == COLOR_SHIFT}
    measurable: list[tuple[Output, Pair]] = []
    for output in from_table(outputs, Output):
        if output.item not in by_id:
            yield Drop(
                key=output.id, reason="its item is not in the release", source_posts=output.source_posts
            )
            continue
        item = by_id[output.item]
        state, reason = _why_not(output, item, applies.get(item.id))
        if reason:
            for field in FIELDS:
                yield Keep(_measurement(output, field, None, state, reason))
        else:
            before, after = item.input_images[0].sha256 or "", output.image or ""
            measurable.append((output, Pair(output=output.id, before=before, after=after)))
    shifts = desk.map([pair for _, pair in measurable], measure_pair, Shift)
    for (output, _), shift in zip(measurable, shifts, strict=True):
        for number, field in enumerate(FIELDS):
            value, state = (shift.values[number], "measured") if shift.values else (None, "absent")
            yield Keep(_measurement(output, field, value, state, shift.reason))


def measure_pair(pair: Pair, images: ImageStore) -> Shift:
    """One output against its input."""
    try:
        before, after = decode(images.read(pair.before)), decode(images.read(pair.after))
    except BadImage as error:
        return Shift(values=(), reason=f"undecodable: {error.reason}")
    shift = pair_shift(before.pixels, after.pixels)
    return Shift(values=(shift.earth_mover, shift.delta_b, shift.delta_l))


def _why_not(output: Output, item: Item, applicability: Applicability | None) -> tuple[MeasurementState, str]:
    """What the task is comes first: a number that would mean nothing is not missing."""
    if not item.input_images:
        return "not_applicable", "no input picture"
    if applicability is not None and applicability.applies is False:
        return "not_applicable", "not applicable"
    if output.image is None:
        return "absent", f"no output: {output.state}"
    if item.input_images[0].sha256 is None:
        return "absent", "the input picture is not here"
    if applicability is None or applicability.applies is None:
        return "absent", "applicability unknown"
    return "measured", ""


def _measurement(
    output: Output, field: str, value: float | None, state: MeasurementState, reason: str
) -> Measurement:
    return Measurement(
        metric=COLOR_SHIFT,
        field=field,
        output=output.id,
        item=output.item,
        model=output.model,
        value=value,
        state=state,
        reason=reason,
        source_posts=output.source_posts,
    )
