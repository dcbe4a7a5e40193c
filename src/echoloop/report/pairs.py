"""The best, the middle and the worst result of each metric, with the input it came from."""

from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256

import msgspec
from markupsafe import Markup

from echoloop.records import Effect, Item, Measurement, Output, badness
from echoloop.report.pictures import PictureShelf, Shown
from echoloop.report.samples import page_name


class MeasuredPair(msgspec.Struct, frozen=True, kw_only=True):
    """One result, its input if there is one, its number, and the page of its item."""

    rank: str
    value: float
    model: str
    prompt: str
    page: Markup
    before: Shown | None
    after: Shown


class MetricPairs(msgspec.Struct, frozen=True, kw_only=True):
    """Three results of one metric's first field, of so many that were measured, and how many share the best number. Where all are
    alike there is no best and no worst, and one is shown."""

    metric: str
    field: str
    meaning: str
    measured: int
    as_good: int
    pairs: tuple[MeasuredPair, ...]


def metric_pairs(
    effects: Sequence[Effect],
    measurements: Sequence[Measurement],
    outputs: Sequence[Output],
    items: Sequence[Item],
    shelf: PictureShelf,
) -> list[MetricPairs]:
    """By metric, over all models together; equals in the order of a hash, so that nobody chose among them."""
    first = {one.metric: one for one in effects if one.place == 0 and one.statistic == "mean"}
    by_output = {output.id: output for output in outputs}
    by_item = {item.id: item for item in items}
    rows: defaultdict[str, list[tuple[float, Measurement]]] = defaultdict(list)
    for row in measurements:
        effect = first.get(row.metric)
        if (
            effect is None
            or row.field != effect.field
            or row.output not in by_output
            or row.item not in by_item
        ):
            continue
        bad = badness(msgspec.structs.replace(effect, value=row.value))
        if bad is not None:
            rows[row.metric].append((bad, row))
    return [
        _chosen(first[metric], rows[metric], by_output, by_item, shelf)
        for metric in sorted(rows)
        if rows[metric]
    ]


def _chosen(
    effect: Effect,
    rows: list[tuple[float, Measurement]],
    outputs: dict[str, Output],
    items: dict[str, Item],
    shelf: PictureShelf,
) -> MetricPairs:
    ordered = sorted(rows, key=lambda row: (row[0], sha256(f"pair {row[1].output}".encode()).hexdigest()))
    if ordered[0][0] == ordered[-1][0]:
        places = {"all alike" if len(ordered) > 1 else "the only one": 0}
    else:
        places = {"best": 0, "worst": len(ordered) - 1, "median": len(ordered) // 2}
    return MetricPairs(
        metric=effect.metric,
        field=effect.field,
        meaning=effect.meaning,
        measured=len(ordered),
        as_good=sum(bad == ordered[0][0] for bad, _ in ordered),
        pairs=tuple(_pair(rank, ordered[place][1], outputs, items, shelf) for rank, place in _apart(places)),
    )


def _apart(places: dict[str, int]) -> list[tuple[str, int]]:
    """Of few results the median may be the worst too: each is shown once."""
    first: dict[int, str] = {}
    for rank, place in places.items():
        first.setdefault(place, rank)
    return [(rank, place) for place, rank in sorted(first.items())]


def _pair(
    rank: str,
    row: Measurement,
    outputs: dict[str, Output],
    items: dict[str, Item],
    shelf: PictureShelf,
) -> MeasuredPair:
    item, output = items[row.item], outputs[row.output]
    assert row.value is not None
    return MeasuredPair(
        rank=rank,
        value=row.value,
        model=row.model,
        prompt=item.prompt,
        page=page_name(item.id),
        before=shelf.show_ref(item.input_images[0], "Input picture") if item.input_images else None,
        after=shelf.show(output.image, f"What the model made, {rank} by this metric"),
    )
