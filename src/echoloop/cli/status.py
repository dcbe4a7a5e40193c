"""`echoloop status`: what is there, what is running, what was spent."""

from echoloop.cli.messages import counted, say, then
from echoloop.cli.options import HERE, Place


def status(*, place: Place = HERE) -> None:
    """List the tables and whether they are fresh, who is writing, and what the receipts add up to."""
    from echoloop.calls import Ledger
    from echoloop.cli.batching import folder_of
    from echoloop.cli.collecting import platform_lines
    from echoloop.cli.composing import read_house
    from echoloop.cli.freshness import next_step, states
    from echoloop.workspace import reading

    house = read_house(place)
    workspace = reading(house.workspace)
    say(f"Workspace {workspace.path}")
    holder = workspace.lock.holder()
    if holder is not None:
        say(
            f"  running: process {holder.pid} (`{holder.command}`) since {holder.since:%Y-%m-%d %H:%M:%S} UTC"
        )
    for line in states(house, workspace):
        say(f"  {line}")
    if workspace.receipts.exists():
        with Ledger(workspace.receipts, readonly=True) as ledger:
            totals = ledger.stat()
        calls, cost = sum(total.calls for total in totals), sum(total.cost for total in totals)
        unpriced = sum(total.unpriced for total in totals)
        known = f"${cost:.4f}" + (f" and {counted(unpriced, 'call')} of unknown price" if unpriced else "")
        say(f"  receipts: {calls:,} ({known})")
    if under_way := len(folder_of(workspace).keys_under_way()):
        say(f"  batches: {counted(under_way, 'request')} under way; the act with --batch collects them")
    for line in platform_lines(workspace.sightings):
        say(f"  {line}")
    then(next_step(house, workspace))
