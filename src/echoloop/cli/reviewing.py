"""What people decide about samples: out of a workspace as a file, and back into it as events."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from echoloop.cli.composing import read_house
from echoloop.cli.messages import counted, say
from echoloop.cli.options import Place
from echoloop.curate import REVIEWS, Openable, export_queue, import_reviews, review_cases
from echoloop.records import ACTS, Item, ReviewCase, ReviewEvent, Sample
from echoloop.records.arrow import from_table, to_table
from echoloop.workspace import Origin, Workspace, reading, writing

_AFTER_THE_STAGES = 90
_DECIDED = {"accept": "accepted", "reject": "rejected", "disputed": "disputed"}


def export_to(path: Path, place: Place, everything: bool) -> int:
    """Write the queue as it is now. Returns how many samples are in it."""
    workspace = reading(read_house(place).workspace)
    cases = (case for case in _cases(workspace) if everything or case.undecided)
    return export_queue(cases, path, Openable(workspace.images, path))


def import_from(path: Path, place: Place, reviewer: str) -> Iterator[str]:
    """Append the decisions of a file. What came of it, in lines."""
    with writing(read_house(place).workspace, create=False) as workspace:
        samples = {sample.id: sample for sample in from_table(workspace.tables.read("samples"), Sample)}
        done = import_reviews(path, samples, _events(workspace), reviewer=reviewer)
        if done.added:
            origin = Origin(act="curate", position=ACTS.index("curate") * 100 + _AFTER_THE_STAGES)
            workspace.tables.write(REVIEWS, to_table(done.events, ReviewEvent), ReviewEvent, origin)
    new = "decision is" if done.added == 1 else "decisions are"
    yield f"{done.added:,} {new} new; {done.known:,} {'was' if done.known == 1 else 'were'} known already."
    if done.overtaken:
        yield (
            f"{done.overtaken:,} of the known ones {'was' if done.overtaken == 1 else 'were'} since decided otherwise, and that stands. "
            "To decide so again, give them a time in `at`."
        )


def tell_waiting(place: Place) -> None:
    """How much waits for people, what they may look at besides, and how much they have decided."""
    for line in waiting_lines(list(_cases(reading(read_house(place).workspace)))):
        say(line)


def waiting_lines(cases: Sequence[ReviewCase]) -> Iterator[str]:
    """What has to be done is told apart from what can be: nobody has to look at an item that may be published as it is."""
    needed = sum(case.needed for case in cases)
    others = sum(case.undecided and not case.needed for case in cases)
    decided = Counter(case.decision for case in cases)
    if needed:
        waits, they = ("waits", "it") if needed == 1 else ("wait", "they")
        yield f"{counted(needed, 'sample')} {waits} for a person: {they} may not be published before somebody accepts {they if needed == 1 else 'them'}."
    else:
        yield "No sample has to wait for a person."
    if others:
        may = (
            "It may be published as it is; you can look at it"
            if others == 1
            else "They may be published as they are; you can look at them"
        )
        yield f"The queue also lists {counted(others, 'sample')} that nobody has to decide. {may}."
    if told := [f"{decided[name]:,} {words}" for name, words in _DECIDED.items() if decided[name]]:
        yield f"Decided so far: {', '.join(told)}."


def _cases(workspace: Workspace) -> Iterator[ReviewCase]:
    """As it is now: what was imported since the last run of curate counts."""
    samples = from_table(workspace.tables.read("samples"), Sample)
    items = from_table(workspace.tables.read("items"), Item)
    return review_cases(samples, items, _events(workspace))


def _events(workspace: Workspace) -> list[ReviewEvent]:
    there = workspace.tables.manifest(REVIEWS) is not None
    return from_table(workspace.tables.read(REVIEWS), ReviewEvent) if there else []
