"""One at a time, in whichever event loop asks: a source outlives the loop of one stage."""

import asyncio


class Turns:
    """A lock that belongs to the running loop."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = asyncio.Lock()

    def taken(self) -> asyncio.Lock:
        """To be entered with `async with`."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._lock = loop, asyncio.Lock()
        return self._lock
