"""Planning the whole loop: exact where a stage's inputs are known, "at least" where they depend on answers to come."""

from collections.abc import Iterator, Mapping

from echoloop.calls import PlannedStage
from echoloop.engine import Session, Stage
from echoloop.records import Problem


class Plan:
    """Goes through the acts and adds up what would be asked."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._total = PlannedStage()
        self._open = False
        self.problems: list[Problem] = []

    def lines(self, acts: Mapping[str, list[Stage] | Problem]) -> Iterator[str]:
        """A line a stage that asks something, a line an act that cannot be planned, then the sum."""
        yield f"  {'stage':<24} {'calls':>8} {'cost':>12} {'about':>9}"
        for act, found in acts.items():
            if isinstance(found, Problem):
                self.problems.append(found)
                self._open = True
                yield f"  {act:<24} cannot be planned: {found.what}"
                continue
            for stage in found:
                yield from self._stage_line(stage)
        bound = "at least" if self._open else ""
        yield f"  {'together':<24} {_figures(self._total)}  {bound}".rstrip()
        yield '  Costs and times are estimates. "At least": more follows from answers that are not known yet.'

    def _stage_line(self, stage: Stage) -> Iterator[str]:
        planned = self._session.opened.door.planned
        before = set(planned)
        try:
            self._session.run([stage])
        except Problem as problem:
            self._open = True
            yield f"  {_title(stage):<24} not known yet: {problem.what}"
            return
        if not stage.endpoints:
            return
        asked = next((planned[name] for name in planned if name not in before), PlannedStage())
        bound = "at least" if self._open else ""
        self._open = self._open or asked.calls > 0
        self._total = _plus(self._total, asked)
        yield f"  {_title(stage):<24} {_figures(asked)}  {bound}".rstrip()


def _title(stage: Stage) -> str:
    return f"{stage.act} · {stage.name}"


def _figures(stage: PlannedStage) -> str:
    return f"{stage.calls:>8,} {_cost(stage):>12} {_time(stage):>9}"


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
