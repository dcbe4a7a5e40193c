"""A guard looks at every sample. What it cannot judge is withheld, never passed."""

import re
from collections.abc import Iterator

import msgspec
import pyarrow as pa

from echoloop.calls import ChatRequest, load_prompt
from echoloop.curate.pictures import SHOWN
from echoloop.curate.settings import CurateSettings
from echoloop.engine import Desk, Question, Rendering
from echoloop.records import Answered, Drop, Keep, Sample
from echoloop.records.arrow import from_table

_CODES = re.compile(r"S(?:1[0-4]|[1-9])(?:\s*,\s*S(?:1[0-4]|[1-9]))*")


def read_guard(text: str) -> list[str]:
    """`safe`, or `unsafe` with hazard codes on the next line; anything else is no verdict."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    if lines == ["safe"]:
        return []
    if len(lines) == 2 and lines[0] == "unsafe" and _CODES.fullmatch(lines[1]):
        return [code.strip() for code in lines[1].split(",")]
    raise ValueError('expected "safe", or "unsafe" and a line of codes such as S1,S9')


def guard_samples(desk: Desk[CurateSettings], unfolded: pa.Table) -> Iterator[Keep[Sample] | Drop]:
    """Keep what the guard calls safe."""
    question = Question[Sample, list[str]](
        stage="safety",
        endpoint=desk.settings.guard,
        render=_render,
        reads=read_guard,
        prompt=load_prompt("echoloop.curate", "safety"),
        batch_rows=256,
    )
    for asked in desk.ask(from_table(unfolded, Sample), question):
        sample, answer = asked.row, asked.answer
        if not isinstance(answer, Answered):
            reason, detail = f"withheld: guard {answer.state}", answer.reason
        elif answer.value:
            reason, detail = f"hazard {','.join(answer.value)}", ""
        else:
            safe = msgspec.structs.replace(sample, has_nsfw=False, receipts=(*sample.receipts, asked.receipt))
            yield Keep(safe)
            continue
        yield Drop(key=sample.id, reason=reason, detail=detail, source_posts=sample.source_posts)


def _render(row: Sample, rendering: Rendering) -> ChatRequest:
    pictures = [image.sha256 for image in (*row.input_images, *row.output_images) if image.sha256]
    shown = [
        (f"Picture {number}:", rendering.picture(sha256, SHOWN))
        for number, sha256 in enumerate(pictures, start=1)
    ]
    return rendering.about({"prompt": row.prompt}, shown, temperature=0)
