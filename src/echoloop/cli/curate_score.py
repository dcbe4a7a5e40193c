"""`echoloop curate score` and `sample-gold`: how good annotators are, before seventy thousand posts are paid for."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter
from cyclopts.validators import Number

from echoloop.cli.holding import hold_signals
from echoloop.cli.messages import counted, say, then
from echoloop.cli.options import AS_USUAL, HERE, Place, Running

_Stage = Literal["relevance", "extraction", "pictures", "screenshots"]


def score(
    *,
    gold: Annotated[list[Path], Parameter(consume_multiple=True)],
    endpoints: str = "",
    stages: Annotated[list[_Stage] | None, Parameter(consume_multiple=True)] = None,
    good_enough: Annotated[float, Parameter(validator=Number(gte=0, lte=1))] = 0.9,
    out: Path | None = None,
    place: Place = HERE,
    running: Running = AS_USUAL,
) -> None:
    """Let endpoints do the real stages over labelled conversations, and say how well each does and what it costs.

    What is asked is paid once: the receipts are those of the workspace.

    Parameters
    ----------
    gold
        Files of labelled conversations (docs/gold.md).
    endpoints
        Names of endpoints with commas between; each is tried in every stage. Left out: whoever has the role.
    stages
        Only these stages.
    good_enough
        What the lower end of an interval has to reach.
    out
        The folder for scores.csv, confusion.csv and scores.json; otherwise `scores` in the workspace.
    """
    hold_signals()
    from echoloop.cli.scoring import run_scoring, tell_scores

    names = [name.strip() for name in endpoints.split(",") if name.strip()]
    result = run_scoring(gold, names, stages or [], place, running)
    tell_scores(result, good_enough, out)
    then("put the endpoint that is good enough under [roles] in echoloop.toml, then `echoloop curate`.")


def sample_gold(
    number: Annotated[int, Parameter(validator=Number(gte=1))],
    *,
    out: Path = Path("gold.jsonl"),
    seed: int = 0,
    place: Place = HERE,
) -> None:
    """Draw conversations of every platform, language and month, and write them down to be labelled.

    Parameters
    ----------
    number
        How many conversations.
    out
        The file to write; its pictures and a page of instructions go beside it.
    seed
        The same seed draws the same conversations.
    """
    from echoloop.cli.scoring import write_sample

    drawn, paths = write_sample(number, out, seed, place)
    say(f"{counted(drawn, 'conversation')} {'is' if drawn == 1 else 'are'} in {paths[0].absolute()}")
    say(f"Their pictures are in {paths[1].absolute()}; how to label them is in {paths[2].absolute()}")
    then(f"fill in `relevance` and `samples`, then `echoloop curate score --gold {out}`.")


def add_scoring(curate: App) -> None:
    """The commands, in the group of curate."""
    curate.command(score)
    curate.command(sample_gold, name="sample-gold")
