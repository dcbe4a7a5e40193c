"""The acts of the loop as the settings allow them, and whether their tables can be built on."""

from collections.abc import Iterator, Sequence

from echoloop.cli.composing import House
from echoloop.collect import collect_stages
from echoloop.curate import curate_stages
from echoloop.diagnose import diagnose_stages
from echoloop.engine import Session, Stage
from echoloop.generate import generate_stages
from echoloop.judge import judge_stages
from echoloop.records import Mistake, Problem
from echoloop.workspace import Workspace


def stages_of(house: House, act: str) -> list[Stage]:
    """The stages of one act. Raises what the settings do not allow."""
    match act:
        case "collect":
            return collect_stages(house.collect)
        case "curate":
            return curate_stages(house.curate)
        case "generate":
            return generate_stages(house.generate)
        case "judge":
            return judge_stages(house.judge, house.canaries)
        case "diagnose":
            return diagnose_stages(house.diagnose)
        case _:
            raise ValueError(f"no act is called {act!r}")


def acts_of(house: House) -> dict[str, list[Stage] | Problem]:
    """Every act in the order of the loop: its stages, or why the settings do not allow it."""
    found: dict[str, list[Stage] | Problem] = {}
    for act in ("collect", "curate", "generate", "judge", "diagnose"):
        try:
            found[act] = stages_of(house, act)
        except Problem as problem:
            found[act] = problem
    return found


def refuse_stale(session: Session, house: House, stages: Sequence[Stage]) -> None:
    """Numbers are not built on a table whose own inputs or settings have changed since it was made.

    A table that only lacks answers may be built on: everything made from it says its coverage.
    """
    makers = {
        stage.output: stage for found in acts_of(house).values() if isinstance(found, list) for stage in found
    }
    own = {stage.output for stage in stages}
    waiting = [name for stage in stages for name in stage.reads if name not in own]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        maker = makers.get(name)
        if maker is None or name in seen:
            continue
        seen.add(name)
        if _was_brought_in(session, name):
            continue
        if session.state(maker) == "stale":
            raise Mistake(
                f"the table {name!r} is older than what it is made from (inputs, settings, prompts, models or code)",
                where=session.workspace.tables.folder / name,
                remedy=f"Run `echoloop {maker.act}` first; receipts answer whatever has not changed.",
            )
        waiting += maker.reads


def _was_brought_in(session: Session, name: str) -> bool:
    """A table that no stage wrote: somebody put it there, and nothing here can be older than it."""
    known = session.workspace.tables.manifest(name)
    return known is not None and not known.origin.fingerprint


def states(house: House, workspace: Workspace) -> Iterator[str]:
    """A line a stage, or a line an act that the settings do not allow."""
    session = Session(workspace, house.endpoints.values())
    for act, found in acts_of(house).items():
        if isinstance(found, Problem):
            yield f"{act:<9} not set up: {found.what}"
            continue
        for stage in found:
            yield _state_line(session, stage)


def next_step(house: House, workspace: Workspace) -> str:
    """The first act of the loop that has something to do, or that the settings do not allow yet."""
    session = Session(workspace, house.endpoints.values())
    for act, found in acts_of(house).items():
        if isinstance(found, Problem):
            return f"`echoloop {act}` is not set up: {found.what}" + (
                f" ({found.remedy})" if found.remedy else "."
            )
        for stage in found:
            state = session.state(stage)
            if state != "fresh" and not _was_brought_in(session, stage.output):
                return f"`echoloop {act}`: its table {stage.output!r} {_BECAUSE[state]}. `echoloop plan` says what it would cost."
    return "everything is fresh; `echoloop report` writes the pages, `echoloop release` the next version."


_BECAUSE = {
    "missing": "is not there yet",
    "stale": "is older than what it is made from",
    "unanswered": "lacks answers, and just those are asked again",
}


def _state_line(session: Session, stage: Stage) -> str:
    manifest = session.workspace.tables.manifest(stage.output)
    line = f"{stage.act:<9} {stage.output:<14} {session.state(stage):<10}"
    if manifest is None:
        return line
    unanswered = f", {manifest.origin.unanswered:,} unanswered" if manifest.origin.unanswered else ""
    return f"{line} {manifest.rows:>8,} rows{unanswered}"
