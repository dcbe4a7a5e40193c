"""Collecting, put together: the intake, the platforms of the settings file, the stages between."""

import os
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from echoloop.calls import Budget, Spending
from echoloop.cli.composing import House, progress_of, read_house
from echoloop.cli.messages import say
from echoloop.cli.options import Place, Running
from echoloop.collect import (
    Attrition,
    FieldSettings,
    Fieldwork,
    Gathered,
    ImportResult,
    Intake,
    Labels,
    Platform,
    attrition,
    estimate_searches,
    open_platform,
    post_stages,
    read_dehydrated,
    relevance_stages,
)
from echoloop.engine import Progress, Session, Stage, StageResult, watch_signals
from echoloop.records import Author, Mistake
from echoloop.records.arrow import to_table
from echoloop.workspace import Workspace, forgotten_posts, writing

StageChange: TypeAlias = Callable[[Sequence[Stage]], list[Stage]]
_LISTED = 10


def collect_all(
    house: House,
    opened: Session,
    *,
    refresh: bool = False,
    offline: bool = False,
    change: StageChange = list,
) -> list[StageResult]:
    """Keyword plan -> search -> relevance -> conversations -> pictures -> posts."""
    with Intake(opened.workspace.sightings) as intake:
        platforms = {} if offline else _platforms(house, opened.progress, opened.stop)
        work = _fieldwork(
            intake, house.field, platforms, opened.spending, opened.progress, opened.stop, opened.workspace
        )
        work.begin(refresh=refresh)
        for result in work.read_archives(house.archives, declared=True):
            if not result.already:
                tell_import(result, opened.progress.note)
        _refuse_nothing(house, intake)
        _refuse_silence(work.search(house.plan, datetime.now(UTC)), intake)
        results = opened.run(change(relevance_stages(house.collect)))
        relevant = set(opened.read("relevance").column("post").to_pylist())
        found = set(opened.read("found").column("url").to_pylist())
        work.follow({"relevant": relevant, "all": found, "none": set[str]()}[house.field.expand])
        work.bring_pictures(opened.workspace.images, relevant, offline=offline)
        return results + opened.run(change(post_stages(house.collect)), first=len(results))


def plan_lines(house: House, opened: Session) -> Iterator[str]:
    """The archives are read in, which costs nothing and tells what there is to ask about; platforms are only reckoned."""
    with Intake(opened.workspace.sightings) as intake:
        work = _fieldwork(
            intake, house.field, {}, opened.spending, opened.progress, opened.stop, opened.workspace
        )
        for result in work.read_archives(house.archives, declared=True):
            if not result.already:
                tell_import(result)
        platforms = _platforms(house, opened.progress, opened.stop)
        for row in estimate_searches(intake, platforms, house.plan, datetime.now(UTC)):
            reads = "an unknown number of" if row.reads is None else f"about {row.reads:,}"
            cost = "cost unknown" if row.cost is None else f"${row.cost:.2f}"
            yield f"  {row.platform}: {row.searches:,} searches to make, {reads} reads, {cost}"


@contextmanager
def opened_intake(place: Place, running: Running) -> Generator[Fieldwork]:
    """The intake of a workspace, for archives alone: no platform is asked."""
    workspace_path = place.workspace or read_house(place).workspace
    progress, stop = progress_of(running), threading.Event()
    watch_signals(stop, progress.note)
    with writing(workspace_path) as workspace, Intake(workspace.sightings) as intake:
        yield _fieldwork(intake, FieldSettings(), {}, Budget(), progress, stop, workspace)


def hydrate_file(path: Path, place: Place, running: Running) -> list[Attrition]:
    """Ask the platforms for every post of the file."""
    house = read_house(place)
    posts = list(read_dehydrated(path))
    progress, stop = progress_of(running), threading.Event()
    watch_signals(stop, progress.note)
    platforms = {} if running.offline else _platforms(house, progress, stop)
    missing = sorted({post.platform for post in posts} - platforms.keys())
    if running.offline:
        progress.note("    nothing is asked with --offline: this is what earlier runs fetched")
    elif missing:
        progress.note(f"    not asked, because there is no [platforms.NAME] table: {', '.join(missing)}")
    with writing(house.workspace) as workspace, Intake(workspace.sightings) as intake:
        work = _fieldwork(
            intake,
            house.field,
            platforms,
            Budget(running.max_cost),
            progress,
            stop,
            workspace,
            Labels(posts),
        )
        work.begin(refresh=False)
        work.fetch_again(posts)
        return attrition(posts, workspace.sightings)


