"""The last look before people: is this sample a task that a benchmark can use, one for a person to mend, or none?"""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
import pyarrow as pa
from pydantic import BaseModel, Field, model_validator

from echoloop.calls import ChatRequest, load_prompt
from echoloop.curate.lacks import lack
from echoloop.curate.passing import equals, part
from echoloop.curate.pictures import SHOWN
from echoloop.curate.settings import CurateSettings
from echoloop.engine import Asked, Desk, Question, Rendering
from echoloop.records import Answered, Drop, ImageRef, Keep, Sample
from echoloop.records.arrow import from_table

_MOST_SHOWN = 8
_LONGEST_REASON = 300

Part = Literal["prompt", "input picture", "output picture"]


class FilterAnswer(BaseModel, extra="forbid"):
    """A verdict. Who sends a sample to people says what is wrong with it; who discards one says why."""

    verdict: Literal["benchmark", "review", "discard"]
    wrong: Annotated[list[Part], Field(max_length=3)]
    reason: str

    @model_validator(mode="after")
    def _says_why(self) -> "FilterAnswer":
        if self.verdict == "review" and not self.wrong:
            raise ValueError("review needs at least one of prompt, input picture, output picture in wrong")
        if self.verdict == "discard" and not self.reason.strip():
            raise ValueError("discard needs a reason")
        return self


def filter_samples(desk: Desk[CurateSettings], guarded: pa.Table) -> Iterator[Keep[Sample] | Drop | pa.Table]:
    """Ask only about samples that could become benchmark items; the others pass unasked."""
    whole, others = part(guarded, equals(guarded, "quality", "Benchmark"))
    yield others
    samples = from_table(whole, Sample)
    question = Question[Sample, FilterAnswer](
        stage="filter",
        endpoint=desk.settings.viewer,
        render=_render,
        reads=FilterAnswer,
        prompt=load_prompt("echoloop.curate", "filtering"),
        batch_rows=256,
    )
    for sample in samples:
        if lack(sample):
            yield Keep(sample)
    for asked in desk.ask([sample for sample in samples if not lack(sample)], question):
        yield _decide(asked)


def _decide(asked: Asked[Sample, FilterAnswer]) -> Keep[Sample] | Drop:
    """What the filter did not judge is for people to judge: it is neither passed nor lost."""
    sample, answer = asked.row, asked.answer
    if not isinstance(answer, Answered):
        return Keep(_for_people(sample, f"the final filter gave no verdict ({answer.state})"))
    found = answer.value
    sample = msgspec.structs.replace(
        sample, filter_verdict=found.verdict, receipts=(*sample.receipts, asked.receipt)
    )
    words = " ".join(found.reason.split())[:_LONGEST_REASON]
    match found.verdict:
        case "discard":
            return Drop(
                key=sample.id,
                reason="discarded by the final filter",
                detail=words,
                source_posts=sample.source_posts,
            )
        case "review":
            wrong = ", ".join(dict.fromkeys(found.wrong))
            return Keep(
                _for_people(sample, f"the final filter doubts: {wrong}" + (f" ({words})" if words else ""))
            )
        case "benchmark":
            return Keep(sample)


def _for_people(sample: Sample, reason: str) -> Sample:
    return msgspec.structs.replace(sample, for_people=(*sample.for_people, reason))


def _render(row: Sample, rendering: Rendering) -> ChatRequest:
    inputs, outputs = _shown(row.input_images), _shown(row.output_images)
    data = {
        "prompt": row.prompt,
        "input_pictures": len(inputs),
        "output_pictures": len(outputs),
        "pictures_not_shown": len(row.input_images) + len(row.output_images) - len(inputs) - len(outputs),
        "from_a_screenshot": row.is_screenshot,
    }
    shown = [
        (f"{kind} picture {number}:", rendering.picture(image.sha256 or "", SHOWN))
        for kind, images in (("Input", inputs), ("Output", outputs))
        for number, image in enumerate(images, start=1)
    ]
    return rendering.about(data, shown, temperature=0)


def _shown(images: tuple[ImageRef, ...]) -> list[ImageRef]:
    """A benchmark item needs all of its inputs; a few of many outputs are enough to judge by."""
    return [image for image in images if image.sha256][:_MOST_SHOWN]
