"""The report's folder: built beside the old one and swapped in when it is whole."""

import hashlib
import os
import shutil
from pathlib import Path
from types import TracebackType

from echoloop.records import Mistake
from echoloop.workspace import CouldNotWrite

SUMS = "SHA256SUMS"
_REMEDY = (
    "Free some space (or check permissions) and run `echoloop report` again; the old report is untouched."
)


class DraftFolder:
    """`with DraftFolder(path) as draft:` replaces `path` at the end, or leaves it alone if anything went wrong.

    The caller holds the workspace's lock, so whatever lies under our own names is a dead run's and can go.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.draft = path.with_name(f".{path.name}.draft")
        self._old = path.with_name(f".{path.name}.old")
        self._sums: dict[str, str] = {}
        self._before: dict[str, str] = {}

    def __enter__(self) -> "DraftFolder":
        _check_replaceable(self.path)
        try:
            if self._old.exists() and not self.path.exists():
                self._old.rename(self.path)
            shutil.rmtree(self.draft, ignore_errors=True)
            shutil.rmtree(self._old, ignore_errors=True)
            self.draft.mkdir(parents=True)
        except OSError as error:
            raise self._not_written(error, self.draft) from error
        self._before = _read_sums(self.path / SUMS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._swap()
        except OSError as problem:
            raise self._not_written(problem, self.path) from problem
        finally:
            shutil.rmtree(self.draft, ignore_errors=True)

    def write(self, name: str, data: bytes, digest: str | None = None) -> None:
        """One file of the report."""
        place = self.draft / name
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        except OSError as error:
            raise self._not_written(error, place) from error
        self._sums[name] = digest or hashlib.sha256(data).hexdigest()

    def read(self, name: str) -> bytes | None:
        """A file that this report has written already."""
        return (self.draft / name).read_bytes() if name in self._sums else None

    def kept_from_before(self, name: str) -> bytes | None:
        """A file of the last report, if it is there and still what its checksum says."""
        known = self._before.get(name)
        if known is None:
            return None
        try:
            data = (self.path / name).read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == known else None

    def _swap(self) -> None:
        lines = [f"{digest}  {name}\n" for name, digest in sorted(self._sums.items())]
        (self.draft / SUMS).write_text("".join(lines), "utf-8")
        if self.path.exists():
            self.path.rename(self._old)
        try:
            self.draft.rename(self.path)
        except OSError:
            if self._old.exists():
                self._old.rename(self.path)
            raise
        shutil.rmtree(self._old, ignore_errors=True)

    @staticmethod
    def _not_written(error: OSError, where: Path) -> CouldNotWrite:
        return CouldNotWrite(
            f"the report was not written: {error.strerror or os.strerror(error.errno or 0)}",
            where=where,
            remedy=_REMEDY,
        )


def _check_replaceable(path: Path) -> None:
    """A report is known by its sums: what does not carry them was made by somebody else and is never replaced."""
    if not path.exists() or (path.is_dir() and (not any(path.iterdir()) or _read_sums(path / SUMS))):
        return
    raise Mistake(
        "what lies in the report's place is not a report of echoloop",
        where=path,
        remedy="Move it away, or name another --workspace.",
    )


def _read_sums(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.split("  ", 1) for line in lines)
    return {pair[1]: pair[0] for pair in pairs if len(pair) == 2}
