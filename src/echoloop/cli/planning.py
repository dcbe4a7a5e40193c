"""Planning the whole loop: exact where a stage's inputs are known, "at least" where they depend on answers to come."""

from collections.abc import Iterator, Sequence

from echoloop.calls import PlannedStage
from echoloop.engine import Session, Stage
from echoloop.records import Problem


def plan_lines(session: Session, stages: Sequence[Stage]) -> Iterator[str]:
    """A line a stage that asks something, then the sum."""
    yield f"  {'stage':<24} {'calls':>8} {'cost':>12} {'about':>9}"
    open_questions = False
    total = PlannedStage()
    for stage in stages:
        before = set(session.opened.door.planned)
        try:
            session.run([stage])
        except Problem as problem:
            yield f"  {_title(stage):<24} cannot be planned yet: {problem.what}"
            open_questions = True
            continue
        new = [
            session.opened.door.planned[name] for name in session.opened.door.planned if name not in before
        ]
        if not stage.endpoints:
            continue
        asked = new[0] if new else PlannedStage()
        bound = "at least " if open_questions else ""
        yield f"  {_title(stage):<24} {asked.calls:>8,} {_cost(asked):>12} {_time(asked):>9}  {bound}".rstrip()
        open_questions = open_questions or asked.calls > 0
        total = _plus(total, asked)
    yield f"  {'together':<24} {total.calls:>8,} {_cost(total):>12} {_time(total):>9}"
    yield "  Costs and times are estimates made before the answers are known; stages after the first open one get more."


def _title(stage: Stage) -> str:
    return f"{stage.act} · {stage.name}"


def _plus(one: PlannedStage, other: PlannedStage) -> PlannedStage:
    return PlannedStage(
        calls=one.calls + other.calls,
        cost=one.cost + other.cost,
        unpriced=one.unpriced + other.unpriced,
        seconds=one.seconds + other.seconds,
    )


def _cost(stage: PlannedStage) -> str:
    if stage.unpriced and stage.unpriced == stage.calls:
        return "unknown"
    return f"${stage.cost:.2f}" + (f" + {stage.unpriced:,} unknown" if stage.unpriced else "")


def _time(stage: PlannedStage) -> str:
    return f"{stage.seconds:,.0f} s" if stage.seconds < 600 else f"{stage.seconds / 60:,.0f} min"
