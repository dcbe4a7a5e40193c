"""How an item's pictures are shown to a model that takes fewer than there are, and what is then said of it."""

import msgspec

from echoloop.calls import ImagePart
from echoloop.engine import Rendering
from echoloop.generate.collage import collage
from echoloop.generate.settings import ImageModel
from echoloop.images import Rendition
from echoloop.records import Item

SENT = Rendition(longest_side=2048, format="png")
"""Input pictures as an image model gets them: every pixel up to 2048 a side, no metadata."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """Which pictures go along. `inputs` says so in the results; `refusal` is why nothing is asked at all."""

    pictures: tuple[str, ...] = ()
    absence: str = ""
    collage: bool = False
    inputs: str = ""
    refusal: str = ""


def shown(item: Item, model: ImageModel) -> Shown:
    """What this model sees of this item.

    A model that does not take an item has not failed, for asking again would change nothing, and it has not mumbled:
    it declines a task that others take. So that counts as its refusal, and `inputs` tells it from a filter's.
    """
    count = len(item.input_images)
    if model.inputs == "all" or count <= model.takes:
        return Shown(pictures=_hashes(item), absence=_absence(item, count))
    match model.inputs:
        case "first":
            return Shown(
                pictures=_hashes(item)[: model.takes],
                absence=_absence(item, model.takes),
                inputs=f"first of {count}" if model.takes == 1 else f"first {model.takes} of {count}",
            )
        case "collage":
            return Shown(
                pictures=_hashes(item),
                absence=_absence(item, count),
                collage=True,
                inputs=f"collage of {count}",
            )
        case "refuse":
            return Shown(
                inputs=f"refused: {count} {_plural(count)}",
                refusal=f"takes {_amount(model.takes)}, the item has {count}",
            )


def sent(seen: Shown, rendering: Rendering) -> list[ImagePart]:
    """The pictures as they travel. Raises ValueError where one of them is not here: words alone are another task."""
    if seen.absence:
        raise ValueError(f"an input picture is not here: {seen.absence}")
    if not seen.collage:
        return [rendering.picture(sha256, SENT) for sha256 in seen.pictures]
    images = rendering.images
    joined = collage([images.read(sha256) for sha256 in seen.pictures])
    return [ImagePart(sha256=images.put(joined, durable=False), media_type="image/png")]


def _hashes(item: Item) -> tuple[str, ...]:
    return tuple(image.sha256 or "" for image in item.input_images)


def _absence(item: Item, needed: int) -> str:
    missing = (image.absence or "not fetched" for image in item.input_images[:needed] if image.sha256 is None)
    return next(missing, "")


def _amount(takes: int) -> str:
    return {0: "no picture", 1: "one picture"}.get(takes, f"{takes} pictures")


def _plural(count: int) -> str:
    return "picture" if count == 1 else "pictures"
