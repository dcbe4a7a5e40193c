"""Several suites and models side by side: a page with the table, figures, and the numbers as files."""

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined

from echoloop.records import Finding, SuiteRow
from echoloop.report.data_files import records_csv
from echoloop.report.displayed_text import TextDisplay
from echoloop.report.folder import DraftFolder
from echoloop.report.suite_figures import suite_figures
from echoloop.report.wording import filters
from echoloop.workspace import Workspace


class ShownSuite(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says of a suite. `measures` are in the suite's order, the main one first; `low` and `high` its scale."""

    name: str
    title: str
    low: float
    high: float
    measures: tuple[str, ...]
    quirks: tuple[str, ...] = ()

    @property
    def main(self) -> str:
        """The measure by which models are compared."""
        return self.measures[0]


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A model's number by our rule, and the public script's where that is another."""

    ours: SuiteRow | None
    released: SuiteRow | None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A measure by one judge, for every model."""

    measure: str
    main: bool
    cells: tuple[Cell, ...]


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A suite by one judge."""

    suite: ShownSuite
    judge: str
    models: tuple[str, ...]
    lines: tuple[Line, ...]
    finding: Finding | None


def write_comparison(
    workspace: Workspace, suites: Sequence[ShownSuite], rows: Sequence[SuiteRow], findings: Sequence[Finding]
) -> Path:
    """Write `suites/` in the workspace anew and return its index. Needs the writer's lock."""
    display = TextDisplay()
    folder = workspace.path / "suites"
    blocks = blocks_of(suites, rows, findings)
    with DraftFolder(folder) as draft:
        draft.write("data/suites.csv", records_csv(SuiteRow, rows, display))
        draft.write("data/discrimination.csv", records_csv(Finding, findings, display))
        figures: dict[str, list[str]] = {}
        for name, data in suite_figures(blocks):
            draft.write(f"figures/{name}", data)
            stem, _, suffix = name.partition(".")
            figures.setdefault(stem, []).append(suffix)
        text = (
            _environment(display)
            .get_template("suites.html")
            .render(
                page="suites.html",
                subject="suites",
                root="",
                has_samples=False,
                made_by="echoloop suite compare",
                blocks=blocks,
                findings=findings,
                figures=figures,
            )
        )
        draft.write("index.html", text.encode())
        for name in ("style.css", "report.js"):
            draft.write(
                f"assets/{name}", resources.files("echoloop.report").joinpath("assets", name).read_bytes()
            )
    return folder / "index.html"


def blocks_of(
    suites: Sequence[ShownSuite], rows: Sequence[SuiteRow], findings: Sequence[Finding]
) -> list[Block]:
    """The rows as a page and figures show them: by suite and judge, models best first."""
    by_place = {(row.suite, row.judge, row.preset, row.measure, row.model): row for row in rows}
    of_suite = {(one.split, one.about): one for one in findings}
    blocks: list[Block] = []
    for suite in suites:
        for judge in sorted({row.judge for row in rows if row.suite == suite.name}):
            own = [row for row in rows if (row.suite, row.judge) == (suite.name, judge)]
            models = _best_first(own, suite.main)
            lines = tuple(
                Line(
                    measure=measure,
                    main=measure == suite.main,
                    cells=tuple(
                        Cell(
                            ours=by_place.get((suite.name, judge, "default", measure, model)),
                            released=_other(
                                by_place.get((suite.name, judge, "released_code", measure, model))
                            ),
                        )
                        for model in models
                    ),
                )
                for measure in suite.measures
            )
            finding = of_suite.get((suite.name, judge))
            blocks.append(Block(suite=suite, judge=judge, models=models, lines=lines, finding=finding))
    return blocks


def _environment(display: TextDisplay) -> Environment:
    environment = Environment(
        loader=PackageLoader("echoloop.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=display.show,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters(display))
    return environment


def _best_first(rows: Sequence[SuiteRow], main: str) -> tuple[str, ...]:
    values = {row.model: row.value for row in rows if row.measure == main and row.preset == "default"}
    return tuple(sorted({row.model for row in rows}, key=lambda model: (-_number(values.get(model)), model)))


def _number(value: float | None) -> float:
    return float("-inf") if value is None else value


def _other(row: SuiteRow | None) -> SuiteRow | None:
    return row if row is not None and row.differs else None
