"""Ways to break a stage on purpose: each must turn the demo red, or the demo proves nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pyarrow as pa

from echoloop.engine import Stage
from echoloop.records import Box, Drop, Keep, Output, Post, Sample
from echoloop.records.arrow import from_table, to_table

Change = Callable[[list[Any]], list[Any]]


def after(stage: Stage, change: Change) -> Stage:
    """The stage with its kept rows changed."""

    def run(desk: Any, *tables: pa.Table) -> Iterable[Any]:
        outcome = list(stage.run(desk, *tables))  # type: ignore[arg-type]
        kept = [decision.row for decision in outcome if isinstance(decision, Keep)]
        for block in outcome:
            kept += from_table(block, stage.writes) if isinstance(block, pa.Table) else []
        return [*(Keep(row) for row in change(kept)), *(one for one in outcome if isinstance(one, Drop))]

    return replace(stage, run=run)


def before(stage: Stage, record: type[msgspec.Struct], change: Change) -> Stage:
    """The stage with the rows of its first table changed."""

    def run(desk: Any, *tables: pa.Table) -> Any:
        first = to_table(change(from_table(tables[0], record)), record)
        return stage.run(desk, first, *tables[1:])

    return replace(stage, run=run)


def each(**changes: Callable[[Any], Any]) -> Change:
    """Change fields of every row."""

    def change(rows: list[Any]) -> list[Any]:
        return [
            msgspec.structs.replace(row, **{name: compute(row) for name, compute in changes.items()})
            for row in rows
        ]

    return change


def rotate(field: str) -> Change:
    """Give every row the next row's value of a field."""

    def change(rows: list[Any]) -> list[Any]:
        values = [getattr(row, field) for row in rows]
        moved = [*values[1:], *values[:1]]
        return [
            msgspec.structs.replace(row, **{field: value}) for row, value in zip(rows, moved, strict=True)
        ]

    return change


def shifted(boxes: tuple[Box, ...]) -> tuple[Box, ...]:
    """Boxes moved far enough to be wrong."""
    return tuple(
        Box(left=box.left + 120, top=box.top, right=box.right + 120, bottom=box.bottom) for box in boxes
    )


def rotate_within_split(rows: list[Output]) -> list[Output]:
    """Every output gets the picture that the same model drew for another item."""
    moved: list[Output] = []
    for model in sorted({row.model for row in rows}):
        moved += rotate("image")([row for row in rows if row.model == model and row.image])
    return moved


def swap_names(rows: list[Output], one: str, other: str) -> list[Output]:
    """Two models' pictures under each other's name."""
    names = {one: other, other: one}
    by_place = {(row.item, row.model): row for row in rows}
    return [
        msgspec.structs.replace(row, image=by_place[row.item, names.get(row.model, row.model)].image)
        for row in rows
    ]


def every_fifth_lost(rows: list[Any]) -> list[Any]:
    """A silent skip."""
    return [row for number, row in enumerate(rows) if number % 5]


def pictures_swapped(rows: list[Sample]) -> list[Sample]:
    """What went in and what came out, exchanged."""
    return each(input_images=lambda row: row.output_images, output_images=lambda row: row.input_images)(rows)


def pictures_of_others(rows: list[Post]) -> list[Post]:
    """Posts with pictures, each with the next one's."""
    with_pictures = [row for row in rows if row.images]
    return [*(row for row in rows if not row.images), *rotate("images")(with_pictures)]


