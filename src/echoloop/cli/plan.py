"""`echoloop plan`: what a run would ask and what that would cost, before anything is paid."""

from echoloop.cli.holding import hold_signals
from echoloop.cli.messages import say, then
from echoloop.cli.options import HERE, Place


def plan(*, place: Place = HERE) -> None:
    """Render every request that is not in the ledger and print calls, cost and time for each stage. Nothing is sent."""
    hold_signals()
    from echoloop.cli.collecting import plan_lines
    from echoloop.cli.composing import read_house, session
    from echoloop.cli.freshness import acts_of
    from echoloop.cli.options import Running
    from echoloop.cli.planning import Plan

    house = read_house(place)
    with session(house, Running(quiet=True), mode="plan") as opened:
        for line in plan_lines(house, opened):
            say(line)
        plan = Plan(opened)
        for line in plan.lines(acts_of(house)):
            say(line)
    if plan.problems:
        raise plan.problems[0]
    then("run the acts; --max-cost stops a run cleanly at a bound.")
