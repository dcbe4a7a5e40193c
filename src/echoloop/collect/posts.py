"""The intake -> every post once, with its pictures: what leaves this room."""

from collections import Counter
from collections.abc import Iterable, Iterator

import pyarrow as pa

from echoloop.collect.reading import Reader
from echoloop.collect.settings import IntakeSettings
from echoloop.collect.sightings import Gone, Skipped
from echoloop.engine import Desk
from echoloop.records import Drop, ImageRef, Post
from echoloop.records.arrow import to_table

_BLOCK = 8_192


def collect_posts(desk: Desk[IntakeSettings]) -> Iterator[pa.Table | Drop]:
    """Every post that was seen. One that is gone keeps its place in the table `gone`."""
    attribute = desk.settings.attribution()
    reader = Reader(desk.settings.intake)
    absences = Absences()
    block: list[Post] = []
    for seen in reader.posts():
        if isinstance(seen, Gone):
            continue
        if seen.url in desk.forgotten:
            yield Drop(key=seen.url, reason="forgotten on request")
            continue
        absences.count(seen.images)
        block.append(attribute(seen))
        if len(block) == _BLOCK:
            yield to_table(block, Post)
            block = []
    yield to_table(block, Post)
    yield from map(_loss, reader.skipped)
    if note := absences.note():
        desk.note(note)


def _loss(skipped: Skipped) -> Drop:
    return Drop(key=skipped.where, reason=skipped.reason, detail=skipped.detail)


UNTRIED = "not fetched"
"""A picture of a conversation that nobody wanted: its absence is no loss."""


class Absences:
    """Counts the pictures that were wanted and are not here, by reason."""

    def __init__(self) -> None:
        self._pictures = 0
        self._reasons: Counter[str] = Counter()

    def count(self, pictures: Iterable[ImageRef]) -> None:
        """Look at the pictures of one post."""
        for picture in pictures:
            if picture.absence == UNTRIED:
                continue
            self._pictures += 1
            if picture.sha256 is None:
                self._reasons[picture.absence.partition(":")[0].replace("_", " ")] += 1

    def note(self) -> str:
        """One line, the most frequent reason first; empty when every picture is here."""
        if not self._reasons:
            return ""
        ordered = sorted(self._reasons.items(), key=lambda reason: (-reason[1], reason[0]))
        listed = ", ".join(f"{reason} ({count:,})" for reason, count in ordered)
        return f"{self._reasons.total():,} of {self._pictures:,} pictures are not here: {listed}"
