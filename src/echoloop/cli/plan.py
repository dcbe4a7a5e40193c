"""`echoloop plan`: what a run would ask and what that would cost, before anything is paid."""

from echoloop.cli.holding import hold_signals
from echoloop.cli.messages import say, then
from echoloop.cli.options import HERE, Place


def plan(*, place: Place = HERE) -> None:
    """Render every request that is not in the ledger and print calls, cost and time for each stage. Nothing is sent."""
    hold_signals()
    from echoloop.cli.composing import read_house, session
    from echoloop.cli.freshness import all_stages
    from echoloop.cli.planning import plan_lines

    house = read_house(place)
    with session(house, mode="plan") as opened:
        for line in plan_lines(opened, all_stages(house)):
            say(line)
    then("run the acts; --max-cost stops a run cleanly at a bound.")
