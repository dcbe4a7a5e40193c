"""Everything that came in, in one file: what was seen, where the run is, who wrote, which pictures came."""

import hashlib
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple, TypeAlias

from echoloop.collect.errands import Errand, Page
from echoloop.collect.intake.authors import Authors
from echoloop.collect.intake.batches import pack, unpack
from echoloop.collect.intake.errands import Errands, Waiting
from echoloop.collect.intake.file import create_or_open, explained, open_for_reading
from echoloop.collect.intake.imports import Imports
from echoloop.collect.intake.pictures import PictureBook
from echoloop.collect.sightings import Seen, Sighting, Skipped

BatchKind: TypeAlias = Literal["archive", "search", "conversation", "hydrated"]
FOUND: tuple[BatchKind, ...] = ("archive", "search", "hydrated")
EVERYTHING: tuple[BatchKind, ...] = ("archive", "search", "conversation", "hydrated")
_KIND_OF = {"search": "search", "post": "hydrated", "above": "conversation", "below": "conversation"}


class Batch(NamedTuple):
    """What came in together: from an archive (`place` is its number), or from one errand."""

    number: int
    kind: BatchKind
    place: int
    errand: int
    seen: list[Seen]


class Intake:
    """`with Intake(path) as intake:`. One process writes (the workspace's lock sees to that), any may read."""

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.path = path
        self._connection = open_for_reading(path) if readonly else create_or_open(path)
        self.authors = Authors(self._connection)
        self.errands = Errands(self._connection)
        self.imports = Imports(self._connection)
        self.pictures = PictureBook(self._connection)

    def __enter__(self) -> "Intake":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextmanager
    def writing(self) -> Generator[None]:
        """All of it or nothing of it."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.authors.note_new()
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            raise explained(error, self.path) from error

    def keep_lines(self, place: int, seen: Sequence[Seen], position: int) -> None:
        """A stretch of an archive, and how far it is read, together."""
        posts = sum(isinstance(one, Sighting) for one in seen)
        skipped = sum(isinstance(one, Skipped) for one in seen)
        with self.writing():
            if seen:
                self._insert("archive", place, 0, seen)
            self.imports.advance(place, position, posts, skipped)

    def keep_page(self, waiting: Waiting, page: Page, seen: Sequence[Seen], cost: float | None) -> int:
        """What an errand brought, what follows from it, and that it is done, together; how many errands follow anew."""
        kind = _KIND_OF[waiting.errand.kind]
        with self.writing():
            if seen:
                self._insert(kind, 0, waiting.number, seen)
            followed = self.errands.add(page.then)
            for limit in page.limits:
                self.errands.note_limit(waiting.errand.thread, limit)
            posts = sum(isinstance(one, Sighting) for one in seen)
            self.errands.settle(waiting.number, "done", posts=posts, reads=page.reads, cost=cost)
        return followed

    def keep_hydrated(self, seen: Sequence[Seen]) -> None:
        """Posts that were fetched again by their numbers."""
        with self.writing():
            if seen:
                self._insert("hydrated", 0, 0, seen)

    def send(self, errands: Iterable[Errand]) -> int:
        """Queue errands; how many are new."""
        with self.writing():
            return self.errands.add(errands)

    def batches(self, kinds: Sequence[BatchKind] = EVERYTHING) -> Iterator[Batch]:
        """Everything of these kinds, in the order it came in, one batch at a time."""
        marks = ", ".join("?" * len(kinds))
        numbers = self._connection.execute(
            f"SELECT id FROM batches WHERE kind IN ({marks}) ORDER BY id", tuple(kinds)
        ).fetchall()
        for (number,) in numbers:
            kind, place, errand, body = self._connection.execute(
                "SELECT kind, import, errand, body FROM batches WHERE id = ?", (number,)
            ).fetchone()
            yield Batch(number, kind, place, errand, unpack(body))

    def digest(self, kinds: Sequence[BatchKind] = EVERYTHING) -> str:
        """What is in, as one hash: the same sightings in another order of batches are the same."""
        marks = ", ".join("?" * len(kinds))
        rows = self._connection.execute(
            f"SELECT digest FROM batches WHERE kind IN ({marks}) ORDER BY digest", tuple(kinds)
        )
        digest = hashlib.sha256()
        for (one,) in rows:
            digest.update(one)
        return digest.hexdigest()

    def rewrite(self, number: int, seen: Sequence[Seen]) -> None:
        """Replace a batch; an empty one goes. Inside a transaction."""
        if not seen:
            self._connection.execute("DELETE FROM batches WHERE id = ?", (number,))
            return
        packed = pack(seen)
        self._connection.execute(
            "UPDATE batches SET rows = ?, digest = ?, body = ? WHERE id = ?", (*packed, number)
        )

    def compact(self) -> None:
        """Give back what was deleted, also from the write-ahead log: what is forgotten is nowhere on the disk."""
        self._connection.execute("VACUUM")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _insert(self, kind: str, place: int, errand: int, seen: Sequence[Seen]) -> None:
        self._connection.execute(
            "INSERT INTO batches (kind, import, errand, rows, digest, body) VALUES (?, ?, ?, ?, ?, ?)",
            (kind, place, errand, *pack(seen)),
        )
