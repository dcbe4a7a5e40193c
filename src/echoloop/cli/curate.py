"""`echoloop curate`: conversations become the items of a benchmark, and people have the last word."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from echoloop.cli.curate_analyze import add_analyses
from echoloop.cli.curate_score import add_scoring
from echoloop.cli.groups import LOOP
from echoloop.cli.holding import hold_signals
from echoloop.cli.messages import counted, say, then
from echoloop.cli.options import AS_USUAL, HERE, Place, Running

curate = App(
    name="curate",
    group=LOOP,
    sort_key=1,
    help="Turn conversations into samples: prompts, pictures in and out, screenshots, safety, and the items of a benchmark.",
)


@curate.default
def run(*, place: Place = HERE, running: Running = AS_USUAL) -> None:
    """Turn conversations into samples: prompts, pictures in and out, screenshots, safety, and the items of a benchmark."""
    hold_signals()
    from echoloop.cli.acts import run_act
    from echoloop.cli.reviewing import tell_waiting
    from echoloop.curate import curate_stages

    run_act(place, running, lambda house: curate_stages(house.curate))
    tell_waiting(place)
    then("`echoloop release 0.1.0` writes the benchmark down, `echoloop generate` lets models answer it.")


@curate.command
def review(
    *,
    export: Path | None = None,
    import_file: Annotated[Path | None, Parameter(name="--import")] = None,
    reviewer: str = "",
    everything: Annotated[bool, Parameter(name="--all", negative=())] = False,
    place: Place = HERE,
) -> None:
    """Say what waits for people; write it as a file to fill in; read the filled-in file back.

    Parameters
    ----------
    export
        Write the queue there, as .jsonl or .csv. For each sample fill in `action`: accept, reject (with a reason in `note`), edit (with
        the whole prompt in `new_prompt`), flag or skip. What is left empty stays undecided.
    import_file
        Read the decisions of a filled-in file. One mistake in it, and none of it is taken.
    reviewer
        Who decided, where the file does not say.
    everything
        Also write what is decided already.
    """
    from echoloop.cli.reviewing import export_to, import_from, tell_waiting
    from echoloop.records import Mistake

    if export is not None and import_file is not None:
        raise Mistake("--export and --import were both given", remedy="Give one of them at a time.")
    if export is not None:
        written = export_to(export, place, everything)
        say(f"{counted(written, 'sample')} {'is' if written == 1 else 'are'} in {export.absolute()}")
        then(f"fill in `action`, then `echoloop curate review --import {export} --reviewer NAME`.")
    elif import_file is not None:
        for line in import_from(import_file, place, reviewer):
            say(line)
        then("`echoloop curate` draws the benchmark again with what people decided; nothing is asked twice.")
    else:
        tell_waiting(place)
        then("`echoloop curate review --export queue.csv` writes them down to be filled in.")


add_analyses(curate)
add_scoring(curate)
