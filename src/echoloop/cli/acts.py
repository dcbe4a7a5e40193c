"""Running the stages of an act: what is bought first, what came out, and what was not answered."""

from collections.abc import Callable, Sequence

from echoloop.cli.messages import counted, say
from echoloop.cli.options import Place, Running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from echoloop.cli.composing import House
    from echoloop.engine import Stage, StageResult


def run_act(
    place: Place, running: Running, stages: "Callable[[House], Sequence[Stage]]", *, batch: bool = False
) -> None:
    """The stages of an act over the house's workspace, unless what they build on is stale; `batch` buys for them first."""
    from echoloop.cli.absences import absence_lines
    from echoloop.cli.batching import Batches
    from echoloop.cli.composing import get_ready, read_house, session_over
    from echoloop.cli.freshness import refuse_stale
    from echoloop.engine import NoAnswers
    from echoloop.workspace import writing

    house = read_house(place)
    todo = stages(house)
    run = get_ready(house, running)
    with writing(house.workspace) as workspace:
        refuse_stale(session_over(workspace, house, running, run, force=False), house, todo)
        batches = Batches(workspace, house, running, run)
        if not running.offline:
            batches.settle()
        if batch and not running.offline:
            batches.buy(lambda: stages(house))
            todo = stages(house)
        with session_over(workspace, house, batches.rest_of(running), run, force=running.force) as opened:
            opened.opened.door.hold_back(batches.keys_under_way())
            try:
                results = opened.run(todo)
            except NoAnswers as error:
                raise batches.explained(error) from error
            say(summary(results, batches.spent))
            for line in absence_lines(workspace, [result for result in results if not result.fresh]):
                say(line)
            for line in batches.last_words():
                say(line)
            say(f"The tables are in {opened.workspace.tables.folder}")


def summary(results: "Sequence[StageResult]", in_batches: float = 0.0) -> str:
    """What happened, in words. `in_batches` is what was paid before, for batches."""
    paid = sum(result.counts.paid_calls for result in results)
    cost = sum(result.counts.cost for result in results)
    unpriced = sum(result.counts.unpriced for result in results)
    unanswered = sum(result.unanswered for result in results)
    fresh = all(result.fresh for result in results)
    money = f"${cost:.4f}" + (f" and {counted(unpriced, 'call')} of unknown price" if unpriced else "")
    money += f", and ${in_batches:.4f} for batches" if in_batches else ""
    were = "was" if paid == 1 else "were"
    words = [
        "Everything was fresh; no model was asked."
        if fresh
        else f"{counted(paid, 'call')} {were} paid ({money})."
    ]
    if unanswered:
        those = "that one" if unanswered == 1 else "just those"
        words.append(f"{counted(unanswered, 'question')} got no answer; the same command asks {those} again.")
    return " ".join(words)
