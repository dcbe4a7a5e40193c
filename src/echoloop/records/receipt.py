"""The proof of one paid call."""

from datetime import datetime
from typing import ClassVar

import msgspec

from echoloop.records.answers import AnswerState


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What the provider says it counted; None where it said nothing."""

    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    images: int | None = None


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """One request and what came back. Images appear by SHA-256 only; keys and addresses never appear.

    `cost` is in US dollars and None when the price is unknown: unknown is never free.
    """

    KEY: ClassVar[tuple[str, ...]] = ("key",)

    key: str
    provider: str
    model: str
    served_model: str | None
    stage: str
    prompt: str
    state: AnswerState
    reason: str
    request: str
    response: str
    images: tuple[str, ...] = ()
    usage: Usage = Usage()
    cost: float | None
    latency_seconds: float
    attempts: int
    at: datetime
    source_posts: tuple[str, ...] = ()
