"""A conversation as it happened: who said what under what, and when."""

from datetime import datetime, timedelta

import msgspec
import numpy as np

from echoloop.lab.town.addresses import Address, Platform, new_number
from echoloop.records import ImageRef

_NAMES = (
    "painter_fan",
    "pixel_cook",
    "kite_maker",
    "paper_moon",
    "slow_brush",
    "tea_sketch",
    "grid_walker",
    "soft_colors",
    "prompt_baker",
    "round_box",
    "night_tent",
    "picture_hen",
)


class SaidPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post as written. `keyword` is set when a search finds it; a deleted post is known by its address alone."""

    address: Address
    url: str
    author: str
    text: str
    at: datetime
    images: tuple[ImageRef, ...] = ()
    above: tuple[Address, ...] = ()
    keyword: str | None = None
    deleted: bool = False


class Conversation:
    """Posts in the order they were written, the root first."""

    def __init__(self, platform: Platform, begins: datetime, rng: np.random.Generator) -> None:
        self.posts: list[SaidPost] = []
        self.platform: Platform = platform
        self._clock = begins
        self._rng = rng
        self._authors: list[str] = []

    @property
    def now(self) -> datetime:
        """When the next post will be written."""
        return self._clock

    @property
    def root(self) -> SaidPost:
        return self.posts[0]

    def newcomer(self) -> str:
        """A handle that nobody in this conversation has."""
        while True:
            name = f"@{_NAMES[int(self._rng.integers(len(_NAMES)))]}_{int(self._rng.integers(1, 1000)):02d}"
            if name not in self._authors:
                self._authors.append(name)
                return name

    def say(
        self,
        text: str,
        *,
        author: str,
        under: SaidPost | None = None,
        images: tuple[ImageRef, ...] = (),
        keyword: str | None = None,
        deleted: bool = False,
    ) -> SaidPost:
        """Add a post, a root if it is under none."""
        number = new_number(self.platform, self._clock, self._rng)
        root = self.posts[0].address.number if self.posts else number
        address = Address(platform=self.platform, handle=author, number=number, root=root)
        post = SaidPost(
            address=address,
            url=address.url,
            author=author,
            text=text,
            at=self._clock,
            images=images,
            above=(*under.above, under.address) if under else (),
            keyword=keyword,
            deleted=deleted,
        )
        self.posts.append(post)
        self._clock += timedelta(seconds=int(self._rng.exponential(4000)) + 30)
        return post
