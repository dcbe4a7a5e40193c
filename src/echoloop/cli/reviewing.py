"""What people decide about samples: out of a workspace as a file, and back into it as events."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from echoloop.cli.composing import read_house
from echoloop.cli.messages import say
from echoloop.cli.options import Place
from echoloop.curate import REVIEWS, export_queue, import_reviews, review_cases
from echoloop.records import ACTS, Item, ReviewCase, ReviewEvent, Sample
from echoloop.records.arrow import from_table, to_table
from echoloop.workspace import Origin, Workspace, reading, writing

_AFTER_THE_STAGES = 90


def export_to(path: Path, place: Place, everything: bool) -> int:
    """Write the queue as it is now. Returns how many samples are in it."""
    workspace = reading(read_house(place).workspace)
    cases = (case for case in _cases(workspace) if everything or case.undecided)
    return export_queue(cases, path, workspace.images.path)


def import_from(path: Path, place: Place, reviewer: str) -> Iterator[str]:
    """Append the decisions of a file. What came of it, in lines."""
    with writing(read_house(place).workspace, create=False) as workspace:
        samples = {sample.id: sample for sample in from_table(workspace.tables.read("samples"), Sample)}
        done = import_reviews(path, samples, _events(workspace), reviewer=reviewer)
        if done.added:
            origin = Origin(act="curate", position=ACTS.index("curate") * 100 + _AFTER_THE_STAGES)
            workspace.tables.write(REVIEWS, to_table(done.events, ReviewEvent), ReviewEvent, origin)
    yield f"{done.added:,} decisions are new; {done.known:,} were known already."
    if done.overtaken:
        yield (
            f"{done.overtaken:,} of the known ones were since decided otherwise, and that stands. "
            "To decide so again, give them a time in `at`."
        )


def tell_waiting(place: Place) -> None:
    """How much waits for people, and how much they have decided."""
    cases = list(_cases(reading(read_house(place).workspace)))
    decided = Counter(case.decision for case in cases)
    needed = sum(case.needed for case in cases)
    say(
        f"{needed:,} samples wait for a person before they may be published. Of {len(cases):,} to look at, "
        f"{decided['accept']:,} are accepted, {decided['reject']:,} rejected, {decided['disputed']:,} disputed."
    )


def _cases(workspace: Workspace) -> Iterator[ReviewCase]:
    """As it is now: what was imported since the last run of curate counts."""
    samples = from_table(workspace.tables.read("samples"), Sample)
    items = from_table(workspace.tables.read("items"), Item)
    return review_cases(samples, items, _events(workspace))


def _events(workspace: Workspace) -> list[ReviewEvent]:
    there = workspace.tables.manifest(REVIEWS) is not None
    return from_table(workspace.tables.read(REVIEWS), ReviewEvent) if there else []
