"""`echoloop lab`: the small world whose truth is known."""

from pathlib import Path

from cyclopts import App

from echoloop.cli.groups import AROUND
from echoloop.cli.messages import counted, say, then
from echoloop.cli.options import HERE, Place
from echoloop.lab.serve_options import ServeOptions

CALM = ServeOptions()

lab = App(
    name="lab",
    group=AROUND,
    sort_key=6,
    help="The lab: a small world whose truth is known, and a server that behaves as badly as told.",
)


@lab.command
def town(folder: Path = Path("town"), *, seed: int = 0, threads: int = 260, faulty: bool = True) -> None:
    """Write a town: posts in ECHO's raw fields with their pictures, and the truth about them in a file of its own.

    Parameters
    ----------
    folder
        Where posts.jsonl, media/ and truth.json go.
    seed
        The same seed writes the same town, byte for byte.
    threads
        How many conversations.
    faulty
        Whether pictures have faults that people complain about.
    """
    from echoloop.lab.town import TownPlan, write_town

    _refuse_full(folder)
    write_town(folder, TownPlan(seed=seed, threads=threads, faulty=faulty))
    say(f"The town is in {folder.absolute()}: posts.jsonl, media/ and, apart from them, truth.json")
    then("name it as `archive` under [collect] in echoloop.toml, then `echoloop collect`.")


def _refuse_full(folder: Path) -> None:
    """A town is written once, into a folder of its own."""
    from echoloop.lab.town import POSTS_FILE, TRUTH_FILE
    from echoloop.records import Mistake

    if folder.is_dir() and not any(folder.iterdir()):
        return
    if (folder / TRUTH_FILE).is_file() and (folder / POSTS_FILE).is_file():
        raise Mistake(
            "there is a town here already",
            where=folder.absolute(),
            remedy=f"Use it as it is, or name another folder: `echoloop lab town {folder.name}-2`.",
        )
    if folder.exists():
        raise Mistake(
            "this is no empty folder, and a town is written into one of its own",
            where=folder.absolute(),
            remedy="Name a folder that is empty, or not there yet: `echoloop lab town FOLDER`.",
        )


@lab.command
def gold(town: Path = Path("town"), *, out: Path = Path("gold.jsonl")) -> None:
    """Write the truth about a town as a gold file, for `echoloop curate score`.

    Parameters
    ----------
    town
        The folder of a town, with its truth.json.
    out
        The file to write.
    """
    from echoloop.lab.curate_gold import write_town_gold
    from echoloop.lab.town import TRUTH_FILE, load_truth
    from echoloop.records import Mistake

    if not (town / TRUTH_FILE).is_file():
        raise Mistake("there is no town here", where=town, remedy="`echoloop lab town` writes one.")
    written = write_town_gold(load_truth(town / TRUTH_FILE), out)
    say(f"{counted(written, 'conversation')} {'is' if written == 1 else 'are'} in {out.absolute()}")
    then(f"`echoloop curate score --gold {out}` once the town's posts are collected.")


@lab.command
def rank(*, out: Path = Path("rankings.jsonl"), raters: int = 3, place: Place = HERE) -> None:
    """Let people of the lab rank the pictures that models made of a town's items, for `echoloop judge rankings --import`.

    Parameters
    ----------
    out
        The file to write.
    raters
        How many people look at every item.
    """
    from echoloop.cli.lab_ranking import rank_in_lab

    say(f"{rank_in_lab(out, raters, place):,} rankings are in {out.absolute()}")
    then(f"`echoloop judge rankings --import {out}`.")


@lab.command
def serve(*, options: ServeOptions = CALM) -> None:
    """Serve the lab over HTTP on loopback, in the OpenAI protocol, with faults on demand.

    The same seed brings the same faults to the same requests. GET /stats counts what happened.
    """
    from echoloop.lab.serve import serve

    serve(options)
