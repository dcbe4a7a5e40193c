"""`echoloop forget`: take posts and people back, with everything that was made from them."""

from pathlib import Path

from echoloop.cli.messages import counted, say, then
from echoloop.cli.options import HERE, Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from echoloop.workspace import Forgotten, Workspace


def forget(named: list[str], *, reason: str = "asked", place: Place = HERE) -> None:
    """Take posts or people back: their rows, pictures and receipts go, and no later run brings them in again.

    An interrupted `forget` is finished by the next one. The archive the posts came from is not touched.

    Parameters
    ----------
    named
        Posts by their addresses in any form; people as @handle, x:@handle or by their profile's address; files with one
        of these a line; compliance files of X.
    reason
        Why, for the tombstone that stays in their place.
    """
    from echoloop.cli.batching import folder_of
    from echoloop.cli.composing import read_house
    from echoloop.collect.compliance import concerned, erase, people_in, read_targets, resolve
    from echoloop.collect.intake import Intake
    from echoloop.workspace import forget as forget_in_workspace
    from echoloop.workspace import unfinished, writing

    targets = read_targets(named)
    with (
        writing(read_house(place).workspace, create=False) as workspace,
        Intake(workspace.sightings) as intake,
    ):
        posts, names = resolve(intake, targets)
        people = people_in(intake, targets, posts)
        with intake.writing():
            intake.authors.silence(names)
        silenced = intake.authors.silenced()
        found = concerned(intake, posts | unfinished(workspace).reasons.keys(), silenced)
        gone = frozenset(found.posts | _posts_by(workspace, silenced))
        theirs, needed = _pictures_in_receipts(workspace.receipts, gone)
        done = forget_in_workspace(
            workspace,
            gone,
            reason,
            _records(),
            pictures=theirs | found.pictures,
            needed=needed | found.needed,
        )
        _drop_handles(workspace, silenced)
        sightings = erase(intake, frozenset(_buried(workspace)), silenced)
        folder_of(workspace).withdraw(frozenset(_buried(workspace)))
        receipts = _forget_receipts(workspace)
    _tell(done, people, sightings, receipts)
    if targets.passed_over:
        asking = "asks" if targets.passed_over == 1 else "ask"
        records = counted(targets.passed_over, "compliance record")
        say(f"{records} {asking} for no erasure (such as scrub_geo): passed over.")


def _records() -> dict[str, object]:
    """Every record by its name, as tables name them."""
    import msgspec

    from echoloop import records

    named = {name: getattr(records, name) for name in records.__all__}
    return {
        name: record
        for name, record in named.items()
        if isinstance(record, type) and issubclass(record, msgspec.Struct)
    }


def _posts_by(workspace: "Workspace", names: frozenset[str]) -> set[str]:
    """What these people wrote, as far as the tables know."""
    if not names or workspace.tables.manifest("posts") is None:
        return set()
    posts = workspace.tables.read("posts")
    pairs = zip(posts.column("url").to_pylist(), posts.column("author").to_pylist(), strict=True)
    return {url for url, author in pairs if author in names}


def _drop_handles(workspace: "Workspace", names: frozenset[str]) -> None:
    from echoloop.records import Author
    from echoloop.records.arrow import from_table, to_table

    manifest = workspace.tables.manifest("authors")
    if manifest is None:
        return
    authors = from_table(workspace.tables.read("authors"), Author)
    staying = [author for author in authors if author.id not in names]
    if len(staying) < len(authors):
        workspace.tables.write("authors", to_table(staying, Author), Author, manifest.origin)


def _pictures_in_receipts(path: Path, gone: frozenset[str]) -> tuple[set[str], set[str]]:
    """The pictures that receipts of these posts refer to, and those of all others: some are in no table yet."""
    from echoloop.calls import Ledger
    from echoloop.workspace import pictures_in

    theirs: set[str] = set()
    needed: set[str] = set()
    if path.exists():
        with Ledger(path, readonly=True) as ledger:
            for receipts in (ledger.receipts(), ledger.failures()):
                for receipt in receipts:
                    found = theirs if not gone.isdisjoint(receipt.source_posts) else needed
                    found |= pictures_in(receipt.request)
                    found.update(receipt.images)
    return theirs, needed


def _buried(workspace: "Workspace") -> dict[str, str]:
    """Every post that was ever forgotten, not only now: so what lags behind catches up after a crash, or after an import."""
    from echoloop.records import Tombstone
    from echoloop.records.arrow import from_table
    from echoloop.workspace import TOMBSTONES

    graves = from_table(workspace.tables.read(TOMBSTONES), Tombstone)
    return {grave.url: grave.reason for grave in graves}


def _forget_receipts(workspace: "Workspace") -> int:
    from echoloop.calls import Ledger

    if not workspace.receipts.exists():
        return 0
    buried = _buried(workspace)
    with Ledger(workspace.receipts) as ledger:
        count = sum(
            ledger.forget([url for url, why in buried.items() if why == reason], reason)
            for reason in sorted(set(buried.values()))
        )
        ledger.gc()
    return count


def _tell(done: "Forgotten", people: int, sightings: int, receipts: int) -> None:
    for post in done.posts[:_LISTED]:
        say(f"Forgotten: {post}")
    if len(done.posts) > _LISTED:
        say(f"  and {counted(len(done.posts) - _LISTED, 'more post')}")
    if people:
        say(f"  {'people':<24} {people:>7,} left out from now on, under any name they are known by")
    say(f"  {'sightings':<24} {sightings:>7,} collected")
    for table, rows in done.rows.items():
        say(f"  {table:<24} {rows:>7,} {'row' if rows == 1 else 'rows'}")
    say(f"  {'pictures':<24} {len(done.images):>7,} {'file' if len(done.images) == 1 else 'files'}")
    say(f"  {'receipts':<24} {receipts:>7,} {'call' if receipts == 1 else 'calls'}")
    for version in done.releases:
        say(f"Release {version} still holds one of them, or cannot be read: a release never changes.")
    if done.releases:
        say("Publish a next version without it, and take the ones named here down wherever they went.")
    if not done.rows and not receipts and not sightings:
        say("No table and no receipt was made from them; tombstones keep them out of later runs.")
        then("go on as before: nothing has to be made again.")
        return
    then(
        "run the acts again: rows that came from other posts too are made anew without these; then `report`."
    )


_LISTED = 20
