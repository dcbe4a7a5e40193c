"""`echoloop report`: static pages from the tables."""

from echoloop.cli.messages import say, then
from echoloop.cli.options import HERE, Place


def report(*, place: Place = HERE) -> None:
    """Write pages and figures: funnel, leaderboard, every sample with every model's picture, complaints beside metrics."""
    from echoloop.cli.composing import read_house
    from echoloop.report import write_report
    from echoloop.workspace import writing

    house = read_house(place)
    with writing(house.workspace, create=False) as workspace:
        index = write_report(workspace, house.settings.subject)
    say(f"The report is in {index}")
    then("open it in a browser; nothing in it needs a network.")
