"""What a Python object must be able to do to stand in a benchmark as an image model."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from echoloop.records import Answered, Failed, Refused

Drawing: TypeAlias = Answered[bytes] | Refused | Failed


class Draws(Protocol):
    """An image model. `images` are the input pictures in their order as files (PNG); the answer is a file of any raster format.

    Refused: the model, or a filter before or behind it, declines. Failed: nothing came, and it may be asked again. Whatever
    it raises counts as Failed.
    """

    def draw(
        self, prompt: str, images: Sequence[bytes], *, seed: int | None, parameters: Mapping[str, Any]
    ) -> Drawing: ...
