"""What can be said of a run as a whole: how well it separates models, and how far its judges can be trusted."""

from collections.abc import Iterator

import pyarrow as pa

from echoloop.engine import Desk
from echoloop.judge.biases import bias_findings, position_findings
from echoloop.judge.contests import contests, graded_arrays, splits_of
from echoloop.judge.coverages import coverage_findings
from echoloop.judge.drifts import drift_findings
from echoloop.judge.known import with_interval
from echoloop.judge.margins import margin_findings
from echoloop.judge.rules import rules_of
from echoloop.judge.settings import JudgeSettings
from echoloop.records import Canary, Comparison, Finding, Keep, Output, Verdict
from echoloop.records.arrow import from_table


def make_findings(
    desk: Desk[JudgeSettings],
    outputs: pa.Table,
    verdicts: pa.Table,
    comparisons: pa.Table,
    *rounds: pa.Table,
) -> Iterator[Keep[Finding]]:
    """Margins, ceiling, coverage, biases a split at a time; then whether a judge has changed since earlier rounds."""
    settings = desk.settings
    rows = from_table(outputs, Output), from_table(verdicts, Verdict), from_table(comparisons, Comparison)
    for heard in splits_of(*rows):
        for contest in contests(settings, heard):
            for finding in margin_findings(settings, contest, heard):
                yield Keep(with_interval(finding))
        for finding in coverage_findings(settings, heard):
            yield Keep(with_interval(finding))
        if settings.graded:
            arrays = graded_arrays(settings, heard, rules_of(settings)[0])
            for finding in bias_findings(settings, heard, arrays):
                yield Keep(with_interval(finding))
        if settings.paired:
            for finding in position_findings(settings, heard):
                yield Keep(with_interval(finding))
    for finding in drift_findings(settings, [from_table(one, Canary) for one in rounds]):
        yield Keep(with_interval(finding))
