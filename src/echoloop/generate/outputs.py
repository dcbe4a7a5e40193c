"""Release x image model -> outputs. A refusal is a refusal, an outage is an outage, a picture is checked."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

import msgspec
import pyarrow as pa

from echoloop.engine import Desk
from echoloop.generate.asking import Asking
from echoloop.generate.benchmark import benchmark_items
from echoloop.generate.drawn import Drawn, Source
from echoloop.generate.looking import Checked, check_delivery, delivery
from echoloop.generate.settings import GenerateSettings, ImageModel
from echoloop.generate.taking import Taking
from echoloop.records import Drop, Failed, FileMatch, Keep, Output, Rewrite
from echoloop.records.arrow import from_table


def draw_outputs(
    desk: Desk[GenerateSettings], items: pa.Table, rewrites: pa.Table, matches: pa.Table
) -> Iterator[Keep[Output] | Drop]:
    """Every benchmark item by every model, in an order that no speed of any model changes."""
    benchmark = benchmark_items(items)
    sources: tuple[Source, ...] = (
        Asking({(one.item, one.model): one for one in from_table(rewrites, Rewrite)}),
        Taking(tuple(from_table(matches, FileMatch))),
    )
    drawn = sorted((one for source in sources for one in source.draw(desk, benchmark)), key=attrgetter("id"))
    _clear_scratch(desk.settings, drawn)
    checks = _look(desk, drawn)
    for one in drawn:
        yield Keep(_output(one, checks.get(one.id)))


def _clear_scratch(settings: GenerateSettings, drawn: Iterable[Drawn]) -> None:
    """What programs drew has its receipts now. As long as one picture is missing, what lies there may still be taken."""
    batched = {model.name for model in settings.models if isinstance(model, ImageModel) and model.batched}
    if settings.scratch and not any(isinstance(one.answer, Failed) for one in drawn if one.model in batched):
        shutil.rmtree(settings.scratch, ignore_errors=True)


def _look(desk: Desk[GenerateSettings], drawn: Sequence[Drawn]) -> dict[str, Checked]:
    """Each picture once for each size that was asked for: two models may draw the same."""
    delivered = {one.id: delivery(one.picture, one.parameters) for one in drawn if one.picture}
    distinct = list(dict.fromkeys(delivered.values()))
    found = dict(zip(distinct, desk.map(distinct, check_delivery, Checked), strict=True))
    return {name: found[one] for name, one in delivered.items()}


def _output(drawn: Drawn, check: Checked | None) -> Output:
    answer = drawn.answer
    state, reason = answer.state, answer.reason
    if check is not None and check.problem:
        state, reason = "unparsed", check.problem
    good = check if check is not None and not check.problem else None
    return Output(
        id=drawn.id,
        item=drawn.item.id,
        model=drawn.model,
        number=drawn.number,
        split=drawn.item.split,
        state=state,
        reason=reason,
        image=drawn.picture if good else None,
        width=good.width if good else None,
        height=good.height if good else None,
        brightness=good.brightness if good else None,
        notes=(*_extra_pictures(drawn), *good.notes) if good else (),
        inputs=drawn.inputs,
        rewrite=drawn.rewrite,
        latency=drawn.latency,
        snapshot=drawn.snapshot,
        seed=drawn.seed,
        parameters=msgspec.json.encode(drawn.parameters, order="sorted").decode(),
        receipt=drawn.receipt,
        cost=drawn.cost,
        source_posts=drawn.item.source_posts,
    )


def _extra_pictures(drawn: Drawn) -> Iterator[str]:
    if len(drawn.pictures) > 1:
        yield f"{len(drawn.pictures)} pictures were delivered, the first was taken"
