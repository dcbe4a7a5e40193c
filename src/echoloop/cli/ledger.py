"""`echoloop ledger`: look at the receipts, carry them, check them."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from echoloop.cli.groups import AROUND
from echoloop.cli.messages import say, then
from echoloop.cli.options import HERE, Place

ledger = App(name="ledger", group=AROUND, sort_key=5, help="Receipts: what was asked, answered and paid.")


@ledger.command
def stat(*, place: Place = HERE) -> None:
    """Calls and cost for each model."""
    from echoloop.calls import Ledger

    with Ledger(_path(place), readonly=True) as opened:
        totals = opened.stat()
    say(f"  {'model':<34} {'asked by':<14} {'state':<9} {'calls':>9} {'cost':>12}")
    for total in totals:
        unknown = f" + {total.unpriced:,} unknown" if total.unpriced else ""
        say(
            f"  {total.provider + '/' + total.model:<34} {total.stage:<14} {total.state:<9} {total.calls:>9,} "
            f"{f'${total.cost:.4f}':>12}{unknown}"
        )
    say(f"  {sum(total.calls for total in totals):,} receipts, ${sum(total.cost for total in totals):.4f}")


@ledger.command
def export(
    out: Path, *, place: Place = HERE, public: Annotated[bool, Parameter(negative=())] = False
) -> None:
    """Write the receipts to one file (JSON lines, zstd).

    Parameters
    ----------
    out
        The file to write, such as receipts.jsonl.zst.
    public
        Leave out everything that came from posts, so that the file can be published.
    """
    from echoloop.calls import export_ledger
    from echoloop.records import Mistake

    path = _path(place)
    try:
        done = export_ledger(path, out, public)
    except OSError as error:
        raise Mistake(
            f"the export cannot be written: {error.strerror or error}", where=out.absolute()
        ) from error
    say(f"Wrote {done.receipts:,} receipts to {out.absolute()}")
    if public:
        say(
            f"  {done.sealed + done.withheld:,} of them come from posts: their text was left out, keys and costs are there."
        )
        then("publish it beside a release, as the proof of what was asked and paid.")
    else:
        then(
            f"with a copy of images/, `echoloop ledger import {out.name}` and `--offline` replay the run elsewhere."
        )


@ledger.command(name="import")
def import_(source: Path, *, place: Place = HERE) -> None:
    """Take receipts from a file. What is known already is kept as it is.

    Parameters
    ----------
    source
        A file that `ledger export` wrote.
    """
    from echoloop.calls import BadExport, import_ledger
    from echoloop.cli.composing import read_house
    from echoloop.records import Mistake
    from echoloop.workspace import writing

    try:
        with writing(read_house(place).workspace) as workspace:
            done = import_ledger(source, workspace.receipts)
    except (BadExport, OSError) as error:
        raise Mistake(f"the file was not imported: {error}", where=source) from error
    say(
        f"{done.new:,} new receipts, {done.known:,} known already, {done.conflicting:,} conflicting (kept ours)"
    )


@ledger.command
def verify(*, place: Place = HERE) -> None:
    """Hash every stored request again and compare it with its key."""
    from echoloop.calls import Ledger
    from echoloop.records import Problem

    with Ledger(_path(place), readonly=True) as opened:
        found = opened.verify()
    for row in found.bad_rows:
        say(f"  bad: {row.key[:16]} {row.problem}")
    for problem in found.file_problems:
        say(f"  bad: {problem}")
    if not found.sound:
        raise Problem(
            f"{found.bad:,} of {found.receipts:,} receipts are not what their keys say",
            where=_path(place),
            remedy="Restore the file from a copy, or delete it: the run then asks again.",
        )
    sealed = (
        f" ({found.sealed:,} are sealed: their text was left out of a public export)" if found.sealed else ""
    )
    say(f"{found.receipts:,} receipts are sound{sealed}.")


@ledger.command
def gc(*, place: Place = HERE) -> None:
    """Drop failed calls that have been answered since, and give the space back."""
    from echoloop.calls import Ledger
    from echoloop.cli.composing import read_house
    from echoloop.workspace import writing

    with (
        writing(read_house(place).workspace, create=False) as workspace,
        Ledger(workspace.receipts) as opened,
    ):
        swept = opened.gc()
    freed = swept.bytes_before - swept.bytes_after
    say(f"{swept.failures:,} failed calls are gone, {freed:,} bytes are free again.")


def _path(place: Place) -> Path:
    from echoloop.cli.composing import read_house
    from echoloop.records import Mistake
    from echoloop.workspace import reading

    path = reading(read_house(place).workspace).receipts
    if not path.exists():
        raise Mistake("there are no receipts yet", where=path, remedy="Run an act first.")
    return path
