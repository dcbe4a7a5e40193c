"""What people say is true of a conversation: one line of a gold file, and the same with its posts at hand."""

from datetime import datetime
from typing import TypeAlias

import msgspec

from echoloop.records import Post, Quality

PixelBox: TypeAlias = tuple[int, int, int, int]


class GoldPicture(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A picture of a post: in the workspace by its hash, or a file beside the gold file, or `absent` with the reason."""

    sha256: str = ""
    file: str = ""
    absent: str = ""
    alt: str = ""


class GoldPost(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A post written out in the gold file. `answers` is the post above it, `found` whether a keyword found it."""

    url: str
    text: str
    platform: str = ""
    created_at: datetime | None = None
    author: str | None = None
    language: str | None = None
    answers: str | None = None
    found: bool = True
    pictures: tuple[GoldPicture, ...] = ()


class GoldScore(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The relevance of a post: a score from 1 to 5, or the lowest and the highest that can be defended."""

    post: str
    score: int | tuple[int, int]

    @property
    def low(self) -> int:
        """The lowest that can be defended."""
        return self.score if isinstance(self.score, int) else self.score[0]

    @property
    def high(self) -> int:
        """The highest that can be defended."""
        return self.score if isinstance(self.score, int) else self.score[1]


class GoldSample(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One task. Pictures are named by hash, or by as much of it as no other picture of the conversation has.

    Boxes are left, top, right, bottom in pixels of the screenshot; `feedback` are the posts that say something about the result.
    A task with `hazards` is no subject of these figures: whether it is withheld is the guard's work.
    """

    prompt: str
    quality: Quality
    posts: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    screenshot: str | None = None
    input_boxes: tuple[PixelBox, ...] = ()
    output_boxes: tuple[PixelBox, ...] = ()
    feedback: tuple[str, ...] = ()
    hazards: tuple[str, ...] = ()


class GoldThread(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of a gold file. What is null is not labelled and not scored; an empty list says that there is none."""

    thread: str
    posts: tuple[GoldPost | str, ...]
    relevance: tuple[GoldScore, ...] | None = None
    samples: tuple[GoldSample, ...] | None = None


class LabelledThread(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation with its labels, checked: addresses are canonical, pictures are named by their whole hash."""

    thread: str
    posts: tuple[Post, ...]
    relevance: tuple[GoldScore, ...] | None = None
    samples: tuple[GoldSample, ...] | None = None

    @property
    def pictures(self) -> frozenset[str]:
        """The pictures of its posts that are here."""
        return frozenset(image.sha256 for post in self.posts for image in post.images if image.sha256)
