"""`echoloop release`: write the benchmark down as a version that does not change again, or check one."""

from collections import Counter
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from echoloop.cli.groups import LOOP
from echoloop.cli.messages import counted, say, then
from echoloop.cli.options import HERE, Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from echoloop.cli.composing import House
    from echoloop.curate.releasing import Release
    from echoloop.workspace import Workspace

_LISTED = 20

release = App(
    name="release",
    group=LOOP,
    sort_key=2,
    help="Write the benchmark down as a version that does not change again, or check one.",
)


@release.default
def write(
    version: str = "0.1.0",
    *,
    hold_out: float | None = None,
    public_prompts: Annotated[bool, Parameter(negative=())] = False,
    place: Place = HERE,
) -> None:
    """Write the items as Parquet with a card, and a public variant without content beside it.

    `datasets.load_dataset(FOLDER, "text_to_image")` reads it. Nothing is written while a row fails the gate.

    Parameters
    ----------
    version
        Three numbers, such as 0.1.0; they only rise, and a version never changes.
    hold_out
        The share of the benchmark items, from 0 to 1, that is scored and never shown. Left out: as in the version before.
    public_prompts
        Give the prompts to the public variant too. They are words of posts: some platforms forbid it.
    """
    from echoloop.cli.composing import read_house
    from echoloop.curate.releasing import write_release
    from echoloop.workspace import writing

    house = read_house(place)
    with writing(house.workspace, create=False) as workspace:
        _refuse_stale(house, workspace)
        done = write_release(
            workspace, house.settings.subject, version, hold_out=hold_out, public_prompts=public_prompts
        )
    _tell(done)
    then(f"`echoloop release verify {done.folder}` checks it, `echoloop generate` lets the models answer it.")


def _refuse_stale(house: "House", workspace: "Workspace") -> None:
    """What goes out is made of what is there now."""
    from echoloop.cli.freshness import refuse_stale, stages_of
    from echoloop.engine import Session

    session = Session(workspace, house.endpoints.values())
    readers = [stage for stage in stages_of(house, "curate") if "items" in stage.reads]
    refuse_stale(session, house, readers)


def _tell(done: "Release") -> None:
    for split, rows in done.splits.items():
        say(f"  {split:<16} {rows:>7,} {_items(rows)}")
    say(f"  {'of them held out':<16} {done.held_out:>7,} {_items(done.held_out)}{_why_none(done)}")
    if not done.new:
        say(
            f"Release {done.version} is unchanged: it was there already, byte for byte, and nothing was written."
        )
    if done.before:
        counts = Counter(change.action for change in done.changes)
        told = ", ".join(f"{count:,} {action}" for action, count in sorted(counts.items()))
        say(f"Since {done.before}: {told or 'nothing changed'}")
    say(f"The release is in {done.folder}")
    say(f"The public variant is in {done.public}")


def _items(count: int) -> str:
    return "item" if count == 1 else "items"


def _why_none(done: "Release") -> str:
    """What was asked for and did not come about, or what could be asked for."""
    if done.held_out:
        return ""
    if not done.hold_out:
        return " (--hold-out 0.1 would keep about a tenth of the benchmark items back)"
    count = sum(rows for split, rows in done.splits.items() if split != "analysis")
    return (
        f" (--hold-out {done.hold_out:g} lets every benchmark item draw a lot of its own, and of {counted(count, 'item')} none drew it: "
        "give a larger share, or release more items)"
    )


@release.command
def verify(folder: Path) -> None:
    """Check the sums, columns, counts, pictures, names and origins of a release, also of one from elsewhere.

    Parameters
    ----------
    folder
        The release, private or public.
    """
    from echoloop.curate.releasing import verify_release
    from echoloop.records import Problem

    found = verify_release(folder, _forgotten(folder))
    for finding in found.findings[:_LISTED]:
        say(f"  {finding.row}: {finding.rule}" + (f" ({finding.detail})" if finding.detail else ""))
    if len(found.findings) > _LISTED:
        say(f"  and {len(found.findings) - _LISTED:,} more")
    if found.findings:
        raise Problem(
            f"the release fails: {counted(len(found.findings), 'finding')}",
            where=folder.absolute(),
            remedy="Publish a next version without what is wrong. A damaged file can be restored from a copy; a release that holds "
            "forgotten posts is to be taken down wherever it went.",
        )
    variant = "public" if found.public else "private"
    are = "is as it was" if found.rows == 1 else "are as they were"
    say(
        f"{counted(found.rows, 'row')} in {counted(found.files, 'file')} of the {variant} variant {are} released."
    )
    then("load it with `datasets.load_dataset`, or pass the public variant on.")


def _forgotten(folder: Path) -> frozenset[str]:
    """What the workspace around the release has forgotten since; nothing where there is none around it."""
    from echoloop.records import Mistake
    from echoloop.workspace import forgotten_posts, reading

    try:
        return forgotten_posts(reading(folder.absolute().parent.parent))
    except Mistake:
        return frozenset()
