"""What became of every picture that posts point to. A picture beside an archive is known by the archive and its path."""

import sqlite3
from collections.abc import Iterable

import msgspec

from echoloop.collect.pictures.outcomes import PictureOutcome

REMOTE = 0
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(PictureOutcome)


class PictureBook:
    """Outcomes by place (an archive's number, or `REMOTE`) and address. Call what changes it inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def note(self, place: int, outcomes: Iterable[PictureOutcome], *, looked: bool = False) -> None:
        """What came of fetching, or of looking."""
        self._connection.executemany(
            "REPLACE INTO pictures (place, url, again, looked, body) VALUES (?, ?, ?, ?, ?)",
            [(place, one.url, one.again, looked, _ENCODER.encode(one)) for one in outcomes],
        )

    def of(self, place: int) -> dict[str, PictureOutcome]:
        """Every outcome of a place by address."""
        rows = self._connection.execute("SELECT body FROM pictures WHERE place = ?", (place,))
        return {one.url: one for (body,) in rows for one in (_DECODER.decode(body),)}

    def settled(self, place: int) -> set[str]:
        """The addresses that need no further try."""
        return {
            url
            for (url,) in self._connection.execute(
                "SELECT url FROM pictures WHERE place = ? AND NOT again", (place,)
            )
        }

    def unlooked(self) -> list[tuple[int, PictureOutcome]]:
        """Pictures that came and that nobody has decoded yet."""
        rows = self._connection.execute(
            "SELECT place, body FROM pictures WHERE NOT looked ORDER BY place, url"
        )
        found = [(place, _DECODER.decode(body)) for place, body in rows]
        return [(place, one) for place, one in found if one.sha256 is not None]

    def remove(self, place: int, urls: Iterable[str]) -> set[str]:
        """Forget addresses; the content hashes that were noted for them."""
        gone: set[str] = set()
        for url in urls:
            row = self._connection.execute(
                "SELECT body FROM pictures WHERE place = ? AND url = ?", (place, url)
            ).fetchone()
            if row is not None:
                sha256 = _DECODER.decode(row[0]).sha256
                gone |= {sha256} if sha256 else set()
                self._connection.execute("DELETE FROM pictures WHERE place = ? AND url = ?", (place, url))
        return gone

    def digest_rows(self) -> list[tuple[int, str, bytes]]:
        """Everything there is, for a hash of it."""
        return self._connection.execute(
            "SELECT place, url, body FROM pictures ORDER BY place, url"
        ).fetchall()

    def contents(self) -> set[str]:
        """The content hash of every picture that came."""
        rows = self._connection.execute("SELECT body FROM pictures")
        return {sha256 for (body,) in rows if (sha256 := _DECODER.decode(body).sha256)}
