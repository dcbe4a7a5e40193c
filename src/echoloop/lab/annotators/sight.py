"""What an annotator sees of a picture, remembered by its bytes: three judges look at the same one."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256

from echoloop.images import BadImage, decode
from echoloop.lab.annotators.screens import Screen, read_screen
from echoloop.lab.scenes import SceneReading, read

_MOST_REMEMBERED = 4_096
_LOOKING_AT_ONCE = 16


@dataclass(frozen=True)
class Sight:
    """A picture as seen: a page with pictures on it, or a scene. Neither where the bytes are no picture."""

    sha256: str
    reading: SceneReading | None = None
    screen: Screen | None = None


class Eyes:
    """Looks at pictures and remembers the latest few thousand. Two threads never look at the same one at once."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, Sight] = OrderedDict()
        self._lock = threading.Lock()
        self._looking = [threading.Lock() for _ in range(_LOOKING_AT_ONCE)]

    def look(self, data: bytes) -> Sight:
        """The same bytes are always seen alike."""
        digest = sha256(data)
        name = digest.hexdigest()
        with self._looking[digest.digest()[0] % _LOOKING_AT_ONCE]:
            known = self._remembered(name)
            return known if known is not None else self._remember(_look(name, data))

    def _remembered(self, name: str) -> Sight | None:
        with self._lock:
            known = self._seen.get(name)
            if known is not None:
                self._seen.move_to_end(name)
            return known

    def _remember(self, sight: Sight) -> Sight:
        with self._lock:
            self._seen[sight.sha256] = sight
            if len(self._seen) > _MOST_REMEMBERED:
                self._seen.popitem(last=False)
        return sight


def _look(name: str, data: bytes) -> Sight:
    try:
        pixels = decode(data).pixels
    except BadImage:
        return Sight(name)
    screen = read_screen(pixels)
    return Sight(name, None if screen else read(pixels), screen)
