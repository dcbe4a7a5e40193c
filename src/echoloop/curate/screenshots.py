"""Screenshots of conversations: the words of the prompt, and the pictures cut out of the page."""

from collections.abc import Iterator, Sequence

import msgspec
import pyarrow as pa
from pydantic import BaseModel, Field

from echoloop.calls import ChatRequest, load_prompt
from echoloop.curate.absences import kept_for_analysis
from echoloop.curate.boxes import Page, sound_boxes
from echoloop.curate.conversations import cut
from echoloop.curate.passing import has, part, with_posts_of
from echoloop.curate.settings import BoxConvention, CurateSettings
from echoloop.engine import Asked, Desk, Question, Rendering
from echoloop.images import Box as PixelBox
from echoloop.images import Rendition, crop, decode, encode_png
from echoloop.records import Answered, Box, Drop, ImageRef, Keep, Post, Sample
from echoloop.records.arrow import from_table
from echoloop.workspace import ImageStore

WHOLE = Rendition(format="png")
_LONGEST_TEXT = 4_000


class ScreenshotAnswer(BaseModel, extra="forbid"):
    """What a screenshot holds; each box is left, top, right, bottom in the unit that was asked for."""

    prompt: str
    inputs: list[list[float]] = Field(max_length=50)
    outputs: list[list[float]] = Field(max_length=50)


class _Screenshot(msgspec.Struct, frozen=True, kw_only=True):
    """A sample with a screenshot; `texts` are the words of its posts."""

    sample: Sample
    texts: tuple[str, ...]
    box_convention: BoxConvention

    @property
    def source_posts(self) -> tuple[str, ...]:
        return self.sample.source_posts


class _Cut(msgspec.Struct, frozen=True, kw_only=True):
    """Boxes to be cut out of one stored picture."""

    page: str
    boxes: tuple[Box, ...]


def read_screenshots(
    desk: Desk[CurateSettings], pictured: pa.Table, posts: pa.Table
) -> Iterator[Keep[Sample] | Drop | pa.Table]:
    """Samples with a screenshot get its words and its pictures; the others pass."""
    unread, read_already = part(pictured, has(pictured, "conversation"))
    yield read_already
    by_url = {post.url: post for post in from_table(with_posts_of(posts, unread), Post)}
    pages = [
        _Screenshot(
            sample=sample,
            texts=tuple(by_url[url].text for url in sample.post_urls),
            box_convention=desk.settings.box_convention,
        )
        for sample in from_table(unread, Sample)
    ]
    question = Question[_Screenshot, ScreenshotAnswer](
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


def _render(row: _Screenshot, rendering: Rendering) -> ChatRequest:
    page = _page_of(row.sample)
    texts = [cut(text, _LONGEST_TEXT) for text in row.texts]
    return rendering.about(
        {
            "text": "\n".join(text for text, _ in texts),
            "characters_left_out": sum(left_out for _, left_out in texts),
            "width": page.width,
            "height": page.height,
            "coordinates": row.box_convention,
        },
        [("The screenshot:", rendering.picture(page.sha256 or "", WHOLE))],
        temperature=0,
    )


def _cut_out(
    desk: Desk[CurateSettings], read: Sequence[tuple[Sample, ScreenshotAnswer]]
) -> Iterator[Keep[Sample] | Drop]:
    cuts: list[_Cut] = []
    kept: list[tuple[Sample, ScreenshotAnswer, tuple[Box, ...], tuple[Box, ...]]] = []
    settings = desk.settings
    for sample, answer in read:
        page = _page_of(sample)
        measures = Page(page.width or 0, page.height or 0, settings.box_convention, settings.box_margin)
        inputs, outputs, refused = sound_boxes(answer.inputs, answer.outputs, measures)
        for number, (reason, numbers) in enumerate(refused, start=1):
            yield Drop(
                key=f"{sample.id}#{number}",
                reason=f"box {reason}",
                detail=numbers,
                source_posts=sample.source_posts,
            )
        kept.append((sample, answer, inputs, outputs))
        cuts.append(_Cut(page=page.sha256 or "", boxes=(*inputs, *outputs)))
    pieces = desk.map(cuts, cut_boxes, tuple[ImageRef, ...])
    for (sample, answer, inputs, outputs), crops in zip(kept, pieces, strict=True):
        yield Keep(_unfold(sample, answer, inputs, outputs, crops))


def cut_boxes(cuts: _Cut, images: ImageStore) -> tuple[ImageRef, ...]:
    """Store each box of a page as a picture of its own, with the page and the place on it as its origin."""
    pixels = decode(images.read(cuts.page)).pixels
    pieces: list[ImageRef] = []
    for box in cuts.boxes:
        piece = crop(pixels, PixelBox(left=box.left, top=box.top, right=box.right, bottom=box.bottom))
        pieces.append(
            ImageRef(
                sha256=images.put(encode_png(piece)),
                url=f"sha256:{cuts.page}#xywh={box.left},{box.top},{box.right - box.left},{box.bottom - box.top}",
                alt=f"cut from {cuts.page[:12]}",
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


def _page_of(sample: Sample) -> ImageRef:
    if sample.conversation is None:
        raise TypeError(f"sample {sample.id} has no screenshot")
    return sample.conversation


def _receipted(asked: Asked[_Screenshot, ScreenshotAnswer]) -> Sample:
    sample = asked.row.sample
    return msgspec.structs.replace(sample, receipts=(*sample.receipts, asked.receipt))
