"""The tables of a run beside the truth of its town."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from echoloop.diagnose import open_metrics
from echoloop.judge import score_arrays
from echoloop.lab.accounting import RowCounts, accounting_checks
from echoloop.lab.checks import Check
from echoloop.lab.complaints import complaint_checks
from echoloop.lab.curate import Recovered, curation_checks
from echoloop.lab.diagnose import broken_checks, fault_checks
from echoloop.lab.judge import absence_checks, agreement_checks, order_checks, sameness_checks, twin_checks
from echoloop.lab.painters import Painter
from echoloop.lab.town import TownTruth
from echoloop.records import (
    Complaint,
    Effect,
    FaultKeyword,
    FeedbackLabel,
    Item,
    Output,
    Post,
    Relevance,
    Sample,
    Split,
    Standing,
    Verdict,
    main_standings,
)
from echoloop.records.arrow import from_table
from echoloop.workspace import Workspace

R = TypeVar("R", bound=msgspec.Struct)
_BENCHMARK: tuple[Split, ...] = ("image_to_image", "text_to_image")


def demo_checks(
    workspace: Workspace, cast: Sequence[Painter], truth: TownTruth, *, simulate: bool = True
) -> list[Check]:
    """Curation, standings, faults and coverage, in the order of the loop.

    `simulate` adds what does not depend on the tables: how often intervals of identical painters hold zero.
    """
    tables = _Tables(workspace)
    recovered = Recovered(
        relevance=tuple(tables.rows("relevance", Relevance)),
        unfolded=tuple(tables.rows("unfolded", Sample)),
        guarded=tuple(tables.rows("guarded", Sample)),
        samples=tuple(tables.rows("samples", Sample)),
    )
    outputs, verdicts = tables.rows("outputs", Output), tables.rows("verdicts", Verdict)
    names = [painter.name for painter in cast]
    scores = {split: _scores(outputs, verdicts, split, names) for split in _BENCHMARK}
    together = np.concatenate(list(scores.values()), axis=1)
    curation = curation_checks(recovered, truth)
    standings = main_standings(tables.rows("standings", Standing))
    effects = tables.rows("effects", Effect)
    return [
        *(check for check in curation if not check.shown),
        *(check for check in curation if check.shown),
        *(order_checks(together, names, cast) if truth.faulty else sameness_checks(together)),
        *(
            check
            for split in _BENCHMARK
            for check in agreement_checks(standings, scores[split], names, split)
        ),
        *twin_checks(together, names, cast, seed=truth.seed, simulate=simulate),
        *fault_checks(effects, cast),
        *broken_checks(effects, cast),
        *complaint_checks(
            tables.rows("feedback", FeedbackLabel),
            tables.rows("keywords", FaultKeyword),
            tables.rows("complaints", Complaint),
            truth,
        ),
        *absence_checks(outputs, verdicts, cast),
        *accounting_checks(_row_counts(tables, outputs, verdicts, names)),
    ]


class _Tables:
    """A run's tables, as rows."""

    def __init__(self, workspace: Workspace) -> None:
        self._tables = workspace.tables

    def rows(self, name: str, record: type[R]) -> list[R]:
        return from_table(self._tables.read(name), record)

    def count(self, name: str) -> int:
        return self._tables.read(name).num_rows


def _row_counts(
    tables: _Tables, outputs: Sequence[Output], verdicts: Sequence[Verdict], models: Sequence[str]
) -> RowCounts:
    items = tables.rows("items", Item)
    judges = len({verdict.judge for verdict in verdicts})
    delivered = sum(output.state == "answered" for output in outputs)
    found = sum(post.found_by == "keyword" for post in tables.rows("posts", Post))
    return {
        "relevance": (found, tables.count("relevance") + tables.count("relevance.dropped")),
        "guarded": (tables.count("unfolded"), tables.count("guarded") + tables.count("guarded.dropped")),
        "samples": (tables.count("guarded"), tables.count("samples") + tables.count("samples.dropped")),
        "items": (tables.count("samples"), len(items) + tables.count("items.dropped")),
        "outputs": (sum(item.split != "analysis" for item in items) * len(models), len(outputs)),
        "verdicts": (delivered * judges, len(verdicts)),
        "outputs without a verdict": (len(outputs) - delivered, tables.count("verdicts.dropped")),
        "standings": (
            len(_BENCHMARK) * (judges + 1) * len(models),
            len(main_standings(tables.rows("standings", Standing))),
        ),
        "measurements": (_measured_fields() * len(outputs), tables.count("measurements")),
    }


def _measured_fields() -> int:
    return sum(len(metric.measured) for metric in open_metrics(()))


def _scores(
    outputs: Sequence[Output], verdicts: Sequence[Verdict], split: Split, models: Sequence[str]
) -> NDArray[np.float64]:
    judges = sorted({verdict.judge for verdict in verdicts})
    return score_arrays(outputs, verdicts, split, judges, models).scores
