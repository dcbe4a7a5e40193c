"""Archives that were read in: by content, so that the same file is read once, and goes on where it was interrupted."""

import sqlite3
from collections.abc import Iterable

import msgspec


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """One archive. `position` counts the lines that are in; `declared` ones mirror what the settings name."""

    number: int
    digest: str
    label: str
    format: str
    folder: str
    declared: bool
    whole: bool
    position: int
    posts: int
    skipped: int


class Imports:
    """The archives of an intake. Call what changes it inside a transaction of the intake."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self) -> list[Import]:
        """Every archive, in the order they came."""
        rows = self._connection.execute(
            "SELECT id, digest, label, format, folder, declared, whole, position, posts, skipped FROM imports ORDER BY id"
        )
        return [msgspec.convert(row, Import, strict=False) for row in map(_named, rows)]

    def find(self, digest: str) -> Import | None:
        """The archive with this content, whole or not."""
        return next((known for known in self.all() if known.digest == digest), None)

    def begin(self, digest: str, label: str, form: str, folder: str, declared: bool) -> Import:
        """Note a new archive of which nothing is in yet."""
        cursor = self._connection.execute(
            "INSERT INTO imports (digest, label, format, folder, declared) VALUES (?, ?, ?, ?, ?)",
            (digest, label, form, folder, declared),
        )
        return next(known for known in self.all() if known.number == cursor.lastrowid)

    def advance(self, number: int, position: int, posts: int, skipped: int) -> None:
        """So many more lines are in."""
        self._connection.execute(
            "UPDATE imports SET position = ?, posts = posts + ?, skipped = skipped + ? WHERE id = ?",
            (position, posts, skipped, number),
        )

    def move(self, number: int, folder: str) -> None:
        """The pictures beside it lie elsewhere now."""
        self._connection.execute("UPDATE imports SET folder = ? WHERE id = ?", (folder, number))

    def keep(self, number: int) -> None:
        """Somebody asked for it by name: it stays, whatever the settings name later."""
        self._connection.execute("UPDATE imports SET declared = 0 WHERE id = ?", (number,))

    def finish(self, number: int) -> None:
        """All of it is in."""
        self._connection.execute("UPDATE imports SET whole = 1 WHERE id = ?", (number,))

    def withdraw(self, numbers: Iterable[int]) -> None:
        """Take archives back, with what they brought."""
        for number in numbers:
            self._connection.execute("DELETE FROM batches WHERE import = ?", (number,))
            self._connection.execute("DELETE FROM pictures WHERE place = ?", (number,))
            self._connection.execute("DELETE FROM imports WHERE id = ?", (number,))


def _named(row: tuple[object, ...]) -> dict[str, object]:
    return dict(zip(Import.__struct_fields__, row, strict=True))
