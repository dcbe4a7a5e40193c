"""Items -> rewrites: what a vision model makes of prompt and pictures for a painter that reads words alone."""

from collections.abc import Iterator

import msgspec
import pyarrow as pa
from pydantic import BaseModel, field_validator

from echoloop.calls import ChatRequest, Prompt, load_prompt
from echoloop.engine import Asked, Desk, Question, Rendering, call_fields
from echoloop.generate.benchmark import benchmark_items
from echoloop.generate.settings import ChainModel, GenerateSettings
from echoloop.images import Rendition
from echoloop.records import Answered, Drop, Item, Keep, Rewrite

READ = Rendition(longest_side=1536, format="jpeg", quality=90)
"""Input pictures as the reader gets them: large enough for small print."""

_LONGEST = 8_000


class RewriteAnswer(BaseModel, extra="forbid"):
    """The text that is drawn from."""

    prompt: str

    @field_validator("prompt")
    @classmethod
    def _says_something(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("prompt must say what is to be painted")
        if len(value) > _LONGEST:
            raise ValueError(f"prompt must have at most {_LONGEST} characters")
        return value.strip()


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One item for the reader of one chain."""

    item: Item
    model: str
    reader: str

    @property
    def source_posts(self) -> tuple[str, ...]:
        """The posts the prompt came from."""
        return self.item.source_posts


def rewriting_prompt() -> Prompt:
    """What readers are told."""
    return load_prompt("echoloop.generate", "rewriting")


def chains(settings: GenerateSettings) -> list[ChainModel]:
    """The models that are two."""
    return [model for model in settings.models if isinstance(model, ChainModel)]


def write_rewrites(desk: Desk[GenerateSettings], items: pa.Table) -> Iterator[Keep[Rewrite] | Drop]:
    """Every benchmark item once for every chain. Chains with the same reader share its answers through their receipts."""
    readings = [
        Reading(item=item, model=model.name, reader=model.reader)
        for item in benchmark_items(items)
        for model in chains(desk.settings)
    ]
    question = Question[Reading, RewriteAnswer](
        stage="rewrites",
        endpoint=_reader,
        render=_render,
        reads=RewriteAnswer,
        prompt=rewriting_prompt(),
        batch_rows=256,
    )
    for asked in desk.ask(readings, question):
        yield Keep(_rewrite(asked))


def _reader(row: Reading) -> str:
    return row.reader


def _render(row: Reading, rendering: Rendering) -> ChatRequest:
    missing = [image for image in row.item.input_images if image.sha256 is None]
    if missing:
        raise ValueError(f"an input picture is not here: {missing[0].absence or 'not fetched'}")
    pictures = [
        (f"Input picture {number}:", rendering.picture(image.sha256 or "", READ))
        for number, image in enumerate(row.item.input_images, start=1)
    ]
    return rendering.about(
        {"prompt": row.item.prompt, "input_pictures": len(pictures)}, pictures, temperature=0
    )


def _rewrite(asked: Asked[Reading, RewriteAnswer]) -> Rewrite:
    row, answer = asked.row, asked.answer
    return Rewrite(
        id=f"{row.item.id}/{row.model}",
        item=row.item.id,
        model=row.model,
        text=answer.value.prompt if isinstance(answer, Answered) else "",
        source_posts=row.source_posts,
        **call_fields(asked),
    )
