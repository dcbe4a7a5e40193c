"""Conversation -> samples, with every claim of the model checked against the posts."""

from collections.abc import Iterator
from hashlib import sha256

import msgspec
import pyarrow as pa
from pydantic import BaseModel, Field

from echoloop.calls import ChatRequest, load_prompt
from echoloop.curate.conversations import Conversation, as_data, gather
from echoloop.curate.provenance import fold, prompt_origin
from echoloop.curate.settings import CurateSettings
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
    canonical_url,
)
from echoloop.records.arrow import from_table


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
    desk: Desk[CurateSettings], threads: pa.Table, posts: pa.Table
) -> Iterator[Keep[Sample] | Drop]:
    """Ask for the tasks of every conversation and keep what the posts confirm."""
    settings = desk.settings
    by_url = {post.url: post for post in from_table(posts, Post)}
    conversations = gather(from_table(threads, Thread), by_url, settings.subject, settings.text_limit)
    question = Question[Conversation, ExtractionAnswer](
        stage="extraction",
        endpoint=settings.reader,
        render=_render,
        reads=ExtractionAnswer,
        prompt=load_prompt("echoloop.curate", "extraction"),
    )
    for asked in desk.ask(conversations, question):
        yield from _confirm(asked)


def _render(row: Conversation, rendering: Rendering) -> ChatRequest:
    return rendering.about(as_data(row), temperature=0)


def _confirm(asked: Asked[Conversation, ExtractionAnswer]) -> Iterator[Keep[Sample] | Drop]:
    conversation, answer = asked.row, asked.answer
    if not isinstance(answer, Answered):
        yield Drop(
            key=conversation.id,
            reason=f"extraction {answer.state}",
            detail=answer.reason,
            source_posts=conversation.source_posts,
        )
        return
    if not answer.value.samples:
        yield Drop(
            key=conversation.id, reason="no task in the conversation", source_posts=conversation.source_posts
        )
    seen: set[str] = set()
    lost = 0
    for claim in answer.value.samples:
        for decision in _confirm_sample(claim, conversation, asked.receipt):
            decision = _once(decision, seen)
            if isinstance(decision, Drop):
                lost += 1
                decision = msgspec.structs.replace(decision, key=f"{decision.key}#{lost}")
            yield decision


def _once(decision: Keep[Sample] | Drop, seen: set[str]) -> Keep[Sample] | Drop:
    """A sample that was told twice is kept once."""
    if isinstance(decision, Drop):
        return decision
    sample = decision.row
    if sample.id in seen:
        return Drop(key=sample.id, reason="the same sample again", source_posts=sample.source_posts)
    seen.add(sample.id)
    return decision


def _confirm_sample(
    claim: SampleClaim, conversation: Conversation, receipt: str
) -> Iterator[Keep[Sample] | Drop]:
    posts = {post.url: post for post in conversation.posts}
    urls, foreign = _known_urls(claim.post_urls, posts)
    key = _sample_id(conversation.id, claim.prompt, urls)

    def lost(reason: str, detail: str) -> Drop:
        return Drop(key=key, reason=reason, detail=detail[:300], source_posts=conversation.source_posts)

    for url in foreign:
        yield lost("a post that is not in the conversation", url)
    if not urls:
        yield lost("no post of the conversation named", claim.prompt)
        return
    if claim.quality == "Trash":
        yield lost("quality Trash", claim.quality_reason)
        return
    feedback, unfounded = _known_feedback(claim.community_feedback, posts)
    for url in unfounded:
        yield lost("feedback that its post does not hold", url)
    origin = (
        prompt_origin(claim.prompt, [post.text for post in conversation.posts])
        if claim.prompt
        else "verbatim"
    )
    main = posts[urls[0]]
    yield Keep(
        Sample(
            id=key,
            thread=conversation.id,
            post_urls=urls,
            prompt=claim.prompt,
            prompt_origin=origin,
            prompt_modified=origin != "verbatim",
            quality=claim.quality,
            quality_reason=claim.quality_reason,
            community_feedback=feedback,
            language=main.language,
            created_at=main.created_at,
            receipts=(receipt,),
            source_posts=conversation.source_posts,
        )
    )


def _known_urls(claimed: list[str], posts: dict[str, Post]) -> tuple[tuple[str, ...], list[str]]:
    known: dict[str, None] = {}
    foreign: list[str] = []
    for text in claimed:
        url = _canonical(text)
        if url in posts:
            known[url] = None
        else:
            foreign.append(text)
    return tuple(known), foreign


def _known_feedback(
    claims: list[FeedbackClaim], posts: dict[str, Post]
) -> tuple[tuple[Feedback, ...], list[str]]:
    known: dict[str, Feedback] = {}
    unfounded: list[str] = []
    for claim in claims:
        url = _canonical(claim.post_url)
        if url in known:
            continue
        if url in posts and claim.feedback.strip() and fold(claim.feedback) in fold(posts[url].text):
            known[url] = Feedback(post_url=url, text=claim.feedback)
        else:
            unfounded.append(claim.post_url)
    return tuple(known.values()), unfounded


def _canonical(text: str) -> str:
    try:
        return canonical_url(text)
    except NotAPostUrl:
        return ""


def _sample_id(thread: str, prompt: str, urls: tuple[str, ...]) -> str:
    return sha256(msgspec.json.encode([thread, fold(prompt), urls])).hexdigest()[:16]
