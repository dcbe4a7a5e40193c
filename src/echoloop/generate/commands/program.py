"""One run of a program: lines in, lines out, and an end for it and for everything it started."""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

_LEASH = Path(__file__).with_name("leash.py")
_LONGEST_LINE = 1 << 20
_GRACE_SECONDS = 5.0
_TAIL = 2_000


class Program:
    """A running program. It is its own process group, so that a terminal's Ctrl-C reaches echoloop and not the program."""

    def __init__(
        self, command: Sequence[str], where: Path, environment: Mapping[str, str], errors: Path
    ) -> None:
        self._errors = errors
        errors.parent.mkdir(parents=True, exist_ok=True)
        with errors.open("wb") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(_LEASH), *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                cwd=where,
                env=dict(environment),
                start_new_session=True,
            )
        self._told: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._heard: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write, args=(self._process.stdin,), daemon=True)
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._writer.start()
        self._reader.start()

    def tell(self, line: bytes) -> None:
        """Give it a request. Never waits for a program that does not read."""
        self._told.put(line)

    def tell_no_more(self) -> None:
        """End its input."""
        self._told.put(None)

    def heard(self, seconds: float) -> bytes | None:
        """The next line it said, if one comes within this time."""
        try:
            return self._heard.get(block=seconds > 0, timeout=seconds or None)
        except queue.Empty:
            return None

    def ended(self) -> int | None:
        """Its exit status, once it is gone and all that it said was heard."""
        if self._process.poll() is None:
            return None
        self._reader.join(_GRACE_SECONDS)
        return self._process.returncode if self._heard.empty() else None

    def end(self) -> None:
        """End it and whatever it started: first kindly, then not."""
        for sign, seconds in ((signal.SIGTERM, _GRACE_SECONDS), (signal.SIGKILL, None)):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, sign)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        self._told.put(None)
        self._writer.join(_GRACE_SECONDS)
        self._reader.join(_GRACE_SECONDS)

    def complaint(self) -> str:
        """The end of what it wrote to standard error."""
        try:
            text = self._errors.read_bytes()[-_TAIL:].decode("utf-8", "replace")
        except OSError:
            return ""
        return " ".join(text.split())[-300:]

    def _write(self, pipe: IO[bytes]) -> None:
        with suppress(OSError, ValueError), pipe:
            while (line := self._told.get()) is not None:
                pipe.write(line)
                pipe.flush()

    def _read(self, pipe: IO[bytes]) -> None:
        with suppress(OSError, ValueError), pipe:
            while line := pipe.readline(_LONGEST_LINE):
                self._heard.put(line)
