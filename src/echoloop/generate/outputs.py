"""Release x image model -> outputs. A refusal is a refusal, an outage is an outage, a picture is checked."""

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import msgspec
import pyarrow as pa

from echoloop.calls import DrawnImages, DrawRequest
from echoloop.engine import Asked, Desk, Question, Rendering
from echoloop.generate.settings import GenerateSettings, ImageModel
from echoloop.images import BadImage, Rendition, decode
from echoloop.records import Answered, Drop, Item, Keep, Output
from echoloop.records.arrow import from_table
from echoloop.workspace import ImageStore

SENT = Rendition(longest_side=2048, format="png")
"""Input pictures as an image model gets them: every pixel up to 2048 a side, no metadata."""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One item for one model, once. `parameters` are what its endpoint is sent: perhaps without the seed."""

    item: Item
    model: str
    endpoint: str
    snapshot: str
    number: int
    seed: int
    parameters: dict[str, Any]

    @property
    def source_posts(self) -> tuple[str, ...]:
        """The posts the prompt came from."""
        return self.item.source_posts


class Checked(msgspec.Struct, frozen=True):
    """What looking at a delivered picture found; `problem` is empty when it is one."""

    width: int | None
    height: int | None
    problem: str


def draw_outputs(desk: Desk[GenerateSettings], items: pa.Table) -> Iterator[Keep[Output] | Drop]:
    """Every benchmark item by every model."""
    benchmark = [item for item in from_table(items, Item) if item.split != "analysis"]
    tasks = [
        _task(desk, item, model, number)
        for item in benchmark
        for model in desk.settings.models
        for number in range(desk.settings.samples)
    ]
    question = Question[Task, DrawnImages](
        stage="outputs",
        endpoint=attrgetter("endpoint"),
        render=_render,
        reads=None,
        answers=DrawnImages,
        batch_rows=256,
    )
    asked = desk.ask(tasks, question)
    pictures = sorted({_picture(one) for one in asked} - {""})
    checks = dict(zip(pictures, desk.map(pictures, check_picture, Checked), strict=True))
    for one in asked:
        yield Keep(_output(one, checks.get(_picture(one))))


def check_picture(sha256: str, images: ImageStore) -> Checked:
    """Whether delivered bytes are a picture at all."""
    try:
        picture = decode(images.read(sha256))
    except BadImage as error:
        return Checked(None, None, f"not a picture: {error.reason}")
    return Checked(picture.width, picture.height, "")


def _task(desk: Desk[GenerateSettings], item: Item, model: ImageModel, number: int) -> Task:
    endpoint, seed = desk.endpoint(model.endpoint), desk.settings.seed + number
    return Task(
        item=item,
        model=model.name,
        endpoint=model.endpoint,
        snapshot=model.pinned_model or endpoint.pinned_model,
        number=number,
        seed=seed,
        parameters=endpoint.sent({"seed": seed}),
    )


def _render(row: Task, rendering: Rendering) -> DrawRequest:
    missing = [image.absence for image in row.item.input_images if image.sha256 is None]
    if missing:
        raise ValueError(f"an input picture is not here: {missing[0]}")
    inputs = [rendering.picture(image.sha256 or "", SENT) for image in row.item.input_images]
    return rendering.drawing(row.item.prompt, inputs, attempt=row.number, seed=row.seed)


def _picture(asked: Asked[Task, DrawnImages]) -> str:
    answer = asked.answer
    return answer.value.images[0] if isinstance(answer, Answered) and answer.value.images else ""


def _output(asked: Asked[Task, DrawnImages], check: Checked | None) -> Output:
    task, answer = asked.row, asked.answer
    state, reason = answer.state, answer.reason
    if check is not None and check.problem:
        state, reason = "unparsed", check.problem
    elif isinstance(answer, Answered) and check is None:
        state, reason = "unparsed", "the answer holds no picture"
    good = state == "answered" and check is not None
    return Output(
        id=f"{task.item.id}/{task.model}/{task.number}",
        item=task.item.id,
        model=task.model,
        number=task.number,
        split=task.item.split,
        state=state,
        reason=reason,
        image=_picture(asked) if good else None,
        width=check.width if good and check else None,
        height=check.height if good and check else None,
        snapshot=task.snapshot,
        seed=_seed(task),
        parameters=msgspec.json.encode(task.parameters, order="sorted").decode(),
        receipt=asked.receipt,
        cost=asked.cost,
        source_posts=task.source_posts,
    )


def _seed(task: Task) -> int | None:
    """The seed as it was sent: an endpoint may leave it out, or have one of its own."""
    seed = task.parameters.get("seed")
    return seed if isinstance(seed, int) else None
