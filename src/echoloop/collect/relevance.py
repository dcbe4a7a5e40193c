"""Which of the found posts are about making images with the target model."""

from collections.abc import Iterator

import msgspec
import pyarrow as pa
from pydantic import BaseModel, Field

from echoloop.calls import ChatRequest, load_prompt
from echoloop.collect.settings import RelevanceSettings
from echoloop.engine import Desk, Question, Rendering, call_fields
from echoloop.records import Answered, Drop, Keep, Post, Relevance
from echoloop.records.arrow import from_table


class RelevanceAnswer(BaseModel, extra="forbid"):
    """What the reader says of one post."""

    score: int = Field(ge=1, le=5)
    note: str = Field(default="", max_length=2_000)


class _FoundPost(msgspec.Struct, frozen=True, kw_only=True):
    post: Post
    subject: str
    released: str

    @property
    def source_posts(self) -> tuple[str, ...]:
        return self.post.source_posts


def score_relevance(desk: Desk[RelevanceSettings], found: pa.Table) -> Iterator[Keep[Relevance] | Drop]:
    """Score what a keyword found; posts that came with a conversation are not filtered by it."""
    settings = desk.settings
    posts = [
        _FoundPost(post=post, subject=settings.subject, released=settings.released.isoformat())
        for post in from_table(found, Post)
    ]
    question = Question[_FoundPost, RelevanceAnswer](
        stage="relevance",
        endpoint=settings.reader,
        render=_render,
        reads=RelevanceAnswer,
        prompt=load_prompt("echoloop.collect", "relevance"),
    )
    for asked in desk.ask(posts, question):
        answer, post = asked.answer, asked.row.post
        score = answer.value.score if isinstance(answer, Answered) else None
        if score is not None and score < settings.keep_from:
            yield Drop(key=post.url, reason=f"relevance {score}", source_posts=post.source_posts)
        elif score is None:
            yield Drop(
                key=post.url,
                reason=f"relevance {answer.state}",
                detail=answer.reason,
                source_posts=post.source_posts,
            )
        else:
            yield Keep(
                Relevance(
                    post=post.url,
                    score=score,
                    note=answer.value.note if isinstance(answer, Answered) else "",
                    source_posts=post.source_posts,
                    **call_fields(asked),
                )
            )


def _render(row: _FoundPost, rendering: Rendering) -> ChatRequest:
    post = row.post
    return rendering.about(
        {
            "subject": row.subject,
            "released": row.released,
            "post": {
                "text": post.text,
                "date": post.created_at.date().isoformat() if post.created_at else None,
                "language": post.language,
                "pictures": len(post.images),
                "picture_descriptions": [image.alt for image in post.images if image.alt],
            },
        },
        temperature=0,
    )
