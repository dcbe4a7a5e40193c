"""Analyses, put together: the tables of a workspace, other data sets, the text model, and a page of what came of it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from echoloop.calls import Ledger
from echoloop.cli.composing import House, get_ready, read_house, session_over
from echoloop.cli.freshness import refuse_stale
from echoloop.cli.options import Place, Running
from echoloop.curate.analyses import (
    Analysis,
    Dataset,
    Spent,
    activity_rows,
    bigram_rows,
    cost_rows,
    funnel_analysis,
    language_rows,
    length_rows,
    naming_stage,
    perplexity_rows,
    read_prompt_list,
    task_rows,
)
from echoloop.curate.scratch import scratch_workspace
from echoloop.engine import Session
from echoloop.records import Item, Mistake, Post
from echoloop.records.arrow import from_table, to_table
from echoloop.report.curate import write_analyses
from echoloop.report.evidence import Evidence, read_evidence
from echoloop.report.losses import funnel_rows
from echoloop.workspace import Workspace, writing

OURS = "this benchmark"
_ACTS = ("collect", "curate")


def run_analyses(
    beside: Sequence[str],
    model: str,
    clusters: int | None,
    new_below: float,
    out: Path | None,
    place: Place,
    running: Running,
) -> tuple[Path, list[str]]:
    """The page, and a line for everything that was not measured."""
    house = read_house(place)
    older = [read_prompt_list(spoken) for spoken in beside]
    _check_names(older)
    run = get_ready(house, running)
    with writing(house.workspace, create=False) as workspace:
        _refuse_stale_items(house, workspace)
        items, of_what = _items(workspace)
        rows = [*_about_words(items, of_what, older, model, house.settings.curate.seed)]
        with (
            scratch_workspace(workspace) as scratch,
            session_over(scratch, house, running, run, force=True) as naming,
        ):
            rows += task_rows(
                naming,
                house.role("text"),
                OURS,
                items,
                older,
                clusters=clusters,
                seed=house.settings.curate.seed,
                new_below=new_below,
            )
        evidence = read_evidence(workspace)
        rows += _about_the_run(workspace, evidence)
        folder = out or workspace.path / "analyses"
        table = to_table(rows, Analysis)
        page = write_analyses(folder.absolute(), table, house.settings.subject, sorted(evidence.handles))
    missing = [
        f"{row.dataset}, {row.analysis}: {row.note}" for row in rows if row.note.startswith("not measured")
    ]
    return page, missing


def _refuse_stale_items(house: House, workspace: Workspace) -> None:
    looked_at = replace(naming_stage(house.role("text")), reads=("items", "posts"))
    refuse_stale(Session(workspace, house.endpoints.values()), house, [looked_at])


def _about_words(
    items: Sequence[Item], of_what: str, older: Sequence[Dataset], model: str, seed: int
) -> Iterator[Analysis]:
    ours = Dataset(
        name=OURS,
        prompts=tuple(item.prompt for item in items),
        languages=tuple(item.language for item in items),
    )
    datasets = [ours, *older]
    for one in datasets:
        note = of_what if one is ours else "a list of prompts"
        yield Analysis(
            dataset=one.name, analysis="size", name="prompts", value=float(len(one.prompts)), note=note
        )
    yield from bigram_rows(datasets)
    yield from perplexity_rows(datasets, model, seed=seed)
    yield from length_rows(datasets)
    yield from language_rows(datasets)


def _about_the_run(workspace: Workspace, evidence: Evidence) -> Iterator[Analysis]:
    if workspace.tables.manifest("posts") is not None:
        yield from activity_rows(OURS, from_table(workspace.tables.read("posts"), Post))
    stages = [stage for stage in evidence.stages if stage.act in _ACTS]
    yield from funnel_analysis(OURS, funnel_rows(stages))
    yield from cost_rows(OURS, _spent(workspace))


def _items(workspace: Workspace) -> tuple[list[Item], str]:
    """The benchmark splits; where they are empty, everything that was kept."""
    items = [item for item in from_table(workspace.tables.read("items"), Item) if item.prompt.strip()]
    if not items:
        raise Mistake("there is no item with a prompt", remedy="Run `echoloop curate` over more posts first.")
    benchmark = [item for item in items if item.split != "analysis"]
    return (
        (benchmark, "the benchmark splits")
        if benchmark
        else (items, "all splits: the benchmark splits are empty")
    )


def _spent(workspace: Workspace) -> Iterator[Spent]:
    if not workspace.receipts.exists():
        return
    calls: dict[str, int] = defaultdict(int)
    unpriced: dict[str, int] = defaultdict(int)
    cost: dict[str, float] = defaultdict(float)
    with Ledger(workspace.receipts, readonly=True) as ledger:
        for total in ledger.stat():
            calls[total.stage] += total.calls
            unpriced[total.stage] += total.unpriced
            cost[total.stage] += total.cost
    for stage, count in calls.items():
        known = None if unpriced[stage] == count else cost[stage]
        yield Spent(stage=stage, calls=count, cost=known, unpriced=unpriced[stage])


def _check_names(older: Sequence[Dataset]) -> None:
    names = [one.name for one in older]
    if OURS in names or len(set(names)) < len(names):
        raise Mistake(
            f"two data sets have one name ({', '.join(names)})",
            remedy="Give each --beside a name of its own.",
        )
