"""Which tables are fresh, stale or missing, in the order of the loop."""

from collections.abc import Iterator

from echoloop.cli.composing import House
from echoloop.collect import collect_stages
from echoloop.curate import curate_stages
from echoloop.diagnose import diagnose_stages
from echoloop.engine import Session, Stage
from echoloop.generate import generate_stages
from echoloop.judge import judge_stages
from echoloop.records import Problem
from echoloop.workspace import Workspace


def all_stages(house: House) -> list[Stage]:
    """Every stage that the settings allow, in the order of the loop; an act without its settings is left out."""
    found: list[Stage] = []
    for act in (
        lambda: collect_stages(house.collect),
        lambda: curate_stages(house.curate),
        lambda: generate_stages(house.generate),
        lambda: judge_stages(house.judge),
        lambda: diagnose_stages(house.diagnose),
    ):
        try:
            found += act()
        except Problem:
            continue
    return found


def states(house: House, workspace: Workspace) -> Iterator[str]:
    """A line a stage."""
    session = Session(workspace, house.endpoints.values())
    for stage in all_stages(house):
        manifest = workspace.tables.manifest(stage.output)
        if manifest is None:
            yield f"{stage.act:<9} {stage.output:<14} missing"
            continue
        state = "fresh" if session.is_fresh(stage) else "stale"
        unanswered = f", {manifest.origin.unanswered:,} unanswered" if manifest.origin.unanswered else ""
        yield f"{stage.act:<9} {stage.output:<14} {state:<7} {manifest.rows:>8,} rows{unanswered}"
