"""Several suites and models side by side: what the tables of a workspace say, as text and as a folder of pages."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from echoloop.cli.composing import read_house
from echoloop.cli.messages import say
from echoloop.cli.options import Place
from echoloop.cli.suite_text import measure_order, table_lines
from echoloop.records import Finding, Mistake, SuiteRow, SuiteScore, SuiteTask
from echoloop.records.arrow import from_table
from echoloop.report.suites import ShownSuite, write_comparison
from echoloop.suites import DISCRIMINATION, Estimator, Suite, open_suite, tell_apart
from echoloop.suites.tables import result_table, scores_table, suites_there, tasks_table
from echoloop.workspace import Workspace, writing


def compare_suites(names: Sequence[str], models: Sequence[str], judges: Sequence[str], place: Place) -> Path:
    """Print the comparison and write it as pages; the index."""
    house = read_house(place)
    with writing(house.workspace, create=False) as workspace:
        ran = [_read(suite, workspace, judges) for suite in _suites(names, workspace)]
        chosen = _models(models, ran)
        table = house.settings.judge
        findings = [
            tell_apart(
                one.suite,
                one.tasks,
                one.scores,
                _judged(one, judge, chosen),
                judge,
                Estimator(table.resamples, table.seed),
            )
            for one in ran
            for judge in one.judges
        ]
        rows = [row for one in ran for row in one.rows if row.model in chosen]
        _tell(ran, rows, findings)
        return write_comparison(workspace, [_shown(one) for one in ran], rows, findings)


class Ran(NamedTuple):
    """A suite with its tables, as far as the judges that were named go."""

    suite: Suite
    tasks: list[SuiteTask]
    scores: list[SuiteScore]
    rows: list[SuiteRow]

    @property
    def judges(self) -> list[str]:
        """Who judged."""
        return sorted({row.judge for row in self.rows})

    @property
    def models(self) -> set[str]:
        """Who was judged."""
        return {row.model for row in self.rows}


def _suites(names: Sequence[str], workspace: Workspace) -> list[Suite]:
    """Those that were named, else all that were run here and belong to the house."""
    here = suites_there(workspace)
    if names:
        suites = [open_suite(name) for name in dict.fromkeys(names)]
    else:
        suites = []
        for name in here:
            try:
                suites.append(open_suite(name))
            except Mistake:
                say(f"{name} is a suite of your own: name it as package.module:OBJECT to have it compared.")
    missing = [suite.name for suite in suites if suite.name not in here]
    if missing or not suites:
        raise Mistake(
            f"there is no table of {', '.join(missing)} yet" if missing else "no suite was run here yet",
            remedy="`echoloop suite run NAME --items FILE --model MODEL` makes one.",
        )
    return suites


def _read(suite: Suite, workspace: Workspace, judges: Sequence[str]) -> Ran:
    tables = workspace.tables
    rows = from_table(tables.read(result_table(suite.name)), SuiteRow)
    found = [row for row in rows if not judges or suite.detects or row.judge in judges]
    if not found:
        known = ", ".join(sorted({row.judge for row in rows})) or "nobody"
        raise Mistake(
            f"{suite.name} was judged by none of {', '.join(judges)}", remedy=f"It was judged by {known}."
        )
    return Ran(
        suite,
        from_table(tables.read(tasks_table(suite.name)), SuiteTask),
        from_table(tables.read(scores_table(suite.name)), SuiteScore),
        found,
    )


def _models(wished: Sequence[str], ran: Sequence[Ran]) -> list[str]:
    """The models that every suite knows, unless some were named."""
    known = [one.models for one in ran]
    everywhere, somewhere = set[str].intersection(*known), set[str].union(*known)
    if wished:
        missing = [model for model in wished if model not in somewhere]
        if missing:
            raise Mistake(
                f"no suite was run with {', '.join(missing)}",
                remedy=f"There are {', '.join(sorted(somewhere))}.",
            )
        return list(dict.fromkeys(wished))
    if somewhere - everywhere:
        say(f"Left out, for not every suite was run with it: {', '.join(sorted(somewhere - everywhere))}.")
    if not everywhere:
        raise Mistake(
            "no model was run with all of these suites",
            remedy="Name fewer suites, or the models with --model.",
        )
    return sorted(everywhere)


def _judged(one: Ran, judge: str, models: Sequence[str]) -> list[str]:
    there = {row.model for row in one.rows if row.judge == judge}
    return [model for model in models if model in there]


def _shown(one: Ran) -> ShownSuite:
    low, high = one.suite.scale
    return ShownSuite(
        name=one.suite.name,
        title=one.suite.title,
        low=low,
        high=high,
        measures=tuple(measure_order(one.suite, one.tasks)),
        quirks=tuple(one.suite.quirks.values()),
    )


def _tell(ran: Sequence[Ran], rows: Sequence[SuiteRow], findings: Sequence[Finding]) -> None:
    for one in ran:
        say(f"\n== {one.suite.title}")
        own = [row for row in rows if row.suite == one.suite.name]
        for line in table_lines(own, measure_order(one.suite, one.tasks)):
            say(line)
    say("\nDiscrimination per 100 tasks")
    for one in findings:
        value = (
            f"{one.value:.2f} ({one.low:.2f} .. {one.high:.2f})"
            if one.value is not None
            else f"- {one.reason}"
        )
        say(f"  {one.split:<16} judged by {one.about:<16} {value}")
    say(f"  = {DISCRIMINATION}")