def drop_handles(place: Place) -> int:
    """From the intake, and from the table that lists them."""
    with (
        writing(read_house(place).workspace, create=False) as workspace,
        Intake(workspace.sightings) as intake,
    ):
        with intake.writing():
            dropped = intake.authors.drop()
        intake.compact()
        manifest = workspace.tables.manifest("authors")
        if manifest is not None:
            workspace.tables.write("authors", to_table([], Author), Author, manifest.origin)
        return dropped


def tell_import(result: ImportResult, tell: Callable[[str], None] = say) -> None:
    """What an archive brought, and what it did not."""
    if result.already:
        tell(f"{result.label}: already in ({result.posts:,} posts)")
        return
    tell(f"{result.label}: {result.posts:,} posts. {result.why}")
    for note in result.notes:
        tell(f"  {note}")
    for reason, where, times in result.reasons:
        tell(f"  skipped {times:,}: {reason} (first at {where})")
    if result.unwelcome:
        tell(f"  left out {result.unwelcome:,}: forgotten on request")


def tell_limits(sightings: Path) -> None:
    """Where the collection is not whole, and why."""
    with Intake(sightings, readonly=True) as intake:
        limits, failures = intake.errands.limits(), intake.errands.failures()
        open_errands: Counter[str] = Counter()
        for (name, state), count in intake.errands.counts().items():
            open_errands[name] += count if state != "done" else 0
    by_words: dict[str, int] = {}
    for _, said in limits:
        by_words[said] = by_words.get(said, 0) + 1
    for said, times in sorted(by_words.items(), key=lambda end: (-end[1], end[0]))[:_LISTED]:
        say(f"Not whole ({times:,} times): {said}")
    for _, reason, times in failures[:_LISTED]:
        say(f"Failed ({times:,} times): {reason}")
    for platform, count in sorted((+open_errands).items()):
        say(f"{platform}: {count:,} requests are still to be made; the same command goes on with them.")


def platform_lines(sightings: Path) -> Iterator[str]:
    """A line a platform: what it was asked, what that cost, what waits."""
    if not sightings.exists():
        return
    with Intake(sightings, readonly=True) as intake:
        for total in intake.errands.totals():
            cost = "cost unknown" if total.cost is None else f"${total.cost:.4f}"
            read = f", {total.reads:,} reads ({cost})" if total.reads else ""
            waits = f", {total.waiting:,} waiting" if total.waiting else ""
            failed = f", {total.failed:,} failed" if total.failed else ""
            yield f"{total.platform}: {total.done:,} requests, {total.posts:,} posts{read}{waits}{failed}"


def tell_attrition(rows: Iterable[Attrition]) -> None:
    """A line a platform."""
    for row in rows:
        gone = "".join(f", {count:,} {reason}" for reason, count in sorted(row.gone.items()))
        say(
            f"{row.platform}: {row.same:,} as they were, {row.edited:,} edited{gone}, {row.unasked:,} not asked or not answered"
        )
        if row.pictures:
            say(f"  {row.pictures_same:,} of {row.pictures:,} pictures are here with the same content")


def _fieldwork(
    intake: Intake,
    settings: FieldSettings,
    platforms: Mapping[str, Platform],
    budget: Spending,
    progress: Progress,
    stop: threading.Event,
    workspace: Workspace,
    relabel: Labels | None = None,
) -> Fieldwork:
    return Fieldwork(
        intake,
        settings,
        platforms,
        budget=budget,
        progress=progress,
        stop=stop,
        forgotten=forgotten_posts(workspace),
        relabel=relabel,
    )


def _platforms(house: House, progress: Progress, stop: threading.Event) -> dict[str, Platform]:
    return {
        one.platform: open_platform(one, stop=stop, announce=progress.note, environ=os.environ)
        for one in house.platforms
    }


def _refuse_silence(searched: Gathered | None, intake: Intake) -> None:
    """With nothing at all to go on, a platform that gives nothing is the end of the run, and not its success."""
    if searched is None or searched.errands or not searched.ended or intake.imports.all():
        return
    if not any(total.posts for total in intake.errands.totals()):
        raise searched.ended[0][1]


def _refuse_nothing(house: House, intake: Intake) -> None:
    if not house.settings.platforms and not intake.imports.all():
        raise Mistake(
            "there is nothing to collect from",
            where=house.path,
            remedy='Add [platforms.NAME], or archive = "posts.jsonl" under [collect], or run `echoloop collect file PATH`.',
        )
