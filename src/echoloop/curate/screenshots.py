"""Screenshots of conversations: the words of the prompt, and the pictures cut out of the page."""

import math
from collections.abc import Iterator, Sequence

import msgspec
import pyarrow as pa
from pydantic import BaseModel, Field

from echoloop.calls import ChatRequest, load_prompt
from echoloop.curate.absences import kept_for_analysis
from echoloop.curate.settings import CurateSettings
from echoloop.engine import Asked, Desk, Question, Rendering
from echoloop.images import BadBox, Rendition, crop, decode, encode_png
from echoloop.images import Box as PixelBox
from echoloop.records import Answered, Box, Drop, ImageRef, Keep, Post, Sample
from echoloop.records.arrow import from_table
from echoloop.workspace import ImageStore

WHOLE = Rendition(format="png")
_SMALLEST_SIDE = 16
_MOST_OVERLAP = 0.5


class ScreenshotAnswer(BaseModel, extra="forbid"):
    """What a screenshot holds; each box is left, top, right, bottom in pixels."""

    prompt: str
    inputs: list[list[float]] = Field(max_length=50)
    outputs: list[list[float]] = Field(max_length=50)


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    sample: Sample
    text: str

    @property
    def source_posts(self) -> tuple[str, ...]:
        return self.sample.source_posts


class _Cut(msgspec.Struct, frozen=True, kw_only=True):
    """Boxes to be cut out of one stored picture."""

    page: str
    boxes: tuple[Box, ...]


def read_screenshots(
    desk: Desk[CurateSettings], pictured: pa.Table, posts: pa.Table
) -> Iterator[Keep[Sample] | Drop]:
    """Samples with a screenshot get its words and its pictures; the others pass."""
    by_url = {post.url: post for post in from_table(posts, Post)}
    samples = from_table(pictured, Sample)
    pages = [
        _Page(sample=sample, text="\n".join(by_url[url].text[:4000] for url in sample.post_urls))
        for sample in samples
        if sample.conversation is not None
    ]
    for sample in samples:
        if sample.conversation is None:
            yield Keep(sample)
    question = Question[_Page, ScreenshotAnswer](
        stage="screenshots",
        endpoint=desk.settings.boxer,
        render=_render,
        reads=ScreenshotAnswer,
        prompt=load_prompt("echoloop.curate", "screenshots"),
        batch_rows=256,
    )
    read: list[tuple[Sample, ScreenshotAnswer]] = []
    for asked in desk.ask(pages, question):
        if isinstance(asked.answer, Answered):
            read.append((_receipted(asked), asked.answer.value))
        else:
            yield Drop(
                key=asked.row.sample.id,
                reason=f"screenshot {asked.answer.state}",
                detail=asked.answer.reason,
                source_posts=asked.row.source_posts,
            )
    for decision in _cut_out(desk, read):
        yield Keep(kept_for_analysis(decision.row, by_url)) if isinstance(decision, Keep) else decision


def _render(row: _Page, rendering: Rendering) -> ChatRequest:
    page = _page_of(row.sample)
    return rendering.about(
        {"text": row.text, "width": page.width, "height": page.height},
        [("The screenshot:", rendering.picture(page.sha256 or "", WHOLE))],
        temperature=0,
    )


def _cut_out(
    desk: Desk[CurateSettings], read: Sequence[tuple[Sample, ScreenshotAnswer]]
) -> Iterator[Keep[Sample] | Drop]:
    cuts: list[_Cut] = []
    kept: list[tuple[Sample, ScreenshotAnswer, tuple[Box, ...], tuple[Box, ...]]] = []
    for sample, answer in read:
        inputs, outputs, rejected = _sound_boxes(answer, _page_of(sample))
        for number, reason in enumerate(rejected, start=1):
            yield Drop(key=f"{sample.id}#{number}", reason=f"box {reason}", source_posts=sample.source_posts)
        kept.append((sample, answer, inputs, outputs))
        cuts.append(_Cut(page=_page_of(sample).sha256 or "", boxes=(*inputs, *outputs)))
    pieces = desk.map(cuts, cut_boxes, tuple[ImageRef, ...])
    for (sample, answer, inputs, outputs), crops in zip(kept, pieces, strict=True):
        yield Keep(_unfold(sample, answer, inputs, outputs, crops))


def cut_boxes(cut: _Cut, images: ImageStore) -> tuple[ImageRef, ...]:
    """Store each box of a page as a picture of its own, with the page as its origin."""
    pixels = decode(images.read(cut.page)).pixels
    pieces: list[ImageRef] = []
    for box in cut.boxes:
        piece = crop(pixels, PixelBox(left=box.left, top=box.top, right=box.right, bottom=box.bottom))
        pieces.append(
            ImageRef(
                sha256=images.put(encode_png(piece)),
                alt=f"cut from {cut.page[:12]}",
                media_type="image/png",
                width=int(piece.shape[1]),
                height=int(piece.shape[0]),
            )
        )
    return tuple(pieces)


def _unfold(
    sample: Sample,
    answer: ScreenshotAnswer,
    inputs: tuple[Box, ...],
    outputs: tuple[Box, ...],
    crops: tuple[ImageRef, ...],
) -> Sample:
    """A post that shows its task only in a screenshot is judged by what the screenshot holds."""
    prompt = sample.prompt or answer.prompt.strip()
    whole = bool(prompt and outputs)
    read_here = whole and not sample.prompt
    return msgspec.structs.replace(
        sample,
        prompt=prompt,
        quality="Benchmark" if read_here else sample.quality,
        quality_reason="read from a screenshot" if read_here else sample.quality_reason,
        is_screenshot=True,
        input_boxes=inputs,
        output_boxes=outputs,
        input_images=sample.input_images or crops[: len(inputs)],
        output_images=(*sample.output_images, *crops[len(inputs) :]),
    )


def _sound_boxes(
    answer: ScreenshotAnswer, page: ImageRef
) -> tuple[tuple[Box, ...], tuple[Box, ...], list[str]]:
    taken: list[PixelBox] = []
    rejected: list[str] = []

    def sound(claims: list[list[float]]) -> tuple[Box, ...]:
        kept: list[Box] = []
        for claim in claims:
            box = _box(claim, page)
            if isinstance(box, str):
                rejected.append(box)
            elif any(box.overlap(other) > _MOST_OVERLAP for other in taken):
                rejected.append("over another box")
            else:
                taken.append(box)
                kept.append(Box(left=box.left, top=box.top, right=box.right, bottom=box.bottom))
        return tuple(kept)

    inputs = sound(answer.inputs)
    return inputs, sound(answer.outputs), rejected


def _box(claim: list[float], page: ImageRef) -> PixelBox | str:
    if len(claim) != 4 or not all(math.isfinite(number) for number in claim):
        return "not four numbers"
    left, top, right, bottom = (round(max(-1e6, min(1e6, number))) for number in claim)
    try:
        box = PixelBox(left=left, top=top, right=right, bottom=bottom).within(
            page.width or 0, page.height or 0
        )
    except BadBox:
        return "outside the picture"
    if min(box.right - box.left, box.bottom - box.top) < _SMALLEST_SIDE:
        return "too small"
    return box


def _page_of(sample: Sample) -> ImageRef:
    if sample.conversation is None:
        raise TypeError(f"sample {sample.id} has no screenshot")
    return sample.conversation


def _receipted(asked: Asked[_Page, ScreenshotAnswer]) -> Sample:
    sample = asked.row.sample
    return msgspec.structs.replace(sample, receipts=(*sample.receipts, asked.receipt))
