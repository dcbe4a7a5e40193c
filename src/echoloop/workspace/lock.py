"""One writer a workspace. The lock dies with its holder, so a crash never leaves it shut."""

import fcntl
import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import msgspec

from echoloop.records import Problem


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Who is writing, said in the lock file for whoever finds it shut."""

    pid: int
    host: str
    command: str
    since: datetime


class WorkspaceBusy(Problem):
    """Somebody else is writing here."""


class WriterLock:
    """Held from `acquire` to `release`, or to the end of the process, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None

    def acquire(self) -> None:
        """Take the lock at once, or say who has it and since when."""
        file = self.path.open("a+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.close()
            raise WorkspaceBusy(
                f"the workspace is being written by {_who(self.path)}",
                where=self.path.parent,
                remedy="Wait for it to end or stop it; reading (status, report) works meanwhile.",
            ) from error
        file.truncate(0)
        file.write(msgspec.json.encode(_myself()))
        file.flush()
        self._file = file

    def release(self) -> None:
        """Give the lock back; the file stays, empty."""
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()
            self._file = None

    def holder(self) -> Holder | None:
        """Who is writing now, if anybody."""
        if not self.path.exists():
            return None
        with self.path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _read_holder(self.path)
        return None


def _myself() -> Holder:
    return Holder(
        pid=os.getpid(),
        host=socket.gethostname(),
        command=" ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200],
        since=datetime.now(UTC),
    )


def _read_holder(path: Path) -> Holder | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Holder)
    except msgspec.MsgspecError:
        return None


def _who(path: Path) -> str:
    holder = _read_holder(path)
    if holder is None:
        return "another process"
    return f"process {holder.pid} on {holder.host} (`{holder.command}`) since {holder.since:%Y-%m-%d %H:%M:%S} UTC"
