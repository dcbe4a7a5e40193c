"""The tables of a run beside the truth of its town."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from echoloop.judge import score_arrays
from echoloop.lab.checks import Check
from echoloop.lab.curate import Recovered, curation_checks
from echoloop.lab.diagnose import complaint_checks, fault_checks
from echoloop.lab.judge import absence_checks, order_checks, sameness_checks, twin_checks
from echoloop.lab.painters import Painter
from echoloop.lab.town import TownTruth
from echoloop.records import Effect, FeedbackLabel, Output, Relevance, Sample, Split, Verdict
from echoloop.records.arrow import from_table
from echoloop.workspace import Workspace

_BENCHMARK: tuple[Split, ...] = ("image_to_image", "text_to_image")


def demo_checks(workspace: Workspace, cast: Sequence[Painter], truth: TownTruth) -> list[Check]:
    """Curation, standings, faults and coverage, in the order of the loop."""
    read = workspace.tables.read
    recovered = Recovered(
        relevance=tuple(from_table(read("relevance"), Relevance)),
        unfolded=tuple(from_table(read("unfolded"), Sample)),
        samples=tuple(from_table(read("samples"), Sample)),
    )
    outputs = from_table(read("outputs"), Output)
    verdicts = from_table(read("verdicts"), Verdict)
    names = [painter.name for painter in cast]
    scores = all_scores(outputs, verdicts, names)
    standings = order_checks(scores, names, cast) if truth.faulty else sameness_checks(scores)
    standings += twin_checks(scores, names, cast, seed=truth.seed)
    curation = curation_checks(recovered, truth)
    return [
        *(check for check in curation if not check.shown),
        *(check for check in curation if check.shown),
        *standings,
        *fault_checks(from_table(read("effects"), Effect), cast),
        *complaint_checks(from_table(read("feedback"), FeedbackLabel), truth),
        *absence_checks(outputs, cast),
    ]


def all_scores(
    outputs: Sequence[Output], verdicts: Sequence[Verdict], models: Sequence[str]
) -> NDArray[np.float64]:
    """Both benchmark splits as one judge x item x model array."""
    judges = sorted({verdict.judge for verdict in verdicts})
    splits = [score_arrays(outputs, verdicts, split, judges, models).scores for split in _BENCHMARK]
    return np.concatenate(splits, axis=1)
