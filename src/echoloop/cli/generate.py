"""`echoloop generate`: every image model answers every benchmark item."""

from collections import Counter
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from echoloop.cli.holding import hold_signals
from echoloop.cli.messages import say, then
from echoloop.cli.options import AS_USUAL, HERE, Batch, Place, Running

_SHOWN = 10
_OWED = ("matched", "missing", "unreadable")


def generate(
    *,
    strict: bool = False,
    batch: Batch = False,
    list_to: Annotated[Path | None, Parameter(name="--list")] = None,
    place: Place = HERE,
    running: Running = AS_USUAL,
) -> None:
    """Let every image model answer every benchmark item. Refusals stay refusals; outages are asked again next time.

    Parameters
    ----------
    strict
        Fail (exit code 2) where a folder of pictures has a file missing, one too many, one that cannot be read, or two for one item.
    batch
        Ask through the providers' batch interfaces, at half the price, and wait for them; a batch may take a day. Ctrl-C leaves it
        there, and the same command goes on with it.
    list_to
        Only write what is to be drawn, as JSON lines: id, split, prompt and the files of the input pictures. A folder of pictures made
        elsewhere is named by these ids.
    """
    if list_to is not None:
        say(f"{_list_items(list_to, place):,} items are in {list_to.absolute()}")
        then(
            'draw them anywhere, name the pictures ID.png, and give their folder as `folder = "..."` under [models.NAME].'
        )
        return
    hold_signals()
    from echoloop.cli.acts import run_act
    from echoloop.cli.freshness import stages_of
    from echoloop.records import Mistake

    run_act(place, running, lambda house: stages_of(house, "generate"), batch=batch)
    unmatched = _tell_matches(place)
    if strict and unmatched:
        shown = "\n".join(f"  - {line}" for line in unmatched[:_SHOWN])
        more = f"\n  - and {len(unmatched) - _SHOWN:,} more" if len(unmatched) > _SHOWN else ""
        raise Mistake(
            f"{len(unmatched):,} files or items of a folder do not match:\n{shown}{more}",
            where="the table `matches`",
            remedy="Mend the folder and run the same command again, or leave out --strict.",
        )
    then("`echoloop judge` lets the judges grade the pictures.")


def _list_items(path: Path, place: Place) -> int:
    """What a model has to answer, for whoever draws without echoloop."""
    import msgspec

    from echoloop.cli.composing import read_house
    from echoloop.records import Item
    from echoloop.records.arrow import from_table
    from echoloop.workspace import place_file, reading

    workspace = reading(read_house(place).workspace)
    rows = [
        {
            "id": item.id,
            "split": item.split,
            "prompt": item.prompt,
            "images": [
                str(workspace.images.path(image.sha256).absolute())
                for image in item.input_images
                if image.sha256
            ],
        }
        for item in from_table(workspace.tables.read("items"), Item)
        if item.split != "analysis"
    ]
    place_file(path, msgspec.json.Encoder().encode_lines(rows))
    return len(rows)


def _tell_matches(place: Place) -> list[str]:
    """A line a folder; what is no match, in words."""
    from echoloop.cli.composing import read_house
    from echoloop.records import FileMatch
    from echoloop.records.arrow import from_table
    from echoloop.workspace import reading

    house = read_house(place)
    names = [name for name, table in house.settings.models.items() if table.folder is not None]
    if not names:
        return []
    rows = [
        row
        for row in from_table(reading(house.workspace).tables.read("matches"), FileMatch)
        if row.model in names
    ]
    for name in names:
        states = Counter(row.state for row in rows if row.model == name)
        wanted = len({(row.item, row.number) for row in rows if row.model == name and row.state in _OWED})
        rest = ", ".join(
            f"{states[state]:,} {state}"
            for state in ("missing", "extra", "unreadable", "duplicate")
            if states[state]
        )
        say(f"{name}: {states['matched']:,} of {wanted:,} pictures are there{f'; {rest}' if rest else ''}")
    return [
        f"{row.model}: {row.file or row.item}: {row.state}{f' ({row.reason})' if row.reason else ''}"
        for row in rows
        if row.state != "matched"
    ]
