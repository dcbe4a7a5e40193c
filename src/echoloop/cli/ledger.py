"""`echoloop ledger`: look at the receipts, carry them, check them."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from echoloop.cli.messages import say, then
from echoloop.cli.options import DEFAULTS, RunOptions
from echoloop.records import Mistake, Problem

ledger = App(name="ledger", help="Receipts: what was asked, answered and paid.")


@ledger.command
def stat(options: RunOptions = DEFAULTS) -> None:
    """Calls and cost for each model."""
    from echoloop.calls import Ledger

    with Ledger(_path(options), readonly=True) as opened:
        totals = opened.stat()
    say(f"  {'model':<34} {'state':<9} {'calls':>9} {'cost':>12}")
    for total in totals:
        unknown = f" + {total.unpriced:,} unknown" if total.unpriced else ""
        say(
            f"  {total.provider + '/' + total.model:<34} {total.state:<9} {total.calls:>9,} "
            f"{f'${total.cost:.4f}':>12}{unknown}"
        )
    say(f"  {sum(total.calls for total in totals):,} receipts, ${sum(total.cost for total in totals):.4f}")


@ledger.command
def export(
    out: Path, options: RunOptions = DEFAULTS, *, public: Annotated[bool, Parameter(negative=())] = False
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

    done = export_ledger(_path(options), out, public)
    say(
        f"Wrote {done.receipts:,} receipts to {out.absolute()}"
        + (" without any post's text" if public else "")
    )
    then(f"a stranger replays with `echoloop ledger import {out.name}` and `--offline`.")


@ledger.command(name="import")
def import_(source: Path, options: RunOptions = DEFAULTS) -> None:
    """Take receipts from a file. What is known already is kept as it is.

    Parameters
    ----------
    source
        A file that `ledger export` wrote.
    """
    from echoloop.calls import BadExport, import_ledger
    from echoloop.cli.composing import read_house
    from echoloop.workspace import writing

    try:
        with writing(read_house(options).workspace_path(options)) as workspace:
            done = import_ledger(source, workspace.receipts)
    except (BadExport, OSError) as error:
        raise Mistake(f"the file was not imported: {error}", where=source) from error
    say(
        f"{done.new:,} new receipts, {done.known:,} known already, {done.conflicting:,} conflicting (kept ours)"
    )


@ledger.command
def verify(options: RunOptions = DEFAULTS) -> None:
    """Hash every stored request again and compare it with its key."""
    from echoloop.calls import Ledger

    with Ledger(_path(options), readonly=True) as opened:
        found = opened.verify()
    for row in found.bad[:20]:
        say(f"  bad: {row}")
    if not found.sound:
        raise Problem(
            f"{len(found.bad):,} of {found.checked:,} receipts are not what their keys say",
            where=_path(options),
            remedy="Restore the file from a copy, or delete it: the run then asks again.",
        )
    say(f"{found.checked:,} receipts are sound.")


@ledger.command
def gc(options: RunOptions = DEFAULTS) -> None:
    """Drop failed calls that have been answered since, and give the space back."""
    from echoloop.calls import Ledger
    from echoloop.cli.composing import read_house
    from echoloop.workspace import writing

    with (
        writing(read_house(options).workspace_path(options)) as workspace,
        Ledger(workspace.receipts) as opened,
    ):
        swept = opened.gc()
    say(f"Swept: {swept}")


def _path(options: RunOptions) -> Path:
    from echoloop.cli.composing import read_house
    from echoloop.workspace import reading

    path = reading(read_house(options).workspace_path(options)).receipts
    if not path.exists():
        raise Mistake("there are no receipts yet", where=path, remedy="Run an act first.")
    return path
