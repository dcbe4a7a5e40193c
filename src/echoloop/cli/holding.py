"""Signals are held back before anything heavy is imported.

Importing numpy or pyarrow starts threads. A thread that is there before the signals are blocked still catches them, and then
Ctrl-C ends the run in the middle instead of stopping it cleanly. What is held is delivered once a session watches for it.
"""

import signal


def hold_signals() -> None:
    """Block SIGINT and SIGTERM for this thread and all that it starts; the first line of every verb that runs stages."""
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
