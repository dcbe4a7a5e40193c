"""Where posts live, and the untidy forms in which their addresses are passed on."""

from datetime import datetime
from typing import Literal, TypeAlias

import msgspec
import numpy as np

from echoloop.records import canonical_url

Platform: TypeAlias = Literal["x", "reddit", "bluesky"]

_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_X_HOSTS = (
    "https://x.com",
    "https://twitter.com",
    "https://www.twitter.com",
    "https://mobile.twitter.com",
    "http://x.com",
)
_X_TAILS = ("", "", "?s=20", "?s=46&t=a1B2c3", "/photo/1", "#m", "?ref_src=twsrc%5Etfw")
_REDDIT_HOSTS = ("https://www.reddit.com", "https://old.reddit.com", "https://reddit.com")
_REDDIT_TAILS = ("", "/", "/?utm_source=share", "?context=3")
_BLUESKY_TAILS = ("", "/", "?ref_src=embed", "#")
_WRAPPINGS = (("", ""), ("", ""), ("", ""), ("**", "**"), ("<", ">"))


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """One post's place: `root` is the number of the thread's first post (on reddit it is part of every address)."""

    platform: Platform
    handle: str
    number: str
    root: str

    @property
    def url(self) -> str:
        """The canonical URL, by which the truth knows the post."""
        return canonical_url(self._form(0, 0))

    def dirty(self, rng: np.random.Generator) -> str:
        """One of the forms in which the address is met."""
        return self._form(int(rng.integers(1 << 16)), int(rng.integers(1 << 16)))

    def wrapped(self, rng: np.random.Generator) -> str:
        """A dirty form that may also have markup around it, as in scraped lists."""
        left, right = _WRAPPINGS[int(rng.integers(len(_WRAPPINGS)))]
        return f"{left}{self.dirty(rng)}{right}"

    def _form(self, host: int, tail: int) -> str:
        name = self.handle.removeprefix("@")
        match self.platform:
            case "x":
                place = f"{_X_HOSTS[host % len(_X_HOSTS)]}/{name}/status/{self.number}"
                return place + _X_TAILS[tail % len(_X_TAILS)]
            case "reddit":
                comment = "" if self.number == self.root else f"/{self.number}"
                thread = (
                    f"{_REDDIT_HOSTS[host % len(_REDDIT_HOSTS)]}/r/labpictures/comments/{self.root}/picture"
                )
                return thread + comment + _REDDIT_TAILS[tail % len(_REDDIT_TAILS)]
            case "bluesky":
                place = f"https://bsky.app/profile/{name.replace('_', '-')}.example.com/post/{self.number}"
                return place + _BLUESKY_TAILS[tail % len(_BLUESKY_TAILS)]


def new_number(platform: Platform, at: datetime, rng: np.random.Generator) -> str:
    """A post's number as its platform makes them: from the clock and chance."""
    chance = int(rng.integers(1 << 22))
    stamp = int(at.timestamp() * 1000)
    if platform == "x":
        return str(((stamp - 1288834974657) << 22) | chance)
    return _base36((stamp << 22) | chance)[-10:]


def _base36(number: int) -> str:
    digits: list[str] = []
    while number:
        number, digit = divmod(number, 36)
        digits.append(_BASE36[digit])
    return "".join(reversed(digits))
