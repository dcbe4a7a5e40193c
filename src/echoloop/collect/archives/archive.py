"""One archive: what it is, and its posts in batches, from any place on."""

from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path

import msgspec

from echoloop.collect.archives.checks import Checks, mended_notes
from echoloop.collect.archives.columns import Columns, RowReader, names_of, resolve_columns
from echoloop.collect.archives.echo import EchoReader
from echoloop.collect.archives.formats import Format, describe
from echoloop.collect.archives.pieces import Piece, split_lines, split_values
from echoloop.collect.archives.readers import (
    BlueskyReader,
    EntryReader,
    MastodonReader,
    RedditReader,
    TweetReader,
)
from echoloop.collect.archives.recognising import Layout, Recognised, recognise
from echoloop.collect.archives.streams import Stream
from echoloop.collect.archives.tables import csv_names, csv_rows, parquet_names, parquet_rows
from echoloop.collect.shapes.decoding import Mended
from echoloop.collect.sightings import NameAuthor, Occasion, Seen, Skipped
from echoloop.records import Mistake

_BATCH = 1_000
_SAMPLE = 1_000


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Some of the posts. `position` is how many lines (or rows, or values) have been read up to here."""

    seen: list[Seen]
    position: int


class Archive:
    """Recognised when it is made; read by `batches`. `folder` is where pictures beside it lie, None for a stream."""

    def __init__(
        self,
        stream: Stream,
        label: str,
        folder: Path | None,
        wanted: Format | None,
        mapping: Columns | None,
    ) -> None:
        self.label = label
        self.folder = folder
        self._stream = stream
        recognised = recognise(stream, label, wanted, mapping)
        self.format: Format = recognised.format
        self.why = recognised.why
        """How the format was recognised, in words."""
        self._layout: Layout = recognised.layout
        self._columns = _columns_of(recognised, stream, label, mapping)
        self._notes: list[str] = []

    @cached_property
    def identity(self) -> str | None:
        """The archive's bytes as they lie (by SHA-256) and how they are read; None for a stream."""
        digest = self._stream.digest()
        columns = "".join(f" {field}={column}" for field, column in sorted(self._columns.items()))
        return digest and f"{digest} {self.format}{columns}"

    def notes(self) -> list[str]:
        """What has to be said of what `batches` has read to its end: what was changed, left out, or is odd."""
        return self._notes

    def batches(self, name_author: NameAuthor, start: int = 0) -> Iterator[Batch]:
        """The posts behind the first `start` lines. Raises `Mistake` at the end if nothing of the whole could be read."""
        mended = Mended()
        reader = self._reader(Occasion(name_author=name_author), mended)
        checks = Checks(self.format, mended)
        seen: list[Seen] = []
        position = line = start
        for piece in self._pieces(0 if self._remembers else start, mended):
            position, line = piece.number, piece.line
            found = checks.passed(piece, f"{self.label}:{line}", reader)
            seen += found if position > start else ()
            if len(seen) >= _BATCH:
                yield Batch(seen=seen, position=position)
                seen = []
        if self._stream.ended_early:
            early = Skipped(
                where=f"{self.label}:{line}", reason="the file ends early", detail=self._stream.ended_early
            )
            seen.append(early)
        if seen:
            yield Batch(seen=seen, position=position)
        self._notes = [*checks.notes(), *mended_notes(mended), *reader.notes()]
        if start == 0 and checks.nothing_read:
            raise Mistake(
                f"not one entry of this archive could be read as {describe(self.format)}: {checks.most_frequent_reason}",
                where=self.label,
                remedy=f"It was taken for {self.format} ({self.why}). Name the right format with --format, or the columns with --map.",
            )

    @property
    def _remembers(self) -> bool:
        """Whether what stood before tells how to read what follows: going on then begins at the start, silently."""
        return self.format == "mastodon"

    def _pieces(self, start: int, mended: Mended) -> Iterator[Piece]:
        match self._layout:
            case "lines":
                return split_lines(self._stream.chunks(), start)
            case "values":
                return split_values(self._stream.chunks(), start)
            case "csv":
                return csv_rows(self._stream.chunks(), start, mended)
            case "parquet":
                return parquet_rows(self._stream.file, self.label, self._columns.values(), start)

    def _reader(self, occasion: Occasion, mended: Mended) -> EntryReader:
        match self.format:
            case "twarc2":
                return TweetReader(occasion, mended)
            case "reddit":
                return RedditReader(occasion, mended)
            case "bluesky":
                return BlueskyReader(occasion, mended)
            case "mastodon":
                return MastodonReader(occasion, mended)
            case "echo":
                return EchoReader(occasion, mended)
            case "table":
                return RowReader(self._columns, occasion, mended)


def _columns_of(recognised: Recognised, stream: Stream, label: str, mapping: Columns | None) -> Columns:
    if recognised.format != "table":
        if mapping:
            raise Mistake(
                f"a mapping of columns says nothing of {describe(recognised.format)}",
                where=label,
                remedy="Leave --map out, or say --format table.",
            )
        return {}
    match recognised.layout:
        case "lines":
            names = names_of([piece.data for piece in islice(split_lines([recognised.head]), _SAMPLE)])
        case "values":
            names = names_of([piece.data for piece in islice(split_values([recognised.head]), _SAMPLE)])
        case "csv":
            names = set(csv_names(recognised.head))
        case "parquet":
            names = set(parquet_names(stream.file, label))
    return resolve_columns(mapping, names, label) if names or mapping else {}
