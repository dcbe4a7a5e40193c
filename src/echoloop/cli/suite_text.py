"""What `echoloop suite` prints."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from echoloop.cli.composing import read_house
from echoloop.cli.messages import counted, say
from echoloop.cli.options import Place
from echoloop.records import SuiteRow, SuiteTask
from echoloop.records.arrow import from_table
from echoloop.suites import Suite, load_tasks, open_suite
from echoloop.suites.tables import result_table, tasks_table
from echoloop.workspace import reading

_LISTED = 50


def about_suite(suite: Suite) -> Iterator[str]:
    """A suite in words."""
    low, high = suite.scale
    yield f"{suite.name}: {suite.title}"
    yield f"  {suite.about}"
    yield f"  File: {suite.file}" + (f", published as {suite.hub}" if suite.hub else "")
    yield f"  {counted(suite.samples, 'picture')} a task; scores from {low:g} to {high:g}; " + (
        "a detector looks at them." if suite.detects else "judges look at them."
    )
    if suite.quirks:
        yield "  What its public script does otherwise, and the preset released_code follows:"
    for name, quirk in suite.quirks.items():
        yield f"    {name}: {quirk}"


def print_table(name: str, place: Place) -> None:
    """Every measure by our own rule, with the public script's number beside it where that is another."""
    suite = open_suite(name)
    tables = reading(read_house(place).workspace).tables
    tasks = from_table(tables.read(tasks_table(suite.name)), SuiteTask)
    for line in table_lines(
        from_table(tables.read(result_table(suite.name)), SuiteRow), measure_order(suite, tasks)
    ):
        say(line)


def measure_order(suite: Suite, tasks: Sequence[SuiteTask]) -> list[str]:
    """The measures as the suite lists them, the main one first."""
    return [measure.name for measure in suite.measures(tasks, "default")]


def table_lines(rows: Sequence[SuiteRow], order: Sequence[str]) -> Iterator[str]:
    """A block a judge and model, the measures in the suite's order."""
    places = {name: place for place, name in enumerate(order)}
    ours = [row for row in rows if row.preset == "default"]
    theirs = {(row.judge, row.model, row.measure): row for row in rows if row.preset == "released_code"}
    for judge, model in sorted({(row.judge, row.model) for row in ours}):
        own = [row for row in ours if (row.judge, row.model) == (judge, model)]
        yield f"\n{model}, judged by {judge}"
        yield f"  {'measure':<28} {'score':>8}  {'95 % interval':<19} {'coverage':>8}  released_code"
        for row in sorted(own, key=lambda one: places.get(one.measure, len(places))):
            yield _line(row, theirs.get((judge, model, row.measure)))
        only = [row for place, row in theirs.items() if place[:2] == (judge, model) and row.differs]
        quirk = next((row.differs for row in only), "")
        if quirk:
            yield f"  released_code differs: {quirk}"
        absent = next((row.absences for row in own if row.absences), ())
        if absent:
            yield f"  without a score: {'; '.join(absent)}"


def list_contamination(name: str, against: Path, items: str, column: str, place: Place) -> None:
    """A line a pair, the worst first, and what it comes to."""
    from echoloop.cli.suite_running import items_file
    from echoloop.suites.contamination import contamination

    suite = open_suite(name)
    path = items_file(items, suite)
    if path is not None:
        tasks: Sequence[SuiteTask] = load_tasks(suite, path).tasks
    else:
        tasks = from_table(
            reading(read_house(place).workspace).tables.read(tasks_table(suite.name)), SuiteTask
        )
    found = contamination(tasks, against, column)
    for pair in found.pairs[:_LISTED]:
        say(f"  {pair}")
    if found.pairs_found > _LISTED:
        say(f"  and {found.pairs_found - _LISTED:,} more pairs")
    say(found.told)


def _line(row: SuiteRow, released: SuiteRow | None) -> str:
    interval = f"{row.low:.3f} .. {row.high:.3f}" if row.low is not None and row.high is not None else ""
    value = f"{row.value:.3f}" if row.value is not None else "-"
    beside = "" if released is None or not released.differs else _value(released)
    why = f"  {row.reason}" if row.reason else ""
    return f"  {row.measure:<28} {value:>8}  {interval:<19} {row.coverage:>8.0%}  {beside}{why}".rstrip()


def _value(row: SuiteRow) -> str:
    return f"{row.value:.3f}" if row.value is not None else f"- ({row.reason})"
