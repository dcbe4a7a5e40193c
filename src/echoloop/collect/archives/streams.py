"""Where an archive's bytes come from: a file that can be opened again, or a stream that comes once."""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from echoloop.collect.archives.decompressing import DAMAGES, PIECE, decompressed
from echoloop.records import Mistake


class Stream:
    """The bytes of an archive, decompressed. `path` is None for standard input; `once` says that it cannot be opened again.

    `ended_early` says, after reading, why a compressed stream stopped before its end.
    """

    def __init__(self, path: Path | None, label: str, *, once: bool = False) -> None:
        self._path = path
        self._label = label
        self._once = once or path is None
        self._head: list[bytes] = []
        self._rest: Iterator[bytes] | None = None
        self.ended_early = ""

    @property
    def file(self) -> Path | None:
        """The file, where it is one that can be opened again."""
        return None if self._once else self._path

    def digest(self) -> str | None:
        """SHA-256 of the bytes as they lie; None for a stream."""
        if self._once or self._path is None:
            return None
        with self._path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def head(self, enough: int, lines: int) -> bytes:
        """The first bytes, until there are so many of them or so many line ends. Nothing is used up by it."""
        chunks = self._start()
        kept: list[bytes] = []
        size = ends = 0
        for chunk in chunks:
            kept.append(chunk)
            size += len(chunk)
            ends += chunk.count(b"\n")
            if size >= enough or ends >= lines:
                break
        if self._once:
            self._head, self._rest = kept, chunks
        if self.ended_early and not size:
            raise Mistake(
                f"the archive cannot be decompressed: {self.ended_early}",
                where=self._label,
                remedy="The file is damaged: fetch it again.",
            )
        return b"".join(kept)

    def chunks(self) -> Iterator[bytes]:
        """All bytes from the start."""
        if not self._once:
            return self._start()
        if self._rest is None:
            raise Mistake(
                "a stream can be read only once", where=self._label, remedy="Save it to a file and name that."
            )
        head, rest = self._head, self._rest
        self._head, self._rest = [], None
        return chain(head, rest)

    def _start(self) -> Iterator[bytes]:
        self.ended_early = ""
        return self._until_damaged()

    def _until_damaged(self) -> Iterator[bytes]:
        """What can be decompressed is kept; that there was more is said."""
        try:
            yield from decompressed(self._raw())
        except EOFError:
            self.ended_early = "the compressed stream ends in its middle"
        except DAMAGES as error:
            self.ended_early = f"the stream is damaged: {error}"

    def _raw(self) -> Iterator[bytes]:
        with self._opened() as file:
            while chunk := file.read(PIECE):
                yield chunk

    def _opened(self) -> AbstractContextManager[BinaryIO]:
        if self._path is None:
            return nullcontext(sys.stdin.buffer)
        try:
            return self._path.open("rb")
        except OSError as error:
            raise Mistake(
                f"the archive cannot be read: {error.strerror}",
                where=self._path,
                remedy="Check the path and its permissions.",
            ) from error
