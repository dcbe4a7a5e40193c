"""The verbs that run an act: each reads the settings, runs the stages, says what came out and what comes next."""

from collections.abc import Callable, Sequence

from echoloop.cli.holding import hold_signals
from echoloop.cli.messages import say, then
from echoloop.cli.options import AS_USUAL, HERE, Place, Running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from echoloop.cli.composing import House
    from echoloop.engine import Stage, StageResult


def generate(*, place: Place = HERE, running: Running = AS_USUAL) -> None:
    """Let every image model answer every benchmark item. Refusals stay refusals; outages are asked again next time."""
    hold_signals()
    from echoloop.generate import generate_stages

    run_act(place, running, lambda house: generate_stages(house.generate))
    then("`echoloop judge` lets the judges grade the pictures.")


def diagnose(*, place: Place = HERE, running: Running = AS_USUAL) -> None:
    """Read what people complained about, and measure it on every model's pictures."""
    hold_signals()
    from echoloop.diagnose import diagnose_stages

    run_act(place, running, lambda house: diagnose_stages(house.diagnose))
    then("`echoloop report` writes the pages.")


def run_act(place: Place, running: Running, stages: "Callable[[House], Sequence[Stage]]") -> None:
    """The stages of an act over the house's workspace, unless what they build on is stale."""
    from echoloop.cli.composing import read_house, session
    from echoloop.cli.freshness import refuse_stale

    house = read_house(place)
    todo = stages(house)
    with session(house, running) as opened:
        refuse_stale(opened, house, todo)
        results = opened.run(todo)
        say(summary(results))
        say(f"The tables are in {opened.workspace.tables.folder}")


def summary(results: "Sequence[StageResult]") -> str:
    """What happened, in words."""
    paid = sum(result.counts.paid_calls for result in results)
    cost = sum(result.counts.cost for result in results)
    unpriced = sum(result.counts.unpriced for result in results)
    unanswered = sum(result.unanswered for result in results)
    fresh = all(result.fresh for result in results)
    money = f"${cost:.4f}" + (f" and {unpriced:,} calls of unknown price" if unpriced else "")
    words = ["Everything was fresh; no model was asked." if fresh else f"{paid:,} calls were paid ({money})."]
    if unanswered:
        words.append(f"{unanswered:,} questions got no answer; the same command asks just those again.")
    return " ".join(words)
