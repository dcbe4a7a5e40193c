"""Scoring, put together: gold, endpoints, the real stages over a workspace that is thrown away, and what came of it."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from echoloop.cli.composing import House, get_ready, read_house, session_over
from echoloop.cli.messages import counted, say
from echoloop.cli.options import Place, Running
from echoloop.collect import (
    CollectSettings,
    IntakeSettings,
    RelevanceSettings,
    found_scores,
    relevance_stages,
)
from echoloop.curate import merge_threads
from echoloop.curate.scoring import (
    STAGES,
    AnnotatorScore,
    Confusion,
    LabelledThread,
    StageName,
    Trial,
    cheapest_good_enough,
    draw_threads,
    read_gold,
    try_reader,
    try_relevance,
    write_gold,
)
from echoloop.curate.scratch import scratch_workspace
from echoloop.engine import Session, Stage
from echoloop.records import Mistake, Post, Thread
from echoloop.records.arrow import from_table, to_table
from echoloop.workspace import Workspace, forgotten_posts, place_file, reading, writing

_ROLES: dict[StageName, str] = {
    "relevance": "text",
    "extraction": "text",
    "pictures": "vision",
    "screenshots": "boxes",
}


class Scoring(msgspec.Struct, frozen=True, kw_only=True):
    """Every figure of every endpoint, and where to write them by default."""

    scores: tuple[AnnotatorScore, ...]
    confusions: tuple[Confusion, ...]
    folder: str


def run_scoring(
    gold: Sequence[Path], names: Sequence[str], stages: Sequence[StageName], place: Place, running: Running
) -> Scoring:
    """Each endpoint in each stage."""
    house = read_house(place)
    _check_names(house, names)
    run = get_ready(house, running)
    with writing(house.workspace) as real:
        labelled = _labelled(real, gold)
        with (
            scratch_workspace(real) as scratch,
            session_over(scratch, house, running, run, force=True) as trying,
        ):
            trials = [
                _try(house, trying, labelled, stage, name)
                for stage in stages or STAGES
                for name in names or [house.role(_ROLES[stage])]
            ]
    return Scoring(
        scores=tuple(figure for trial in trials for figure in trial.scored.figures),
        confusions=tuple(one for trial in trials for one in _confusions(trial)),
        folder=str(real.path / "scores"),
    )


def write_sample(number: int, out: Path, seed: int, place: Place) -> tuple[int, list[Path]]:
    """Draw and write. Conversations are united from the collected posts, so that it can be done before anything is paid for."""
    workspace = reading(read_house(place).workspace)
    posts = _posts(workspace)
    if not posts:
        raise Mistake("there are no posts to draw from", remedy="Run `echoloop collect` first.")
    threads = from_table(merge_threads(to_table(posts.values(), Post)), Thread)
    drawn = draw_threads(threads, posts, number, seed)
    return len(drawn), write_gold(out, drawn, posts, workspace.images)


def tell_scores(result: Scoring, good_enough: float, out: Path | None) -> None:
    """The figures, the choice at the end, and the files."""
    say(
        f"{'stage':<12} {'endpoint':<16} {'measure':<26} {'value':>6}  {'95 %':<15} {'answered':>11}  per 1,000 posts"
    )
    for score in result.scores:
        say(_line(score))
    choices = cheapest_good_enough(result.scores, good_enough)
    say(
        f"\nThe cheapest that is good enough (lower end of the headline figure, and share answered, at least {good_enough:g}):"
    )
    for choice in choices:
        say(f"  {choice.stage:<12} {choice.endpoint or 'none':<16} {choice.reason}")
    folder = out or Path(result.folder)
    folder.mkdir(parents=True, exist_ok=True)
    place_file(folder / "scores.csv", _csv(AnnotatorScore.__struct_fields__, result.scores))
    place_file(folder / "confusion.csv", _csv(Confusion.__struct_fields__, result.confusions))
    whole = {"scores": result.scores, "confusion": result.confusions, "choice": choices}
    place_file(folder / "scores.json", msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n")
    say(f"\nThe figures are in {folder.absolute()}")


def _try(
    house: House, trying: Session, labelled: Sequence[LabelledThread], stage: StageName, name: str
) -> Trial:
    keep_from, seed = house.settings.collect.keep_from, house.settings.curate.seed
    if stage == "relevance":
        return try_relevance(
            trying, labelled, _relevance_stage(house, name), found_scores, keep_from, seed=seed
        )
    return try_reader(trying, labelled, stage, name, house.curate, keep_from, seed=seed)


def _relevance_stage(house: House, name: str) -> Stage:
    nowhere = IntakeSettings(intake="", digest="", plan=None)
    settings = CollectSettings(
        found=nowhere,
        relevance=RelevanceSettings(
            subject=house.settings.subject,
            released=house.settings.released,
            reader=name,
            keep_from=house.settings.collect.keep_from,
        ),
        posts=nowhere,
    )
    return next(stage for stage in relevance_stages(settings) if stage.name == "relevance")


def _check_names(house: House, names: Sequence[str]) -> None:
    for name in names:
        if name not in house.endpoints:
            raise Mistake(
                f"there is no endpoint {name!r}",
                where=house.path,
                remedy=f"Declare [endpoints.{name}], or use one of: {', '.join(sorted(house.endpoints)) or 'none yet'}.",
            )


def _labelled(workspace: Workspace, gold: Sequence[Path]) -> list[LabelledThread]:
    labelled = read_gold(gold, _posts(workspace), workspace.images.put)
    forgotten = forgotten_posts(workspace)
    staying = [one for one in labelled if forgotten.isdisjoint(post.url for post in one.posts)]
    if len(staying) < len(labelled):
        gone = len(labelled) - len(staying)
        told = "is left out: it holds" if gone == 1 else "are left out: they hold"
        say(f"{counted(gone, 'conversation')} {told} a forgotten post.")
    if not staying:
        raise Mistake("every conversation of the gold holds a forgotten post")
    return staying


def _posts(workspace: Workspace) -> dict[str, Post]:
    if workspace.tables.manifest("posts") is None:
        return {}
    return {post.url: post for post in from_table(workspace.tables.read("posts"), Post)}


def _confusions(trial: Trial) -> Iterator[Confusion]:
    for labelled, found, count in trial.scored.confusion:
        yield Confusion(
            stage=trial.stage, endpoint=trial.endpoint, labelled=labelled, found=found, count=count
        )


def _line(score: AnnotatorScore) -> str:
    value = "-" if score.value is None else f"{score.value:.3f}"
    interval = "" if score.low is None or score.high is None else f"{score.low:.3f} - {score.high:.3f}"
    price = "unknown" if score.price is None else f"${score.price:.4f}"
    answered = f"{score.answered:,}/{score.calls:,}"
    reason = f"  {score.reason}" if score.reason else ""
    mark = "*" if score.headline else " "
    return (
        f"{score.stage:<12} {score.endpoint:<16} {score.measure:<25}{mark} {value:>6}  {interval:<15} "
        f"{answered:>11}  {price}{reason}"
    )


def _csv(columns: Sequence[str], rows: Sequence[Any]) -> bytes:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(columns)
    table.writerows([getattr(row, name) for name in columns] for row in rows)
    return out.getvalue().encode()
