"""`echoloop forget`: take a post back, with everything that was made from it."""

from collections.abc import Iterable
from pathlib import Path

from echoloop.cli.messages import say, then
from echoloop.cli.options import HERE, Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from echoloop.workspace import Forgotten, Workspace


def forget(urls: list[str], *, reason: str = "asked", place: Place = HERE) -> None:
    """Take posts back: their rows, pictures and receipts go, and no later run brings them in again.

    An interrupted `forget` is finished by the next one. The archive the posts came from is not touched.

    Parameters
    ----------
    urls
        The posts, by their addresses in any form.
    reason
        Why, for the tombstone that stays in their place.
    """
    from echoloop.cli.composing import read_house
    from echoloop.workspace import forget as forget_in_workspace
    from echoloop.workspace import unfinished, writing

    posts = _canonical(urls)
    with writing(read_house(place).workspace, create=False) as workspace:
        gone = posts | unfinished(workspace).reasons.keys()
        theirs, needed = _pictures_in_receipts(workspace.receipts, gone)
        done = forget_in_workspace(workspace, posts, reason, _records(), pictures=theirs, needed=needed)
        receipts = _forget_receipts(workspace)
    _tell(done, receipts)


def _canonical(urls: Iterable[str]) -> set[str]:
    from echoloop.records import Mistake, NotAPostUrl, canonical_url

    try:
        return {canonical_url(url) for url in urls}
    except NotAPostUrl as error:
        raise Mistake(str(error), remedy="Name each post by its address; nothing was forgotten.") from error


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


def _pictures_in_receipts(path: Path, gone: set[str]) -> tuple[set[str], set[str]]:
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


def _forget_receipts(workspace: "Workspace") -> int:
    """Every buried post, not only these: so the ledger catches up after a crash, or after an import."""
    from echoloop.calls import Ledger
    from echoloop.records import Tombstone
    from echoloop.records.arrow import from_table
    from echoloop.workspace import TOMBSTONES

    if not workspace.receipts.exists():
        return 0
    graves = from_table(workspace.tables.read(TOMBSTONES), Tombstone)
    with Ledger(workspace.receipts) as ledger:
        count = sum(
            ledger.forget([grave.url for grave in graves if grave.reason == reason], reason)
            for reason in sorted({grave.reason for grave in graves})
        )
        ledger.gc()
    return count


def _tell(done: "Forgotten", receipts: int) -> None:
    for post in done.posts:
        say(f"Forgotten: {post}")
    for table, rows in done.rows.items():
        say(f"  {table:<24} {rows:>7,} rows")
    say(f"  {'pictures':<24} {len(done.images):>7,} files")
    say(f"  {'receipts':<24} {receipts:>7,} calls")
    for version in done.releases:
        say(f"Release {version} still holds one of them, or cannot be read: a release never changes.")
    if done.releases:
        say("Publish a next version without it, and take the ones named here down wherever they went.")
    if not done.rows and not receipts:
        say("No table and no receipt was made from them; tombstones keep them out of later runs.")
        return
    then(
        "run the acts again: rows that came from other posts too are made anew without these; then `report`."
    )
