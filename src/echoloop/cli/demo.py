"""`echoloop demo`: the whole loop in the lab, and what was planted beside what was recovered."""

import sys
import threading
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from echoloop.cli.holding import hold_signals
from echoloop.cli.messages import say, then

_ENOUGH = 130


def demo(
    folder: Path = Path("echoloop-demo"),
    *,
    seed: int = 0,
    threads: int = 260,
    faulty: bool = True,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Run every act in a small world whose truth is known, offline, and print planted against recovered.

    Parameters
    ----------
    folder
        Where the town, the settings file, the workspace and the report go. Running again replays from receipts.
    seed
        Which town. The same seed is the same town.
    threads
        How many conversations the town has.
    faulty
        --no-faulty is the control: no planted faults, and none may be found.
    json
        Progress as JSON lines, for machines.
    """
    hold_signals()
    from echoloop.cli.demo_run import DemoPlan, run_demo
    from echoloop.engine import watch_signals
    from echoloop.lab.checks import all_passed

    say("A small town talks about an image model. Everything below runs offline on this machine.\n")
    stop = threading.Event()
    watch_signals(stop, lambda message: print(message, file=sys.stderr, flush=True))
    plan = DemoPlan(folder=str(folder), seed=seed, threads=threads, faulty=faulty)
    result = run_demo(plan, json=json, stop=stop)
    for board in result.leaderboards:
        say(board)
    say("\nPlanted against recovered")
    part = ""
    for check in result.checks:
        if check.part != part:
            part = check.part
            say(f"\n  {part}")
        say(f"    {check.line}")
    if threads < _ENOUGH:
        say(
            f"\n  A town of {threads} threads is too small to tell painters apart; checks count from {_ENOUGH} threads on."
        )
    red = [check for check in result.checks if not check.passed]
    say(f"\n{len(result.checks) - len(red)} of {len(result.checks)} checks hold. {result.seconds:.0f} s.")
    say(f"The report is in {result.report}")
    then(f"open it, look into {folder}/echoloop.toml, then `echoloop init` for your own posts and models.")
    if threads >= _ENOUGH and not all_passed(result.checks):
        sys.exit(1)
