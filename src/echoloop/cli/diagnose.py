"""`echoloop diagnose`: complaints become metrics; whether readers agree; and the weights that some metrics need."""

from cyclopts import App

from echoloop.cli.groups import LOOP
from echoloop.cli.holding import hold_signals
from echoloop.cli.messages import say, then
from echoloop.cli.options import AS_USUAL, HERE, Place, Running

diagnose = App(
    name="diagnose",
    group=LOOP,
    sort_key=5,
    help="Read what people complained about, and measure it on every model's pictures.",
)


@diagnose.default
def run(*, place: Place = HERE, running: Running = AS_USUAL) -> None:
    """Read what people complained about, and measure it on every model's pictures."""
    hold_signals()
    from echoloop.cli.acts import run_act
    from echoloop.cli.diagnose_lines import print_complaints
    from echoloop.cli.freshness import stages_of

    run_act(place, running, lambda house: stages_of(house, "diagnose"))
    print_complaints(place)
    then("`echoloop report` writes the pages.")


@diagnose.command
def agreement(*, place: Place = HERE, running: Running = AS_USUAL) -> None:
    """Ask several models which metric means something for which item, and say how far they agree."""
    hold_signals()
    from echoloop.cli.acts import run_act
    from echoloop.cli.diagnose_lines import print_readers_agreement
    from echoloop.diagnose import agreement_stages

    run_act(place, running, lambda house: agreement_stages(house.applicability_readers))
    print_readers_agreement(place)
    then("`echoloop report` writes the pages.")


@diagnose.command
def fetch(name: str = "", /) -> None:
    """Fetch the weights that a metric needs into the cache. No run ever does that by itself.

    Parameters
    ----------
    name
        The model's name, as "not measured: model not downloaded" gives it; left out: list what there is.
    """
    from echoloop.cli.diagnose_fetch import fetch_weights, known_weights

    if name:
        say(f"{name} is in {fetch_weights(name)}")
        then("`echoloop diagnose` measures with it.")
        return
    for weights in known_weights().values():
        say(f"  {weights.name:<20} {weights.hub} at {weights.revision}")
    then("`echoloop diagnose fetch NAME`.")
