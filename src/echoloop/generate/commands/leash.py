"""Run as a script of its own, between echoloop and a program: whatever ends echoloop ends the program too.

It takes off the blocked signals that a run of echoloop puts on its children, for such a program could not be stopped. And on
Linux it learns of echoloop's death, kill -9 included, and then ends everything that the program has started.
"""

import os
import signal
import subprocess
import sys
import time

_TELL_ME_OF_DEATH = 1
_GRACE_SECONDS = 3.0


def main() -> None:
    """Run the program that the arguments name, and end as it ends."""
    signal.signal(signal.SIGUSR1, _end_all)
    signal.signal(signal.SIGTERM, _leave_it_to_the_program)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_TELL_ME_OF_DEATH, signal.SIGUSR1)
    try:
        status = subprocess.Popen(sys.argv[1:]).wait()
    except OSError as error:
        print(f"{sys.argv[1]}: {error.strerror}", file=sys.stderr)
        sys.exit(127)
    if status < 0:
        _die_of(-status)
    sys.exit(status)


def _die_of(number: int) -> None:
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _leave_it_to_the_program(number: int, frame: object) -> None:
    """The whole group got this signal."""


def _end_all(number: int, frame: object) -> None:
    os.killpg(0, signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
