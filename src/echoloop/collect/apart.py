"""Two small tables beside the posts: who wrote them, and which are gone. Each can be dropped without the posts."""

from collections.abc import Iterator
from pathlib import Path

from echoloop.collect.intake import Intake
from echoloop.collect.reading import Reader
from echoloop.collect.settings import IntakeSettings
from echoloop.collect.sightings import Gone
from echoloop.engine import Desk
from echoloop.records import Author, Keep, Tombstone


def list_authors(desk: Desk[IntakeSettings]) -> Iterator[Keep[Author]]:
    """The handles behind the pseudonyms, as far as they are still noted."""
    path = Path(desk.settings.intake)
    if path.exists():
        with Intake(path, readonly=True) as intake:
            handles = {(author.id, author.handle): author for author in intake.authors.known()}
        yield from (Keep(handles[key]) for key in sorted(handles))


def list_gone(desk: Desk[IntakeSettings]) -> Iterator[Keep[Tombstone]]:
    """Posts that others point to and that nobody can read: their place, their reason, no content."""
    for seen in Reader(desk.settings.intake).posts():
        if isinstance(seen, Gone) and seen.url not in desk.forgotten:
            yield Keep(Tombstone(url=seen.url, reason=seen.reason, noticed_at=seen.noticed_at))
