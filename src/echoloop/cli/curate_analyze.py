"""`echoloop curate analyze`: what the data set is like, beside any number of others."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from echoloop.cli.holding import hold_signals
from echoloop.cli.messages import say, then
from echoloop.cli.options import AS_USUAL, HERE, Place, Running


def analyze(
    *,
    beside: Annotated[list[str] | None, Parameter(consume_multiple=True)] = None,
    model: str = "EleutherAI/pythia-12b",
    clusters: Annotated[int | None, Parameter(validator=Number(gte=1))] = None,
    new_below: Annotated[float, Parameter(validator=Number(gte=0, lte=1))] = 0.5,
    out: Path | None = None,
    place: Place = HERE,
    running: Running = AS_USUAL,
) -> None:
    """First bigrams, perplexity, length, languages, kinds of task and their novelty, activity, losses, costs: a page, figures, files.

    Parameters
    ----------
    beside
        Other data sets as NAME=FILE: lists of prompts, one a line. Novelty is reckoned against them.
    model
        The causal language model for the perplexity: a name on Hugging Face, or a folder. Its weights must be here already.
    clusters
        How many kinds of task to look for; otherwise by the number of prompts.
    new_below
        A prompt is new when the likest older one is less like it than this (0 to 1).
    out
        The folder to write; otherwise `analyses` in the workspace.
    """
    hold_signals()
    from echoloop.cli.analyzing import run_analyses

    page, missing = run_analyses(beside or [], model, clusters, new_below, out, place, running)
    for line in missing:
        say(line)
    say(f"The analyses are in {page}")
    then("`echoloop release 0.1.0` writes the benchmark down, `echoloop generate` lets models answer it.")


def add_analyses(curate: App) -> None:
    """The command, in the group of curate."""
    curate.command(analyze)