# name -> the check that must turn red, the stage that is broken, and how.
SABOTAGES: dict[str, tuple[str, str, Callable[[Stage], Stage]]] = {
    "inputs and outputs swapped": (
        "input pictures",
        "pictures",
        lambda stage: after(stage, pictures_swapped),
    ),
    "replies dropped": (
        "samples: recall",
        "threads",
        lambda stage: after(
            stage, each(posts=lambda row: row.posts[:1], parents=lambda row: row.parents[:1])
        ),
    ),
    "captions shuffled": ("prompts", "extraction", lambda stage: after(stage, rotate("prompt"))),
    "pictures on the wrong posts": (
        "output pictures",
        "posts",
        lambda stage: after(stage, pictures_of_others),
    ),
    "posts skipped in silence": (
        "relevant posts: recall",
        "found",
        lambda stage: after(stage, every_fifth_lost),
    ),
    "conversations with holes": (
        "samples: recall",
        "posts",
        lambda stage: after(stage, every_fifth_lost),
    ),
    "relevant posts lost": (
        "relevance: rows unaccounted for",
        "relevance",
        lambda stage: after(stage, every_fifth_lost),
    ),
    "everything is Benchmark": (
        "quality Benchmark: precision",
        "extraction",
        lambda stage: after(stage, each(quality=lambda row: "Benchmark")),
    ),
    "boxes beside the pictures": (
        "boxes",
        "screenshots",
        lambda stage: after(
            stage,
            each(
                input_boxes=lambda row: shifted(row.input_boxes),
                output_boxes=lambda row: shifted(row.output_boxes),
            ),
        ),
    ),
    "blanks left open": (
        "filled blanks: recall",
        "pictures",
        lambda stage: after(stage, lambda rows: [row for row in rows if not row.prompt_fill_blank]),
    ),
    "guard obeyed the wrong way round": (
        "withheld for safety",
        "safety",
        lambda stage: _inverted_guard(stage),
    ),
    "feedback forgotten": (
        "feedback: recall",
        "extraction",
        lambda stage: after(stage, each(community_feedback=lambda row: ())),
    ),
    "a judge sees another item's picture": (
        "pairs told apart, of",
        "verdicts",
        lambda stage: before(stage, Output, rotate_within_split),
    ),
    "scores turned round": (
        "pairs told apart the wrong way round",
        "verdicts",
        lambda stage: after(stage, each(score=lambda row: None if row.score is None else 11 - row.score)),
    ),
    "everybody gets the same score": (
        "pairs told apart, of",
        "verdicts",
        lambda stage: after(stage, each(score=lambda row: None if row.score is None else 5.0)),
    ),
    "two models' pictures exchanged": (
        "pairs told apart the wrong way round",
        "outputs",
        lambda stage: after(stage, lambda rows: swap_names(rows, "ochre", "hazel")),
    ),
    "refusals counted as outages": (
        "refusals of garnet",
        "outputs",
        lambda stage: after(stage, each(state=lambda row: "failed" if row.state == "refused" else row.state)),
    ),
    "measured the wrong way round": (
        "tint of birch: interval beyond 0",
        "measurements",
        lambda stage: after(stage, each(value=lambda row: None if row.value is None else -row.value)),
    ),
    "not measured counts as zero": (
        "tint of birch: strength",
        "measurements",
        lambda stage: after(
            stage, each(value=lambda row: 0.0 if row.reason == "not applicable" else row.value)
        ),
    ),
    "complaints read as praise": (
        "complaints: recall",
        "feedback",
        lambda stage: after(
            stage, each(polarity=lambda row: "success" if row.polarity == "failure" else row.polarity)
        ),
    ),
    "every complaint has one name": (
        "complaints: named",
        "feedback",
        lambda stage: after(stage, each(keyword=lambda row: "bad")),
    ),
    "verdicts lost in silence": (
        "verdicts: rows unaccounted for",
        "verdicts",
        lambda stage: after(stage, every_fifth_lost),
    ),
    "no mark counts as one": (
        "grades lab-judge-lenient did not give",
        "verdicts",
        lambda stage: after(
            stage,
            each(
                score=lambda row: 1.0 if row.score is None else row.score,
                state=lambda row: "answered",
            ),
        ),
    ),
    "standings upside down": (
        "text_to_image: rates off what the verdicts say",
        "standings",
        lambda stage: after(stage, each(rate=lambda row: None if row.rate is None else 1 - row.rate)),
    ),
    "outputs skipped in silence": (
        "outputs: rows unaccounted for",
        "outputs",
        lambda stage: after(stage, every_fifth_lost),
    ),
}


def _inverted_guard(stage: Stage) -> Stage:
    def run(desk: Any, *tables: pa.Table) -> Iterable[Any]:
        outcome = list(stage.run(desk, *tables))  # type: ignore[arg-type]
        passed = {decision.row.id for decision in outcome if isinstance(decision, Keep)}
        return [Keep(row) for row in from_table(tables[0], Sample) if row.id not in passed]

    return replace(stage, run=run)


def sabotaged(stages: Sequence[Stage], name: str) -> list[Stage]:
    """The loop with one stage broken."""
    _, broken, harm = SABOTAGES[name]
    return [harm(stage) if stage.name == broken else stage for stage in stages]
