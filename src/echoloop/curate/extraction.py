"""Conversation -> samples, with every claim of the model checked against the posts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

import msgspec
import pyarrow as pa
from pydantic import BaseModel, Field

from echoloop.calls import ChatRequest, load_prompt
from echoloop.curate.conversations import Conversation, as_data, gather
from echoloop.curate.folding import fold
from echoloop.curate.passing import stands_in
from echoloop.curate.portions import portions
from echoloop.curate.provenance import Provenance, sources_of, trace
from echoloop.curate.settings import CurateSettings
from echoloop.curate.spans import Source
from echoloop.curate.uniting import Found, sample_id, settle
from echoloop.engine import Asked, Desk, Question, Rendering
from echoloop.records import (
    Answered,
    Drop,
    Feedback,
    Keep,
    NotAPostUrl,
    Post,
    Quality,
    Sample,
    Thread,
    Tombstone,
    canonical_url,
)
from echoloop.records.arrow import from_table

_READ = ["url", "platform", "text", "created_at", "author", "language", "images"]
"""What of a post a reader is shown or a sample takes over, and what no post can be without."""


class FeedbackClaim(BaseModel, extra="forbid"):
    """What the reader says somebody said."""

    post_url: str
    feedback: str


class SampleClaim(BaseModel, extra="forbid"):
    """What the reader says is one task."""

    prompt: str
    prompt_modified: bool
    post_urls: list[str]
    quality: Quality
    quality_reason: str
    community_feedback: list[FeedbackClaim]


class ExtractionAnswer(BaseModel, extra="forbid"):
    """Every task of one conversation."""

    samples: list[SampleClaim] = Field(max_length=500)


def extract_samples(
    desk: Desk[CurateSettings], threads: pa.Table, posts: pa.Table, gone: pa.Table | None = None
) -> Iterator[Keep[Sample] | Drop]:
    """Ask for the tasks of every conversation and keep what the posts confirm."""
    settings = desk.settings
    told = posts.filter(pa.array(stands_in(posts, "url", threads.column("posts"))))
    conversations = gather(
        from_table(threads, Thread),
        {post.url: post for post in from_table(told.select(_READ), Post)},
        from_table(gone, Tombstone) if gone is not None else (),
        settings.subject,
        settings.text_limit,
    )
    question = Question[Conversation, ExtractionAnswer](
        stage="extraction",
        endpoint=settings.reader,
        render=_render,
        reads=ExtractionAnswer,
        prompt=load_prompt("echoloop.curate", "extraction"),
    )
    parts = [
        part
        for conversation in conversations
        for part in portions(conversation, settings.posts_at_once, settings.characters_at_once)
    ]
    for _, readings in groupby(desk.ask(parts, question), key=lambda asked: asked.row.id):
        yield from _confirm(list(readings), settings.samples_per_post)


def _render(row: Conversation, rendering: Rendering) -> ChatRequest:
    return rendering.about(as_data(row), temperature=0)


def _confirm(
    readings: Sequence[Asked[Conversation, ExtractionAnswer]], most: int
) -> Iterator[Keep[Sample] | Drop]:
    """One conversation, in however many parts it was read. Each loss has a key of its own, so that none hides another."""
    found: list[Found] = []
    lost: list[Drop] = []
    for asked in readings:
        for decision in _claimed(asked, most):
            if isinstance(decision, Drop):
                lost.append(decision)
            else:
                found.append(Found(decision.row, asked.row))
    for decision in settle(found):
        if isinstance(decision, Drop):
            lost.append(decision)
        else:
            yield decision
    if not found and not lost:
        whole = readings[0].row
        sources = {url for asked in readings for url in asked.row.source_posts}
        yield Drop(key=whole.id, reason="no task in the conversation", source_posts=tuple(sorted(sources)))
    for number, drop in enumerate(lost, start=1):
        unread = drop.reason.startswith("extraction ")
        yield drop if unread else msgspec.structs.replace(drop, key=f"{drop.key}#{number}")


def _claimed(asked: Asked[Conversation, ExtractionAnswer], most: int) -> Iterator[Keep[Sample] | Drop]:
    part, answer = asked.row, asked.answer
    if not isinstance(answer, Answered):
        yield Drop(
            key=part.key,
            reason=f"extraction {answer.state}",
            detail=answer.reason,
            source_posts=part.source_posts,
        )
        return
    reading = _Reading(part, asked.receipt)
    named = [reading.named(claim) for claim in answer.value.samples]
    firsts = Counter(urls.known[0] for urls in named if urls.known)
    for claim, urls in zip(answer.value.samples, named, strict=True):
        if urls.known and firsts[urls.known[0]] > most:
            yield reading.lose(claim, urls, "more samples than one post can hold", urls.known[0])
        else:
            yield from reading.confirm(claim, urls)


class _Named(NamedTuple):
    """The posts that a claim names: those of the conversation, each once, and the others, as it wrote them."""

    known: tuple[str, ...]
    foreign: list[str]


class _Reading:
    """One answered request, and the posts that it was about."""

    def __init__(self, part: Conversation, receipt: str) -> None:
        self._part = part
        self._receipt = receipt
        self._posts = {post.url: post for post in part.posts}

    @cached_property
    def _sources(self) -> list[Source]:
        return sources_of(self._part.posts)

    @cached_property
    def _said(self) -> dict[str, Source]:
        return {post.url: Source(post.text) for post in self._part.posts}

    @cached_property
    def _source_posts(self) -> tuple[str, ...]:
        return self._part.source_posts

    def named(self, claim: SampleClaim) -> _Named:
        """The posts that a claim names."""
        urls = [(text, _canonical(text, self._posts)) for text in claim.post_urls]
        known = dict.fromkeys(url for _, url in urls if url in self._posts)
        return _Named(tuple(known), [text for text, url in urls if url not in self._posts])

    def lose(self, claim: SampleClaim, urls: _Named, reason: str, detail: str) -> Drop:
        """A claim, or a part of one, that leaves."""
        return Drop(
            key=sample_id(self._part.id, claim.prompt, urls.known),
            reason=reason,
            detail=detail[:300],
            source_posts=self._source_posts,
        )

    def confirm(self, claim: SampleClaim, urls: _Named) -> Iterator[Keep[Sample] | Drop]:
        """The sample as far as the posts bear it out, and what they do not."""
        for url in urls.foreign:
            yield self.lose(claim, urls, "a post that is not in the conversation", url)
        if not urls.known:
            yield self.lose(claim, urls, "no post of the conversation named", claim.prompt)
            return
        if claim.quality == "Trash":
            yield Keep(self._sample(claim, urls.known, (), Provenance("verbatim")))
            return
        origin = trace(claim.prompt, self._sources) if claim.prompt else Provenance("verbatim")
        if origin.invented:
            yield self.lose(claim, urls, "prompt not found in the posts", claim.prompt)
            return
        feedback: tuple[Feedback, ...] = ()
        if claim.community_feedback:
            feedback, unfounded = _known_feedback(claim.community_feedback, self._said)
            for url in unfounded:
                yield self.lose(claim, urls, "feedback that its post does not hold", url)
        yield Keep(self._sample(claim, urls.known, feedback, origin))

    def _sample(
        self,
        claim: SampleClaim,
        urls: tuple[str, ...],
        feedback: tuple[Feedback, ...],
        origin: Provenance,
    ) -> Sample:
        main = self._posts[urls[0]]
        return Sample(
            id=sample_id(self._part.id, claim.prompt, urls),
            thread=self._part.id,
            post_urls=urls,
            prompt=claim.prompt if fold(claim.prompt) else "",
            prompt_origin=origin.origin,
            prompt_modified=origin.origin != "verbatim",
            prompt_diff=origin.diff,
            quality=claim.quality,
            quality_reason=claim.quality_reason,
            community_feedback=feedback,
            language=main.language,
            created_at=main.created_at,
            receipts=(self._receipt,),
            source_posts=self._source_posts,
        )


def _known_feedback(
    claims: Sequence[FeedbackClaim], said: dict[str, Source]
) -> tuple[tuple[Feedback, ...], list[str]]:
    known: dict[str, Feedback] = {}
    unfounded: list[str] = []
    for claim in claims:
        url = _canonical(claim.post_url, said)
        if url in known:
            continue
        if url in said and claim.feedback.strip() and fold(claim.feedback) in said[url].folded:
            known[url] = Feedback(post_url=url, text=claim.feedback)
        else:
            unfounded.append(claim.post_url)
    return tuple(known.values()), unfounded


def _canonical(text: str, known: Mapping[str, object]) -> str:
    """Most readers repeat an address as they were shown it, and that is the canonical one."""
    if text in known:
        return text
    try:
        return canonical_url(text)
    except NotAPostUrl:
        return ""
