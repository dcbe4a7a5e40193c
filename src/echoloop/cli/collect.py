"""`echoloop collect`: posts from platforms and archives, and what belongs to them."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from echoloop.cli.groups import LOOP
from echoloop.cli.holding import hold_signals
from echoloop.cli.messages import say, then
from echoloop.cli.options import AS_USUAL, HERE, Place, Running

collect = App(
    name="collect",
    group=LOOP,
    sort_key=0,
    help="Bring in what people said: search platforms, read archives, score relevance, follow conversations, fetch pictures.",
)


@collect.default
def run(
    *,
    refresh: Annotated[bool, Parameter(negative=())] = False,
    place: Place = HERE,
    running: Running = AS_USUAL,
) -> None:
    """Search, read archives, score relevance, follow the conversations of relevant posts, fetch their pictures.

    A run that was stopped or killed goes on at its page; a later run asks only for what is new.

    Parameters
    ----------
    refresh
        Also look again at conversations that are known already.
    """
    hold_signals()
    from echoloop.cli.acts import summary
    from echoloop.cli.collecting import collect_all, platform_lines, tell_limits
    from echoloop.cli.composing import read_house, session

    house = read_house(place)
    with session(house, running) as opened:
        results = collect_all(house, opened, refresh=refresh, offline=running.offline)
        say(summary(results))
        for line in platform_lines(opened.workspace.sightings):
            say(f"So far {line}")
        tell_limits(opened.workspace.sightings)
        say(f"The tables are in {opened.workspace.tables.folder}")
    then("`echoloop curate` turns the conversations into benchmark items.")


@collect.command(name="file")
def read_files(
    paths: Annotated[list[str], Parameter(allow_leading_hyphen=True)],
    *,
    form: Annotated[
        Literal["twarc2", "reddit", "bluesky", "mastodon", "echo", "table"] | None, Parameter(name="--format")
    ] = None,
    columns: Annotated[str | None, Parameter(name="--map")] = None,
    strict: Annotated[bool, Parameter(negative=())] = False,
    place: Place = HERE,
    running: Running = AS_USUAL,
) -> None:
    """Read archives: twarc2, Arctic Shift or Pushshift, Bluesky, Mastodon, ECHO's raw fields, or any table.

    The same file is read once; one that was interrupted goes on where it was. Compressed files are read as they are.

    Parameters
    ----------
    paths
        Files, patterns such as 'tweets/*.jsonl.gz', or - for standard input.
    form
        What the files are. Left out, it is recognised, and said.
    columns
        For tables: which column is what, as url=link,text=body,created_at=when,author=user,images=pictures.
    strict
        Stop at the first line that cannot be read, and keep nothing of that file.
    """
    hold_signals()
    from echoloop.cli.collecting import opened_intake, tell_import
    from echoloop.collect import open_archives

    archives = open_archives(paths, form, _mapping(columns))
    with opened_intake(place, running) as work:
        for archive in archives:
            for result in work.read_archives([archive], declared=False, strict=strict):
                tell_import(result)
    then("`echoloop collect` scores what came in and brings the pictures of what is relevant.")


@collect.command(name="yield")
def show_yield(
    *,
    csv: Path | None = None,
    place: Place = HERE,
) -> None:
    """Show what each keyword brought in each window and what it cost, and propose how to change the plan.

    Parameters
    ----------
    csv
        Also write the table there.
    """
    from echoloop.cli.yields import tell_yield

    tell_yield(place, csv)


@collect.command
def dehydrate(path: Path, *, place: Place = HERE) -> None:
    """Write the collected posts without content: addresses, labels, hashes. This may be given to others.

    Parameters
    ----------
    path
        The file to write.
    """
    from echoloop.cli.composing import read_house
    from echoloop.collect import dehydrate as write
    from echoloop.records import Mistake, Post, Relevance
    from echoloop.records.arrow import from_table
    from echoloop.workspace import reading

    if path.is_dir():
        raise Mistake("this is a folder", where=path.absolute(), remedy="Name a file to write.")
    tables = reading(read_house(place).workspace).tables
    posts = from_table(tables.read("posts"), Post)
    relevance = from_table(tables.read("relevance"), Relevance) if tables.manifest("relevance") else []
    say(f"{write(posts, relevance, path):,} posts without content are in {path.absolute()}")
    then("whoever has keys of their own brings them back with `echoloop collect hydrate`.")


@collect.command
def hydrate(path: Path, *, place: Place = HERE, running: Running = AS_USUAL) -> None:
    """Fetch the posts of a dehydrated file again, and say what became of each.

    Parameters
    ----------
    path
        A file that `echoloop collect dehydrate` wrote.
    """
    hold_signals()
    from echoloop.cli.collecting import hydrate_file, tell_attrition

    tell_attrition(hydrate_file(path, place, running))
    then("`echoloop collect` scores what came in and brings the pictures of what is relevant.")


@collect.command(name="drop-authors")
def drop_authors(*, place: Place = HERE) -> None:
    """Drop every author's handle. The posts keep pseudonyms that nobody can turn back without the handle."""
    from echoloop.cli.collecting import drop_handles

    say(f"{drop_handles(place):,} handles were dropped; the posts keep their pseudonyms.")
    then("`echoloop report` writes the pages again; a later run notes the handles of what it brings in.")


def _mapping(columns: str | None) -> dict[str, str] | None:
    from echoloop.records import Mistake

    if columns is None:
        return None
    pairs = [pair.partition("=") for pair in columns.split(",") if pair.strip()]
    wrong = [name for name, sign, column in pairs if not (name.strip() and sign and column.strip())]
    if wrong or not pairs:
        raise Mistake(
            f"--map cannot be read at {wrong[0]!r}" if wrong else "--map is empty",
            remedy="Write it as field=column pairs: --map url=link,text=body",
        )
    return {name.strip(): column.strip() for name, _, column in pairs}
