"""What a conversation is worth to a benchmark."""

from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

import msgspec

from echoloop.records.answers import AnswerState
from echoloop.records.posts import ImageRef

Quality: TypeAlias = Literal["Benchmark", "Analysis", "Trash"]
PromptOrigin: TypeAlias = Literal["verbatim", "joined", "filled", "edited"]
Split: TypeAlias = Literal["text_to_image", "image_to_image", "analysis"]
FilterVerdict: TypeAlias = Literal["benchmark", "review", "discard"]
DuplicateKind: TypeAlias = Literal["prompt", "pictures", "both"]
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
    """One task somebody gave an image model: the words, the pictures in, the pictures out, what people said.

    `prompt_diff` shows what differs from the post where the prompt is not verbatim. `for_people` are the reasons why a person
    has to look before this may be published; no model alone strikes one out.
    """

    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    thread: str
    post_urls: tuple[str, ...]
    prompt: str
    prompt_origin: PromptOrigin = "verbatim"
    prompt_modified: bool = False
    prompt_diff: str = ""
    prompt_fill_blank: bool = False
    quality: Quality
    quality_reason: str = ""
    filter_verdict: FilterVerdict | None = None
    for_people: tuple[str, ...] = ()
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


class Duplicate(msgspec.Struct, frozen=True, kw_only=True):
    """A sample in a cluster of near-duplicates. One of each cluster, the representative, may stand in a benchmark split."""

    KEY: ClassVar[tuple[str, ...]] = ("sample",)

    sample: str
    cluster: str
    representative: bool
    kind: DuplicateKind
    size: int
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
    """A sample as it stands in a release.

    `reserve` is its place in line for a benchmark split that is full (None: it is in), `stratum` what it was drawn from,
    `held_out` that it is scored like the rest and never shown.
    """

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
    task: str = ""
    stratum: str = ""
    reserve: int | None = None
    held_out: bool = False
    source_posts: tuple[str, ...] = ()
