"""What is true in a town: gold tables, written to a file of their own that no part of the pipeline reads."""

from pathlib import Path
from typing import ClassVar, Literal, TypeAlias

import msgspec

from echoloop.lab.scenes import Scene
from echoloop.records import Box, FeedbackKind, Polarity, Quality, Split

Defect: TypeAlias = Literal[
    "yellow tint", "wrong count", "bad spelling", "face changed", "wrong colour", "layout moved", "cropped"
]
ThreadKind: TypeAlias = Literal[
    "plain",
    "prompt in reply",
    "edit",
    "multi-reference",
    "fill in the blank",
    "branching",
    "chat screenshot",
    "collage",
    "commentary",
    "partial prompt",
    "news",
    "rival",
    "rival confessed",
    "coincidence",
    "spam",
    "unsafe request",
    "unsafe picture",
    "injection",
    "orphan",
    "flood",
]
ScreenshotKind: TypeAlias = Literal["chat", "collage"]
PictureRole: TypeAlias = Literal["input", "output", "junk"]


class GoldPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post that was written. A tombstone is known from other posts' replies only: its own line is missing."""

    KEY: ClassVar[tuple[str, ...]] = ("url",)

    url: str
    thread_root: str
    thread_kind: ThreadKind
    tombstone: bool = False


class GoldRelevance(msgspec.Struct, frozen=True, kw_only=True):
    """For each post found by a keyword: is it about pictures by the product, and which scores are defensible."""

    KEY: ClassVar[tuple[str, ...]] = ("post",)

    post: str
    relevant: bool
    score_low: int
    score_high: int
    held_out: bool = False


class GoldFeedback(msgspec.Struct, frozen=True, kw_only=True):
    """What one person said about a result. `text` is a verbatim span of the post; `keyword` names a failure."""

    post_url: str
    text: str
    polarity: Polarity
    keyword: str = ""
    kind: FeedbackKind = "opinion"


class GoldSample(msgspec.Struct, frozen=True, kw_only=True):
    """One task. Pictures are named by the SHA-256 of their file.

    `prompt` is an exact span of one of `post_urls`, unless `prompt_modified` (joined or filled in) or it is written
    inside the screenshot (`prompt_in_picture`); it is empty where nobody wrote one. A screenshot's own pictures are the boxes,
    in absolute pixels of the screenshot, and are in no file.
    """

    KEY: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    thread_root: str
    post_urls: tuple[str, ...]
    prompt: str
    prompt_modified: bool = False
    prompt_fill_blank: bool = False
    prompt_in_picture: bool = False
    quality: Quality
    input_images: tuple[str, ...] = ()
    output_images: tuple[str, ...] = ()
    feedback: tuple[GoldFeedback, ...] = ()
    is_screenshot: bool = False
    screenshot_kind: ScreenshotKind | None = None
    screenshot: str | None = None
    input_boxes: tuple[Box, ...] = ()
    output_boxes: tuple[Box, ...] = ()
    split: Split
    language: str
    hazards: tuple[str, ...] = ()
    held_out: bool = False


class GoldPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that was drawn: which file (and where in it), what it shows, and what is wrong with it.

    `scene` is what is in the picture, so with a defect it differs from what was asked for.
    """

    KEY: ClassVar[tuple[str, ...]] = ("sha256", "box")

    sha256: str
    box: Box | None = None
    role: PictureRole
    scene: Scene
    defect: Defect | None = None


class PlantedComplaint(msgspec.Struct, frozen=True, kw_only=True):
    """How many output pictures have a defect, and how many people complained of it."""

    KEY: ClassVar[tuple[str, ...]] = ("keyword",)

    keyword: Defect
    pictures: int
    complaints: int


class GoldLevel(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows a faultless pipeline has at one level of the funnel."""

    level: str
    rows: int


class TownTruth(msgspec.Struct, frozen=True, kw_only=True):
    """All gold tables of one town."""

    product: str
    seed: int
    faulty: bool
    posts: tuple[GoldPost, ...]
    relevance: tuple[GoldRelevance, ...]
    samples: tuple[GoldSample, ...]
    pictures: tuple[GoldPicture, ...]
    complaints: tuple[PlantedComplaint, ...]
    funnel: tuple[GoldLevel, ...]


def load_truth(path: Path) -> TownTruth:
    """Read a town's truth back."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=TownTruth)
    except msgspec.DecodeError as error:
        raise ValueError(f"{path} is not a town's truth ({error}): write the town again") from error


def save_truth(path: Path, truth: TownTruth) -> None:
    """Write a town's truth; the same truth is the same bytes."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(truth, order="deterministic"), indent=1))
