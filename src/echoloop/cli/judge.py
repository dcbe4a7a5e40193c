"""`echoloop judge`: judges grade the pictures; people's rankings are set beside them."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from echoloop.cli.groups import LOOP
from echoloop.cli.holding import hold_signals
from echoloop.cli.messages import say, then
from echoloop.cli.options import AS_USUAL, HERE, Batch, Place, Running

judge = App(
    name="judge",
    group=LOOP,
    sort_key=4,
    help="Let every judge look at every picture and turn what they say into win rates with intervals and coverage.",
)


@judge.default
def run(*, batch: Batch = False, place: Place = HERE, running: Running = AS_USUAL) -> None:
    """Let every judge look at every picture and turn what they say into win rates with intervals and coverage.

    Parameters
    ----------
    batch
        Ask through the providers' batch interfaces, at half the price, and wait for them; a batch may take a day. Ctrl-C leaves it
        there, and the same command goes on with it.
    """
    hold_signals()
    from echoloop.cli.acts import run_act
    from echoloop.cli.freshness import stages_of
    from echoloop.cli.leaderboard import print_alarms, print_leaderboard

    run_act(place, running, lambda house: stages_of(house, "judge"), batch=batch)
    print_leaderboard(place)
    print_alarms(place)
    then("`echoloop diagnose` looks at what people complain about, `echoloop report` writes the pages.")


@judge.command
def rankings(
    *,
    form: Path | None = None,
    import_file: Annotated[Path | None, Parameter(name="--import")] = None,
    export: Path | None = None,
    rater: str = "",
    place: Place = HERE,
) -> None:
    """People's own order of the models: a form to fill in goes out, the filled-in file comes back.

    Parameters
    ----------
    form
        Write a CSV with a row an item and a column a model. A cell is the model's place: 1 is best, equal numbers are ties, empty
        is not ranked; `unrankable` says that it cannot be ranked fairly.
    import_file
        Read a filled-in CSV, or JSONL with {"item", "rater", "ranks": {model: place}}. One mistake in it, and none of it is taken.
    export
        Write all rankings there are, as JSONL.
    rater
        Who ranked, where the file does not say.
    """
    from echoloop.cli.ranking import export_rankings, take_in, tell_rankings, write_form
    from echoloop.records import Mistake

    if sum(path is not None for path in (form, import_file, export)) > 1:
        raise Mistake(
            "--form, --import and --export do not go together", remedy="Give one of them at a time."
        )
    if form is not None:
        say(f"{write_form(form, place):,} items are in {form.absolute()}")
        then(f"fill in the places, then `echoloop judge rankings --import {form} --rater NAME`.")
    elif import_file is not None:
        say(take_in(import_file, place, rater))
        then("`echoloop judge agreement` sets people beside judges.")
    elif export is not None:
        say(f"{export_rankings(export, place):,} rankings are in {export.absolute()}")
    else:
        say(tell_rankings(place))
        then("`echoloop judge rankings --form form.csv` writes a form to be filled in.")


@judge.command
def margin(beside: Path, *, place: Place = HERE) -> None:
    """How much further the leader is ahead of the next here than on another benchmark: the ratio, with its interval.

    Parameters
    ----------
    beside
        The workspace in which the same models were judged on another benchmark.
    """
    from echoloop.cli.composing import read_house
    from echoloop.cli.leaderboard import finding_text
    from echoloop.judge import margins_beside
    from echoloop.workspace import reading

    house = read_house(place)
    for finding in margins_beside(house.judge, reading(house.workspace), reading(beside)):
        say(finding_text(finding))
        if finding.formula:
            say(f"    {finding.formula}")
    then("`echoloop report` writes the pages.")


@judge.command
def agreement(*, place: Place = HERE, running: Running = AS_USUAL) -> None:
    """How far people agree with each other, judges with people, and judges with judges: numbers, a table and figures."""
    hold_signals()
    from echoloop.cli.acts import run_act
    from echoloop.cli.ranking import draw_agreement, need_rankings, print_agreement
    from echoloop.judge import agreement_stages

    need_rankings(place)
    run_act(place, running, lambda house: agreement_stages(house.judge))
    print_agreement(place)
    say(f"All of it, with figures, is in {draw_agreement(place)}")
    then("`echoloop judge calibrate` looks whether weights for the judges bring the vote nearer to people.")


@judge.command
def calibrate(*, place: Place = HERE, running: Running = AS_USUAL) -> None:
    """Weights for judges from people's rankings, and what they gain on items that they were not fitted to."""
    hold_signals()
    from echoloop.cli.acts import run_act
    from echoloop.cli.ranking import need_rankings, print_calibration
    from echoloop.judge import calibration_stages

    need_rankings(place)
    run_act(place, running, lambda house: calibration_stages(house.judge))
    print_calibration(place)
    then(
        "put the weights under [judge] in echoloop.toml only if the gain is worth it; then `echoloop judge`."
    )
