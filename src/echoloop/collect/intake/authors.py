"""Authors by keyed pseudonym. The handle is noted apart from the posts, so that it can be dropped while the posts stay."""

import hmac
import os
import sqlite3
from collections.abc import Iterable, Iterator

from echoloop.records import Author, Mistake

KEY_VARIABLE = "ECHOLOOP_AUTHOR_KEY"
_REMEMBERED = 100_000
_PLATFORMS = ("x", "reddit", "bluesky", "mastodon")
_NOTE = "author key"
_PROOF = "author key proof"
_VERSION = "authors version"


class Authors:
    """Satisfies `NameAuthor`. A plain hash of a handle could be guessed; without the key, a pseudonym cannot.

    Whoever asked to be left out is known by handle and by number, so that a new handle does not bring them back, and their
    handle is not noted again.

    The key is drawn once for a workspace; a team that wants the same pseudonyms in several sets ECHOLOOP_AUTHOR_KEY.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._key: bytes | None = None
        self._names: dict[tuple[str, str, str], str] = {}
        self._new: list[tuple[str, str, str, str]] = []
        self._silenced: frozenset[str] | None = None

    def __call__(self, platform: str, handle: str, native: str = "") -> str | None:
        """The pseudonym; the handle counts before the number, because archives often have nothing else."""
        known = self._names.get((platform, handle, native))
        if known is not None:
            return known
        bare = bare_handle(handle)
        if not bare and not native:
            return None
        name = self._pseudonym(platform, bare or f"#{native}")
        silent = self._silent()
        if native and silent:
            numbered = self._pseudonym(platform, f"#{native}")
            if numbered in silent:
                name = numbered
            elif name in silent:
                self._silence_too(numbered)
        if len(self._names) >= _REMEMBERED:
            self._names.clear()
        self._names[platform, handle, native] = name
        if name not in silent:
            self._new.append((name, bare, native, platform))
        return name

    def note_new(self) -> None:
        """Write down whom we met since the last time; inside the caller's transaction."""
        if self._new:
            before = self._connection.total_changes
            self._connection.executemany("INSERT OR IGNORE INTO authors VALUES (?, ?, ?, ?)", self._new)
            self._new.clear()
            if self._connection.total_changes > before:
                self._changed()

    def version(self) -> str:
        """Changes whenever a handle comes or goes."""
        row = self._connection.execute("SELECT value FROM notes WHERE name = ?", (_VERSION,)).fetchone()
        return str(row[0]) if row else "0"

    def known(self) -> Iterator[Author]:
        """Everybody whose handle is still noted."""
        for name, handle, native, platform in self._connection.execute(
            "SELECT id, handle, native, platform FROM authors ORDER BY id, handle, native"
        ):
            yield Author(id=name, platform=platform, handle=handle, native=native)

    def called(self, platform: str | None, handle: str) -> set[str]:
        """Every pseudonym of a person: by handle, by the platform's own number, by earlier handles of that number.

        Also works when the handles were dropped, as long as the platform is named; and for someone who is left out already.
        """
        bare = bare_handle(handle)
        rows = self._connection.execute(
            "SELECT id, native, platform FROM authors WHERE (handle = ? OR native = ?)", (bare, handle)
        ).fetchall()
        theirs = [row for row in rows if platform in (None, row[2])]
        names = {name for name, _, _ in theirs}
        for _, native, where in theirs:
            if native:
                names.update(
                    name
                    for (name,) in self._connection.execute(
                        "SELECT id FROM authors WHERE native = ? AND platform = ?", (native, where)
                    )
                )
        if platform is not None:
            return names | self._possible(platform, handle)
        silent = self._silent()
        return names.union(*(self._possible(one, handle) & silent for one in _PLATFORMS)) if silent else names

    def silence(self, names: Iterable[str]) -> None:
        """These people asked to be left out: their handles go, and no later post of theirs comes in, under no new handle."""
        asked = set(names)
        numbers = {
            self._pseudonym(platform, f"#{native}")
            for name in asked
            for platform, native in self._connection.execute(
                "SELECT platform, native FROM authors WHERE id = ? AND native != ''", (name,)
            ).fetchall()
        }
        for name in asked | numbers:
            self._connection.execute("INSERT OR IGNORE INTO silenced VALUES (?)", (name,))
            self._connection.execute("DELETE FROM authors WHERE id = ?", (name,))
            self._changed()
        self._names.clear()
        self._silenced = None

    def silenced(self) -> frozenset[str]:
        """The pseudonyms that are left out."""
        return frozenset(name for (name,) in self._connection.execute("SELECT author FROM silenced"))

    def drop(self) -> int:
        """Drop every handle. The posts keep their pseudonyms."""
        dropped = self._connection.execute("DELETE FROM authors").rowcount
        self._changed()
        self._names.clear()
        self._new.clear()
        return dropped

    def _silent(self) -> frozenset[str]:
        if self._silenced is None:
            self._silenced = self.silenced()
        return self._silenced

    def _silence_too(self, numbered: str) -> None:
        """Whoever was left out by a handle alone shows their number: from now on they are known by it, too."""
        self._connection.execute("INSERT OR IGNORE INTO silenced VALUES (?)", (numbered,))
        self._silenced = None

    def _possible(self, platform: str, handle: str) -> set[str]:
        """What someone is called there if this is their handle, and if it is their number."""
        return {self._pseudonym(platform, bare_handle(handle)), self._pseudonym(platform, f"#{handle}")}

    def _pseudonym(self, platform: str, name: str) -> str:
        if self._key is None:
            self._key = self._checked(self._read_key())
        return "a" + hmac.digest(self._key, f"{platform}\0{name}".encode(), "sha256").hex()[:20]

    def _read_key(self) -> bytes:
        shared = os.environ.get(KEY_VARIABLE, "")
        if shared:
            return shared.encode()
        return self._note(_NOTE, os.urandom(32))

    def _checked(self, key: bytes) -> bytes:
        """Two keys in one workspace would make two people of one."""
        proof = hmac.digest(key, b"echoloop", "sha256")
        if self._note(_PROOF, proof) != proof:
            raise Mistake(
                "the pseudonyms of this workspace were made with another key",
                where=KEY_VARIABLE,
                remedy=f"Set {KEY_VARIABLE} as it was when the first posts were collected (or unset it), or use another workspace.",
            )
        return key

    def _changed(self) -> None:
        self._connection.execute("REPLACE INTO notes VALUES (?, ?)", (_VERSION, int(self.version()) + 1))

    def _note(self, name: str, value: bytes) -> bytes:
        """What is noted under a name; this value if nothing is."""
        self._connection.execute("INSERT OR IGNORE INTO notes VALUES (?, ?)", (name, value))
        return self._connection.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()[0]


def bare_handle(handle: str) -> str:
    """A handle without its decoration, in one case."""
    bare = handle.strip().casefold()
    for prefix in ("@", "/u/", "u/", "/user/"):
        bare = bare.removeprefix(prefix)
    return bare
