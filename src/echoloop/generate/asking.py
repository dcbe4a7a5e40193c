"""Image models behind endpoints, alone or with a reader in front: every picture is asked for at the one door."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import msgspec

from echoloop.calls import DrawnImages, DrawRequest
from echoloop.engine import Asked, Desk, Question, Rendering
from echoloop.generate.drawn import Drawn
from echoloop.generate.settings import ChainModel, GenerateSettings, ImageModel
from echoloop.generate.showing import Shown, sent, shown
from echoloop.records import Answer, Answered, Failed, Item, Refused, Rewrite, Unparsed


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One item for one model, once. `parameters` are what its endpoint is sent: perhaps without the seed.

    `batched` tasks come last and one model after the other, so that a program that has to be started is started seldom.
    """

    item: Item
    model: str
    endpoint: str
    snapshot: str
    number: int
    seed: int
    parameters: dict[str, Any]
    shown: Shown = Shown()
    rewrite: str = ""
    batched: bool = False
    rewrite_cost: float | None = 0.0

    @property
    def source_posts(self) -> tuple[str, ...]:
        """The posts the prompt came from."""
        return self.item.source_posts


@dataclass(frozen=True)
class Asking:
    """The `Source` of endpoints and chains. `rewrites` are what readers wrote, by item and model."""

    rewrites: Mapping[tuple[str, str], Rewrite]

    def draw(self, desk: Desk[GenerateSettings], items: Sequence[Item]) -> list[Drawn]:
        """All of them in one go, so that no model waits for another."""
        found = [one for item in items for one in self._of_item(desk, item)]
        tasks = sorted((one for one in found if isinstance(one, Task)), key=_batches_last)
        question = Question[Task, DrawnImages](
            stage="outputs",
            endpoint=attrgetter("endpoint"),
            render=_render,
            reads=None,
            answers=DrawnImages,
            batch_rows=256,
        )
        drawn = [_drawn(asked) for asked in desk.ask(tasks, question)]
        return [*(one for one in found if isinstance(one, Drawn)), *drawn]

    def _of_item(self, desk: Desk[GenerateSettings], item: Item) -> Iterator[Task | Drawn]:
        for model in desk.settings.models:
            for number in range(desk.settings.samples):
                if isinstance(model, ImageModel):
                    yield _plain(desk, item, model, number)
                elif isinstance(model, ChainModel):
                    yield self._chained(desk, item, model, number)

    def _chained(
        self, desk: Desk[GenerateSettings], item: Item, model: ChainModel, number: int
    ) -> Task | Drawn:
        """A chain draws from what its reader wrote, and from nothing else: without it there is no picture."""
        rewrite = self.rewrites.get((item.id, model.name))
        reader, draws = desk.endpoint(model.reader), desk.endpoint(model.draws)
        snapshot = model.pinned_model or f"{reader.pinned_model} -> {draws.pinned_model}"
        share = _share(rewrite, desk.settings.samples)
        if rewrite is None or rewrite.state != "answered":
            return Drawn(
                item=item,
                model=model.name,
                number=number,
                answer=_unwritten(rewrite),
                snapshot=snapshot,
                cost=share,
            )
        task = _task(desk, item, model.name, model.draws, number)
        return msgspec.structs.replace(task, snapshot=snapshot, rewrite=rewrite.text, rewrite_cost=share)


def _plain(desk: Desk[GenerateSettings], item: Item, model: ImageModel, number: int) -> Task | Drawn:
    seen = shown(item, model)
    task = _task(desk, item, model.name, model.endpoint, number)
    snapshot = model.pinned_model or task.snapshot
    if seen.refusal:
        return Drawn(
            item=item,
            model=model.name,
            number=number,
            answer=Refused(seen.refusal),
            inputs=seen.inputs,
            snapshot=snapshot,
            cost=0.0,
        )
    return msgspec.structs.replace(task, snapshot=snapshot, shown=seen, batched=model.batched)


def _task(desk: Desk[GenerateSettings], item: Item, model: str, name: str, number: int) -> Task:
    endpoint, seed = desk.endpoint(name), desk.settings.seed + number
    return Task(
        item=item,
        model=model,
        endpoint=name,
        snapshot=endpoint.pinned_model,
        number=number,
        seed=seed,
        parameters=endpoint.sent({"seed": seed}),
    )


def _batches_last(task: Task) -> tuple[bool, str]:
    return task.batched, task.model if task.batched else ""


def _render(row: Task, rendering: Rendering) -> DrawRequest:
    prompt = row.rewrite or row.item.prompt
    return rendering.drawing(prompt, sent(row.shown, rendering), attempt=row.number, seed=row.seed)


def _drawn(asked: Asked[Task, DrawnImages]) -> Drawn:
    task = asked.row
    return Drawn(
        item=task.item,
        model=task.model,
        number=task.number,
        answer=_pictures(asked.answer),
        inputs=task.shown.inputs,
        rewrite=task.rewrite,
        snapshot=task.snapshot,
        parameters=task.parameters,
        receipt=asked.receipt,
        cost=_sum(asked.cost, task.rewrite_cost),
        latency=None if task.batched else asked.latency,
    )


def _pictures(answer: Answer[DrawnImages]) -> Answer[tuple[str, ...]]:
    if not isinstance(answer, Answered):
        return answer
    if not answer.value.images:
        return Unparsed("", "the answer holds no picture")
    return Answered(answer.value.images)


def _unwritten(rewrite: Rewrite | None) -> Answer[tuple[str, ...]]:
    """Why there was nothing to draw from, as the same kind of absence."""
    if rewrite is None:
        return Failed("nothing to draw from: the reader was not asked")
    reason = f"nothing to draw from: the reader's answer is {rewrite.state} ({rewrite.reason})"
    match rewrite.state:
        case "refused":
            return Refused(reason)
        case "unparsed":
            return Unparsed("", reason)
        case _:
            return Failed(reason)


def _share(rewrite: Rewrite | None, samples: int) -> float | None:
    """What a picture owes its reader, so that all pictures together cost what was paid."""
    if rewrite is None or rewrite.cost is None:
        return None if rewrite is not None and rewrite.state != "failed" else 0.0
    return rewrite.cost / samples


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other
