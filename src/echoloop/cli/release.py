"""`echoloop release`: write the benchmark down as a version that does not change again."""

from echoloop.cli.messages import say, then
from echoloop.cli.options import HERE, Place


def release(version: str = "0.1.0", *, place: Place = HERE) -> None:
    """Write the items as Parquet with a card; `datasets.load_dataset(FOLDER)` reads it.

    Parameters
    ----------
    version
        Three numbers, such as 0.1.0. A version that exists with other content is never overwritten.
    """
    from echoloop.cli.composing import read_house
    from echoloop.curate import write_release
    from echoloop.workspace import writing

    house = read_house(place)
    with writing(house.workspace, create=False) as workspace:
        released = write_release(workspace, house.settings.subject, version)
    for split, rows in released.splits.items():
        say(f"  {split:<16} {rows:>7,} items")
    say(f"The release is in {released.folder}")
    then("`echoloop generate` lets the models answer it.")
