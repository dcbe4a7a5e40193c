"""A trained model as an image model among others: what draws for `generate`, with no import between the rooms."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from echoloop.images import BadImage, Pixels, decode, encode_png
from echoloop.records import Answered, Failed, Mistake, Refused
from echoloop.train.sampling.guidance import Guidance
from echoloop.train.sampling.loaded import load
from echoloop.train.sampling.requests import DrawRequest
from echoloop.train.sampling.sampler import Sampler

_GUIDANCE = frozenset(Guidance.__struct_fields__)


class ImageModel:
    """Draws one picture a call, as PNG. A request it cannot read is a failure with its reason, never a poor picture."""

    def __init__(self, sampler: Sampler, thinks: bool = False) -> None:
        self.sampler, self.thinks = sampler, thinks

    def draw(
        self, prompt: str, images: Sequence[bytes], *, seed: int | None, parameters: Mapping[str, Any]
    ) -> Answered[bytes] | Refused | Failed:
        """`parameters`: width, height or size ("512x512"), and any setting of the guidance."""
        try:
            references = tuple(_pixels(data, place) for place, data in enumerate(images, start=1))
            width, height = _size(parameters)
            request = DrawRequest(
                prompt=prompt,
                references=references,
                seed=seed or 0,
                width=width,
                height=height,
                thinks=self.thinks,
            )
            guided = msgspec.structs.replace(request, guidance=self._guidance(request, parameters))
            return Answered(encode_png(self.sampler.draw([guided])[0].pixels))
        except Mistake as fault:
            return Failed(str(fault))

    def _guidance(self, request: DrawRequest, parameters: Mapping[str, Any]) -> Guidance:
        own = msgspec.to_builtins(self.sampler.guidance_of(request))
        asked = {name: value for name, value in parameters.items() if name in _GUIDANCE}
        try:
            return msgspec.convert({**own, **asked}, type=Guidance)
        except msgspec.ValidationError as fault:
            raise Mistake(
                f"guidance: {fault}", remedy=f"Settings are {', '.join(sorted(_GUIDANCE))}."
            ) from fault


def open_image_model(folder: str, device: str = "", fill: str = "", thinks: str = "") -> ImageModel:
    """What `[models.NAME] python = "echoloop.train.sampling:open_image_model"` opens; options are text, as the file has them."""
    loaded = load(Path(folder), device, Path(fill) if fill else None)
    return ImageModel(Sampler(loaded), thinks=thinks.lower() in ("yes", "true", "1"))


def _pixels(data: bytes, place: int) -> Pixels:
    try:
        return decode(data).pixels
    except BadImage as fault:
        raise Mistake(f"reference {place}: {fault}", remedy="Give a picture that opens.") from fault


def _size(parameters: Mapping[str, Any]) -> tuple[int | None, int | None]:
    width, height = parameters.get("width"), parameters.get("height")
    size = parameters.get("size")
    if isinstance(size, str) and size != "auto":
        wide, by, high = size.partition("x")
        if not (by and wide.isdecimal() and high.isdecimal()):
            raise Mistake(f"size is {size!r}", remedy='Write it as "512x512".')
        width, height = int(wide), int(high)
    for name, side in (("width", width), ("height", height)):
        if side is not None and not (isinstance(side, int) and 1 <= side <= 16_384):
            raise Mistake(f"{name} is {side!r}", remedy="Give a number of pixels.")
    return width, height
