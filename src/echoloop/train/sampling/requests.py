"""What is asked of a model: pictures to draw, questions to answer."""

import msgspec

from echoloop.images import Pixels
from echoloop.train.sampling.guidance import Guidance


class DrawRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A picture. `references` in the order in which the prompt speaks of them; `thinks`: the model first writes what it plans.

    Width and height are rounded to what a token covers; without them the last reference's size is kept.
    """

    prompt: str
    references: tuple[Pixels, ...] = ()
    seed: int = 0
    width: int | None = None
    height: int | None = None
    guidance: Guidance | None = None
    thinks: bool = False


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """The picture, and what the model wrote before it."""

    pixels: Pixels
    thought: str = ""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question about pictures, or about nothing but itself."""

    text: str
    pictures: tuple[Pixels, ...] = ()
    seed: int = 0
    temperature: float = 0.0
