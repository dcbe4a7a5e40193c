"""Images in a response: decoded strictly, put into the store as they came, and referred to by hash from then on."""

from base64 import b64decode
from collections.abc import Callable
from urllib.parse import urlsplit

from echoloop.calls.responses import IMAGE_MARK


class BadPicture(ValueError):
    """A response's image cannot be taken over: it is empty, not base64, or only an address. `spoilt`: it may come whole next time."""

    def __init__(self, why: str, *, spoilt: bool = False) -> None:
        super().__init__(why)
        self.spoilt = spoilt


class Lifted:
    """What was found in one response, in order."""

    def __init__(self, put: Callable[[bytes], str]) -> None:
        self._put = put
        self.hashes: list[str] = []

    def take(self, text: str) -> str:
        """Store an image given as base64 or as a data URL; what stands in its place from now on."""
        self.hashes.append(self._put(decode_picture(text)))
        return IMAGE_MARK + self.hashes[-1]


def is_address(text: str) -> bool:
    """Whether an image is given by where it lies, and not by its bytes."""
    return text.startswith(("http://", "https://"))


def decode_picture(text: str) -> bytes:
    """The bytes of an image, kept as they are: what they hold is the business of `images`."""
    if is_address(text):
        where = urlsplit(text).netloc.rpartition("@")[2]
        raise BadPicture(
            f"the model answered with the address of an image, not its bytes (at {where[:60]}), and it could not be fetched "
            'here; ask for response_format="b64_json"'
        )
    if text.startswith("data:"):
        head, _, text = text.partition(",")
        if not head.endswith(";base64"):
            raise BadPicture(f"an image's data URL is not base64: {head[:60]}")
    try:
        data = b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise BadPicture(f"an image is not base64: {error}", spoilt=True) from None
    if not data:
        raise BadPicture("an image is empty", spoilt=True)
    return data
