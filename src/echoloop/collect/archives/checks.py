"""What is looked at whatever the format: whether entries are whole, of the right format, and sensible."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from echoloop.collect.archives.formats import Format, describe, format_of
from echoloop.collect.archives.pieces import LONGEST, Piece
from echoloop.collect.archives.readers import EntryReader, split_array
from echoloop.collect.shapes.decoding import Mended, Unreadable
from echoloop.collect.sightings import Seen, Sighting, Skipped

_LONGEST_TEXT = 1_000_000
_TOLD_APART = ("not a post in this format", "not the URL of a post")


class Checks:
    """Reads entries through a reader, and counts what has to be said of them."""

    def __init__(self, form: Format, mended: Mended) -> None:
        self._form: Format = form
        self._mended = mended
        self._latest = datetime.now(UTC) + timedelta(days=1)
        self._read = 0
        self._unread: Counter[str] = Counter()
        self._future = 0

    def passed(self, piece: Piece, where: str, reader: EntryReader) -> list[Seen]:
        """The entry's posts, or why there are none."""
        if not piece.data:
            longest = f"longer than {LONGEST >> 20} MB"
            return [self._skip(Skipped(where=where, reason="an entry without end", detail=longest))]
        if piece.data[:1] == b"[":
            return self._each(piece, where, reader)
        seen = reader.read(piece.data, where)
        if len(seen) == 1:
            return [self._checked(seen[0], piece, where)]
        return [self._checked(one, None, where) for one in seen]

    def _each(self, piece: Piece, where: str, reader: EntryReader) -> list[Seen]:
        """The entries of an array that stands on one line."""
        try:
            entries = split_array(piece.data, self._mended)
        except Unreadable as error:
            bad = Skipped(where=where, reason=error.reason, detail=error.detail)
            return [self._checked(bad, piece, where)]
        return [
            one
            for number, entry in enumerate(entries, start=1)
            for one in self.passed(piece._replace(data=entry), f"{where}, entry {number}", reader)
        ]

    @property
    def nothing_read(self) -> bool:
        """Whether there were entries, and none could be read."""
        return bool(self._unread) and not self._read

    @property
    def most_frequent_reason(self) -> str:
        """Why entries could not be read."""
        reason, count = self._unread.most_common(1)[0]
        return f"{reason} ({count:,} of {self._unread.total():,})"

    def notes(self) -> list[str]:
        """In words, what is odd."""
        late = f"{self._future:,} posts are dated in the future; they were kept as they are"
        return [late] if self._future else []

    def _checked(self, one: Seen, alone: Piece | None, where: str) -> Seen:
        if isinstance(one, Skipped):
            if one.reason == "a repost":
                self._read += 1
                return one
            return self._skip(self._explained(one, alone) if alone else one)
        if isinstance(one, Sighting):
            if len(one.post.text) > _LONGEST_TEXT:
                return self._skip(
                    Skipped(
                        where=where,
                        reason="longer than a post can be",
                        detail=f"{len(one.post.text):,} characters",
                    )
                )
            if one.post.created_at and one.post.created_at > self._latest:
                self._future += 1
        self._read += 1
        return one

    def _explained(self, skipped: Skipped, piece: Piece) -> Skipped:
        """A cut-off end and an entry of another format are said to be that."""
        if skipped.reason == "not JSON" and not piece.whole:
            return Skipped(where=skipped.where, reason="half-written last line", detail=skipped.detail)
        if skipped.reason in _TOLD_APART and self._form != "table":
            form = format_of(piece.data)
            if form and form != self._form:
                return Skipped(where=skipped.where, reason=f"another format ({form})", detail=describe(form))
        return skipped

    def _skip(self, skipped: Skipped) -> Skipped:
        self._unread[skipped.reason] += 1
        return skipped


def mended_notes(mended: Mended) -> list[str]:
    """In words, what was changed or left out."""
    said = (
        (mended.characters, "characters that no UTF-8 can carry were replaced by U+FFFD"),
        (mended.counts, "counts that nothing can have (below zero, beyond 2^63, no number) were left out"),
        (mended.zoneless, "dates have no zone and were taken as UTC"),
        (mended.pictures, "pictures have no address and were left out"),
    )
    return [f"{count:,} {what}" for count, what in said if count]
