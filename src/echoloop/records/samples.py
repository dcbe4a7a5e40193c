"""What a conversation is worth to a benchmark."""

from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

import msgspec

from echoloop.records.answers import AnswerState
from echoloop.records.posts import ImageRef

Quality: TypeAlias = Literal["Benchmark", "Analysis", "Trash"]
PromptOrigin: TypeAlias = Literal["verbatim", "joined", "filled", "edited"]
Split: TypeAlias = Literal["text_to_image", "image_to_image", "analysis"]
Polarity: TypeAlias = Literal["success", "failure", "neither"]
FeedbackKind: TypeAlias = Literal["opinion", "solution", "exploration"]
ReviewAction: TypeAlias = Literal["accept", "reject", "skip", "flag", "edit"]


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """What one person said about a result, in their own words."""

    post_url: str
    text: str


class FeedbackLabel(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of feedback, read: praise or complaint, and a one- or two-word name for the failure."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    sample: str
    post_url: str
    text: str
    polarity: Polarity | None
    keyword: str = ""
    kind: FeedbackKind | None = None
    state: AnswerState
    reason: str = ""
    receipt: str = ""
    cost: float | None = None
    source_posts: tuple[str, ...] = ()


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A rectangle in absolute pixels of the picture it belongs to; right and bottom are exclusive."""

    left: int
    top: int
    right: int
    bottom: int


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One task somebody gave an image model: the words, the pictures in, the pictures out, what people said."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    thread: str
    post_urls: tuple[str, ...]
    prompt: str
    prompt_origin: PromptOrigin = "verbatim"
    prompt_modified: bool = False
    prompt_fill_blank: bool = False
    quality: Quality
    quality_reason: str = ""
    community_feedback: tuple[Feedback, ...] = ()
    input_images: tuple[ImageRef, ...] = ()
    output_images: tuple[ImageRef, ...] = ()
    conversation: ImageRef | None = None
    is_screenshot: bool = False
    input_boxes: tuple[Box, ...] = ()
    output_boxes: tuple[Box, ...] = ()
    has_nsfw: bool | None = None
    hazards: tuple[str, ...] = ()
    language: str | None = None
    created_at: datetime | None = None
    receipts: tuple[str, ...] = ()
    source_posts: tuple[str, ...] = ()


class ReviewEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One decision of one person about one sample. Events are appended; the present state is a fold over them."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    sample: str
    reviewer: str
    action: ReviewAction
    prompt: str | None = None
    note: str = ""
    at: datetime
    source_posts: tuple[str, ...] = ()


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A sample as it stands in a release."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    split: Split
    sample: str
    prompt: str
    prompt_modified: bool = False
    prompt_fill_blank: bool = False
    quality: Quality
    input_images: tuple[ImageRef, ...] = ()
    output_images: tuple[ImageRef, ...] = ()
    community_feedback: tuple[Feedback, ...] = ()
    is_screenshot: bool = False
    language: str | None = None
    created_at: datetime | None = None
    source_posts: tuple[str, ...] = ()
