"""A wish to stop, asked for by Ctrl-C or by the machine's scheduler, and granted at the end of a step."""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType


class Wish:
    """`asked` is the name of the signal that asked to stop, or empty."""

    def __init__(self) -> None:
        self.asked = ""


@contextmanager
def stopping() -> Generator[Wish]:
    """Note SIGTERM and SIGINT instead of dying of them. A second one ends the process as usual."""
    wish = Wish()
    if threading.current_thread() is not threading.main_thread():
        yield wish
        return

    def note(number: int, frame: FrameType | None) -> None:
        del frame
        wish.asked = signal.Signals(number).name
        signal.signal(number, before[number])

    before = {int(number): signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, note)
    try:
        yield wish
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
