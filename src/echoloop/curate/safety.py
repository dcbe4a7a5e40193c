"""Guards look at every sample: all must have judged it, and any one that says hazard removes it.

What a guard cannot judge is withheld, never passed.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pyarrow as pa

from echoloop.calls import (
    ChatRequest,
    Message,
    ModerationRequest,
    ModerationResult,
    TextPart,
    fenced,
    load_prompt,
)
from echoloop.curate.guards import in_order, moderated, read_guard
from echoloop.curate.minors import with_minors_queued
from echoloop.curate.passing import with_columns
from echoloop.curate.pictures import SHOWN
from echoloop.curate.settings import CurateSettings
from echoloop.engine import Desk, Question, Rendering
from echoloop.records import Answered, Drop, ImageRef, Sample
from echoloop.records.arrow import from_table


class _Piece(msgspec.Struct, frozen=True, kw_only=True):
    """What one request to a guard shows of a sample. The hosted moderations take one picture a request."""

    sample: str
    prompt: str
    pictures: tuple[ImageRef, ...]
    source_posts: tuple[str, ...]


class _Ruling(msgspec.Struct, kw_only=True):
    """What the guards have said of a sample so far."""

    hazards: set[str] = msgspec.field(default_factory=set[str])
    absence: str = ""
    detail: str = ""
    receipts: list[str] = msgspec.field(default_factory=list[str])


_LOOKED_AT = [
    *("id", "thread", "post_urls", "prompt", "quality", "for_people"),
    *("input_images", "output_images", "receipts", "source_posts"),
]
"""What of a sample this stage looks at, and what no sample can be without. The rest of its row passes as it is."""


def guard_samples(desk: Desk[CurateSettings], unfolded: pa.Table) -> Iterator[Drop | pa.Table]:
    """Keep what every guard calls safe; of that, queue apparent minors for people."""
    samples = from_table(unfolded.select(_LOOKED_AT), Sample)
    rulings = {sample.id: _Ruling() for sample in samples}
    for guard in desk.settings.all_guards:
        _ask(desk, guard, samples, rulings)
    safe: list[Sample] = []
    places: list[int] = []
    for place, sample in enumerate(samples):
        ruling = rulings[sample.id]
        reason = _why_not(ruling)
        if reason:
            yield Drop(key=sample.id, reason=reason, detail=ruling.detail, source_posts=sample.source_posts)
        else:
            receipts = (*sample.receipts, *ruling.receipts)
            safe.append(msgspec.structs.replace(sample, receipts=receipts))
            places.append(place)
    judged = with_minors_queued(desk, safe)
    yield with_columns(
        unfolded.take(pa.array(places, pa.int64())),
        has_nsfw=[False] * len(judged),
        for_people=[sample.for_people for sample in judged],
        receipts=[sample.receipts for sample in judged],
    )


def _ask(
    desk: Desk[CurateSettings], guard: str, samples: Sequence[Sample], rulings: dict[str, _Ruling]
) -> None:
    question = _question(desk.settings, guard)
    alone = guard in desk.settings.moderators
    pieces = [piece for sample in samples for piece in (_apart(sample) if alone else [_whole(sample)])]
    for asked in desk.ask(pieces, question):
        ruling, answer = rulings[asked.row.sample], asked.answer
        if asked.receipt:
            ruling.receipts.append(asked.receipt)
        if isinstance(answer, Answered):
            found = answer.value
            ruling.hazards.update(moderated(found) if isinstance(found, ModerationResult) else found)
        elif not ruling.absence:
            ruling.absence, ruling.detail = answer.state, f"{guard}: {answer.reason}"


def _why_not(ruling: _Ruling) -> str:
    if ruling.hazards:
        return f"hazard {','.join(in_order(ruling.hazards))}"
    return f"withheld: guard {ruling.absence}" if ruling.absence else ""


def _question(settings: CurateSettings, guard: str) -> Question[_Piece, Any]:
    if guard in settings.moderators:
        return Question(
            stage="safety",
            endpoint=guard,
            render=_moderation,
            reads=None,
            answers=ModerationResult,
            batch_rows=256,
        )
    trained = guard in settings.classifiers
    return Question(
        stage="safety",
        endpoint=guard,
        render=_material if trained else _instructed,
        reads=read_guard,
        prompt=None if trained else load_prompt("echoloop.curate", "safety"),
        batch_rows=256,
    )


def _whole(sample: Sample) -> _Piece:
    return _piece(sample, _pictures(sample))


def _apart(sample: Sample) -> list[_Piece]:
    pictures = _pictures(sample)
    return [_piece(sample, (picture,)) for picture in pictures] or [_whole(sample)]


def _piece(sample: Sample, pictures: tuple[ImageRef, ...]) -> _Piece:
    return _Piece(sample=sample.id, prompt=sample.prompt, pictures=pictures, source_posts=sample.source_posts)


def _pictures(sample: Sample) -> tuple[ImageRef, ...]:
    return tuple(image for image in (*sample.input_images, *sample.output_images) if image.sha256)


def _instructed(row: _Piece, rendering: Rendering) -> ChatRequest:
    """For a model that is told what a guard does."""
    shown = [
        (f"Picture {number}:", rendering.picture(image.sha256 or "", SHOWN))
        for number, image in enumerate(row.pictures, start=1)
    ]
    return rendering.about({"prompt": row.prompt}, shown, temperature=0)


def _material(row: _Piece, rendering: Rendering) -> ChatRequest:
    """For a trained guard: its template refuses a system message, and instructions of ours would be judged too."""
    words = TextPart(fenced({"prompt": row.prompt}))
    pictures = [rendering.picture(image.sha256 or "", SHOWN) for image in row.pictures]
    endpoint = rendering.endpoint
    return ChatRequest(
        provider=endpoint.provider,
        model=endpoint.pinned_model,
        messages=(Message("user", (words, *pictures)),),
        parameters=endpoint.sent({"temperature": 0}),
        protocol=endpoint.protocol,
    )


def _moderation(row: _Piece, rendering: Rendering) -> ModerationRequest:
    pictures = [rendering.picture(image.sha256 or "", SHOWN) for image in row.pictures]
    return rendering.moderation(row.prompt, pictures)
