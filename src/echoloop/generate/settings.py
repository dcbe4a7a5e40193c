"""What generate has to know."""

import msgspec


class ImageModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model under test: its name in tables and the endpoint that draws for it.

    `pinned_model` is what outputs say they were drawn by; left empty, it is what the endpoint sends.
    """

    name: str
    endpoint: str
    developer: str
    pinned_model: str = ""


class GenerateSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which models answer the release, how often, and from which seed."""

    models: tuple[ImageModel, ...]
    samples: int = 1
    seed: int = 0
