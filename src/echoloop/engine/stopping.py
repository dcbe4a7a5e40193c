"""Ctrl-C and SIGTERM: finish what is in flight, take nothing new, keep what is done.

Daft catches SIGINT itself and then returns an empty table as if all were well, so the signals are blocked for the whole
process before Daft is imported, and one thread waits for them. (On Ray, start Ray first: its processes inherit the mask.)
"""

import os
import signal
import sys
import threading
from collections.abc import Callable

from echoloop.records import Problem

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(Problem):
    """The run was stopped before this stage was whole. Nothing that was paid is lost."""

    exit_status = 130


def watch_signals(stop: threading.Event, announce: Callable[[str], None]) -> None:
    """Turn the first signal into `stop`, and the second into leaving at once."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    threading.Thread(target=_wait, args=(stop, announce), name="signals", daemon=True).start()


def _wait(stop: threading.Event, announce: Callable[[str], None]) -> None:
    signal.sigwait(_SIGNALS)
    announce("stopping: calls in flight may finish; once more to leave at once")
    stop.set()
    signal.sigwait(_SIGNALS)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(130)
