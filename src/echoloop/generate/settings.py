"""What generate has to know: the image models, each of its kind, and how often every item is drawn."""

from typing import ClassVar, Literal, TypeAlias

import msgspec

InputPolicy: TypeAlias = Literal["all", "first", "collage", "refuse"]


class ImageModel(msgspec.Struct, frozen=True, kw_only=True, tag="endpoint"):
    """A model under test behind an endpoint: its name in tables and who draws for it.

    `pinned_model` is what outputs say they were drawn by; left empty, it is what the endpoint sends. `inputs` says what
    becomes of an item with more than `takes` pictures: all are shown, the first `takes`, one picture of them side by side,
    or none because the model refuses such an item. `batched`: its pictures come in batches, so nobody knows how long one took.
    """

    name: str
    endpoint: str
    developer: str
    pinned_model: str = ""
    inputs: InputPolicy = "all"
    takes: int = 1
    batched: bool = False

    def __post_init__(self) -> None:
        if self.takes < 0 or (self.takes == 0 and self.inputs in ("first", "collage")):
            raise ValueError(
                f"image model {self.name!r}: takes = {self.takes} does not go with inputs = {self.inputs!r}; "
                'a model that draws from words alone has inputs = "refuse", or a chain in front of it'
            )


class ChainModel(msgspec.Struct, frozen=True, kw_only=True, tag="chain"):
    """Two models as one: the endpoint `reader` reads prompt and pictures and writes a text, the endpoint `draws` draws that."""

    name: str
    reader: str
    draws: str
    developer: str
    pinned_model: str = ""


class FolderModel(msgspec.Struct, frozen=True, kw_only=True, tag="folder"):
    """Pictures that somebody else made, in a folder, named by item. `content` is what `folder_identity` says of it."""

    name: str
    folder: str
    content: str
    developer: str
    pinned_model: str = ""


AnyImageModel: TypeAlias = ImageModel | ChainModel | FolderModel


class GenerateSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which models answer the release, how often, and from which seed.

    `scratch` is where commands keep what they have drawn and nobody has taken yet; it is emptied when all is taken.
    """

    PLACES: ClassVar[tuple[str, ...]] = ("scratch",)

    models: tuple[AnyImageModel, ...]
    samples: int = 1
    seed: int = 0
    scratch: str = ""
