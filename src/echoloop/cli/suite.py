"""`echoloop suite`: other benchmarks, and this one's releases, scored right; several suites and models side by side."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from echoloop.cli.groups import AROUND
from echoloop.cli.holding import hold_signals
from echoloop.cli.messages import say, then
from echoloop.cli.options import AS_USUAL, HERE, Place, Running

suite = App(
    name="suite",
    group=AROUND,
    help="Other benchmarks (GenEval++, Imagine-Bench, ...): let models answer them, score them, compare.",
)


@suite.command(name="list")
def list_suites() -> None:
    """List the suites that come with the house."""
    from echoloop.suites import SUITES

    for one in SUITES:
        say(f"  {one.name:<16} {one.title}")
    then("`echoloop suite show NAME` says what one asks and needs.")


@suite.command
def show(name: str, /) -> None:
    """Say what a suite asks, where it is published, and what its public script does otherwise.

    Parameters
    ----------
    name
        A suite's name, or your own as "package.module:OBJECT".
    """
    from echoloop.cli.suite_text import about_suite
    from echoloop.suites import open_suite

    for line in about_suite(open_suite(name)):
        say(line)
    then(f"`echoloop suite run {name} --items FILE --model MODEL`.")


@suite.command
def run(
    name: str,
    /,
    *,
    model: list[str] | None = None,
    judge: list[str] | None = None,
    items: str = "",
    outputs: Path | None = None,
    made_by: Annotated[str, Parameter(name="--name")] = "",
    layout: Literal["auto", "line0", "line1"] = "auto",
    grid: Annotated[bool, Parameter(negative=())] = False,
    detector: str = "",
    strict: Annotated[bool, Parameter(negative=())] = False,
    plan: Annotated[bool, Parameter(negative=())] = False,
    place: Place = HERE,
    running: Running = AS_USUAL,
) -> None:
    """Let models answer a suite, or take pictures made elsewhere; judges look, and scores become a table.

    An interrupted run goes on where it was. What other models or judges did before stays, and is in the table too.

    Parameters
    ----------
    name
        A suite's name, or your own as "package.module:OBJECT".
    model
        An image model of echoloop.toml; several may be named.
    judge
        An endpoint of echoloop.toml that looks at the pictures; several may be named. Left out: the judges under [roles].
    items
        The published file (for `release` a release's folder), or a dataset on the hub as org/repo or org/repo:path. Needed once.
    outputs
        A folder of pictures that were made elsewhere, in a public layout; the model that made them is given with --name.
    made_by
        What the model is called that made the pictures of --outputs.
    layout
        Whether names that are numbers are lines, and the first is 0 or 1. By itself: ids first, then lines.
    grid
        Each file of --outputs holds four pictures, two by two.
    detector
        What looks instead of a judge where a suite wants a detector: "package.module:function".
    strict
        Fail (exit code 2) where a line of the file cannot be used, or a file of --outputs is missing, left over or not readable.
    plan
        Ask nothing; say what would be asked and what that would cost.
    """
    hold_signals()
    from echoloop.cli.suite_running import Wish, plan_suite, run_suite
    from echoloop.cli.suite_text import print_table

    wish = Wish(
        suite=name,
        models=tuple(model or ()),
        judges=tuple(judge or ()),
        items=items,
        folder=outputs,
        made_by=made_by,
        layout=layout,
        grid=grid,
        detector=detector,
        strict=strict,
    )
    if plan:
        plan_suite(wish, place)
        then("the same without --plan; --max-cost stops a run cleanly at a bound.")
        return
    run_suite(wish, place, running)
    print_table(name, place)
    then("`echoloop suite compare` sets models and suites side by side, with figures.")


@suite.command
def compare(
    *names: str,
    model: list[str] | None = None,
    judge: list[str] | None = None,
    place: Place = HERE,
) -> None:
    """Set several models and suites side by side: intervals, both presets, and how well each suite tells the models apart.

    Parameters
    ----------
    names
        The suites; left out: all that have been run here.
    model
        The models; left out: those that every one of the suites was run with.
    judge
        The judges; left out: all.
    """
    from echoloop.cli.suite_comparing import compare_suites

    index = compare_suites(names, tuple(model or ()), tuple(judge or ()), place)
    say(f"The comparison, with figures and files, is in {index}")
    then("open it in a browser; nothing in it needs a network.")


@suite.command
def fetch(
    items: Path,
    /,
    *,
    address: str = "https://pbs.twimg.com/media/{id}?format=jpg&name=orig",
    features: Path | None = None,
) -> None:
    """Fetch the pictures of ECHO as published, whose rows hold only ids of a platform, and say how many are lost and why.

    Parameters
    ----------
    items
        The folder or file of its splits. Pictures are kept in `pictures` beside them; a second call asks for what is missing.
    address
        Where a picture lies, with {id} in the place of its id.
    features
        CLIP features of the published pictures (.npz, one array under each id): a fetched one below .90 is another picture, and not kept.
    """
    from echoloop.cli.suite_fetching import fetch_pictures

    attrition, folder = fetch_pictures(items, address, features)
    say(f"{attrition.told}. They are in {folder.absolute()}")
    then(f"`echoloop suite run echo_published --items {items} --model NAME`.")


@suite.command
def contamination(
    name: str,
    /,
    *,
    against: Path,
    items: str = "",
    column: str = "",
    place: Place = HERE,
) -> None:
    """List where a suite's prompts and a file of prompts overlap: shared word runs and near-duplicates.

    Parameters
    ----------
    name
        A suite's name, or your own as "package.module:OBJECT".
    against
        JSONL, CSV, Parquet or text with a prompt a line, such as training data.
    items
        The published file; left out: the tasks that were loaded here.
    column
        The column or field that holds the prompt, where it is not one of the usual names.
    """
    from echoloop.cli.suite_text import list_contamination

    list_contamination(name, against, items, column, place)
    then("leave these rows out of the training data, or say so beside the scores.")
