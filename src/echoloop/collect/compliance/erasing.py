"""Taking posts and people out of the intake, so that nothing of them is on the disk."""

from collections.abc import Iterator

import msgspec

from echoloop.collect.aliases import Aliases
from echoloop.collect.compliance.targets import Targets
from echoloop.collect.intake import REMOTE, Batch, Intake
from echoloop.collect.sightings import Seen, Sighting, Skipped
from echoloop.records import Mistake


class Concerned(msgspec.Struct, frozen=True, kw_only=True):
    """What a request to forget comes to here. `pictures` are theirs, `needed` are those that posts of others show."""

    posts: frozenset[str]
    pictures: frozenset[str]
    needed: frozenset[str]


def resolve(intake: Intake, targets: Targets) -> tuple[frozenset[str], frozenset[str]]:
    """The posts that were named, also as they are kept here, and the pseudonyms of the people that were."""
    posts, names = set(targets.posts), set[str]()
    for person in targets.people:
        found = intake.authors.called(person.platform, person.handle)
        if not found:
            raise Mistake(
                f"nobody called {person.handle!r} is noted here",
                remedy="If the handles were dropped, name the platform as well, as in x:@handle; nothing was forgotten.",
            )
        names |= found
    known = {author.native for author in intake.authors.known() if author.platform == "x" and author.native}
    silenced = intake.authors.silenced()
    for number in targets.numbers:
        called = intake.authors.called("x", number)
        if number in known or not silenced.isdisjoint(called):
            names |= called
        else:
            posts.add(f"https://x.com/i/status/{number}")
    return frozenset(posts | _kept_as(intake, posts)), frozenset(names)


def people_in(intake: Intake, targets: Targets, posts: frozenset[str]) -> int:
    """How many people were named. One person has several pseudonyms here, and may be named in several ways."""
    named = [intake.authors.called(person.platform, person.handle) for person in targets.people]
    numbers = [number for number in targets.numbers if f"https://x.com/i/status/{number}" not in posts]
    people: list[set[str]] = []
    for names in (*named, *(intake.authors.called("x", number) for number in numbers)):
        same = [one for one in people if not one.isdisjoint(names)]
        people = [one for one in people if one.isdisjoint(names)] + [names.union(*same)]
    return len(people)


def _kept_as(intake: Intake, posts: set[str]) -> set[str]:
    """The addresses under which posts are kept that were named by another."""
    aliases = Aliases(posts, intake.authors)
    return {one.post.url for batch in intake.batches() for one in _posts_of(batch) if aliases.mean(one)}


def concerned(intake: Intake, posts: frozenset[str], names: frozenset[str]) -> Concerned:
    """Every post that goes, with those of the people; which pictures were theirs, and which others need."""
    gone = set(posts)
    theirs: set[str] = set()
    needed: set[str] = set()
    books = {place: intake.pictures.of(place) for place in _places(intake)}
    for batch in intake.batches():
        for sighting in _posts_of(batch):
            goes = _goes(sighting, posts, names)
            gone |= {sighting.post.url} if goes else set()
            for place, url in _pictures_of(batch, sighting):
                outcome = books[place].get(url)
                if outcome is not None and outcome.sha256:
                    (theirs if goes else needed).add(outcome.sha256)
    return Concerned(posts=frozenset(gone), pictures=frozenset(theirs), needed=frozenset(needed))


def erase(intake: Intake, posts: frozenset[str], names: frozenset[str]) -> int:
    """Remove every sighting of these posts and people, and what is known of pictures nobody else shows; how many went."""
    theirs: set[tuple[int, str]] = set()
    others: set[tuple[int, str]] = set()
    removed = 0
    with intake.writing():
        for batch in intake.batches():
            staying: list[Seen] = []
            for seen in batch.seen:
                goes = not isinstance(seen, Skipped) and _goes(seen, posts, names)
                if isinstance(seen, Sighting):
                    (theirs if goes else others).update(_pictures_of(batch, seen))
                if not goes:
                    staying.append(seen)
            if len(staying) < len(batch.seen):
                removed += len(batch.seen) - len(staying)
                intake.rewrite(batch.number, staying)
        for place, url in theirs - others:
            intake.pictures.remove(place, [url])
    if removed:
        intake.compact()
    return removed


def _goes(seen: Seen, posts: frozenset[str], names: frozenset[str]) -> bool:
    return isinstance(seen, Sighting) and (seen.post.url in posts or seen.post.author in names)


def _posts_of(batch: Batch) -> Iterator[Sighting]:
    return (seen for seen in batch.seen if isinstance(seen, Sighting))


def _pictures_of(batch: Batch, sighting: Sighting) -> Iterator[tuple[int, str]]:
    for image in sighting.post.images:
        yield (REMOTE if "://" in image.url else batch.place), image.url


def _places(intake: Intake) -> list[int]:
    return [REMOTE, *(known.number for known in intake.imports.all())]
