"""Which items are scored like the rest and never shown, so that nobody can train on the whole benchmark."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from hashlib import sha256

from echoloop.curate.folding import fold
from echoloop.records import Item, Mistake

_SCORED = ("image_to_image", "text_to_image")
_SALT = "echoloop hold-out 1"
_WHOLE = 1 << 64


def check_share(share: float) -> None:
    """A share is a share."""
    if not 0 <= share <= 1:
        raise Mistake(f"--hold-out {share} is not a share", remedy="Give a number from 0 to 1, such as 0.1.")


def held_out(items: Sequence[Item], share: float) -> frozenset[str]:
    """Each scored item draws a number of its own, so items that come or go change nobody else's lot.

    Whatever shows a picture or the prompt of a held-out item has to be held out with it, in any split.
    """
    waiting = [
        place for place, item in enumerate(items) if item.split in _SCORED and _lot(item.id) < share * _WHOLE
    ]
    found = set(waiting)
    showing: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        for mark in _marks(item):
            showing[mark].append(place)
    while waiting:
        for mark in _marks(items[waiting.pop()]):
            for place in showing.pop(mark, ()):
                if place not in found:
                    found.add(place)
                    waiting.append(place)
    return frozenset(items[place].id for place in found)


def _lot(name: str) -> int:
    return int.from_bytes(sha256(f"{_SALT}:{name}".encode()).digest()[:8], "big")


def _marks(item: Item) -> Iterator[str]:
    """By what one would recognise it."""
    for image in (*item.input_images, *item.output_images):
        if image.sha256:
            yield image.sha256
    prompt = fold(item.prompt).casefold().strip()
    if prompt:
        yield f"prompt {prompt}"
