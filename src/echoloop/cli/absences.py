"""What a run did not get, and why: a line for each who did not answer, whatever the table."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import pyarrow as pa

from echoloop.engine import StageResult
from echoloop.workspace import Workspace

_WHO = ("judge", "model")
"""Whose answer a row holds: a verdict has both, and it is the judge that spoke."""
_PRESENT = frozenset({"answered", "measured", "not_applicable"})
_REASONS = 2


def absence_lines(workspace: Workspace, results: Sequence[StageResult]) -> Iterator[str]:
    """For each table that was made now: who lacks how many answers, by state, and the commonest reasons."""
    for result in results:
        table = workspace.tables.read(result.table)
        who = next((name for name in _WHO if name in table.column_names), None)
        if who is None or not {"state", "reason"} <= set(table.column_names):
            continue
        for name, absences in _by_name(table, who).items():
            yield _line(name, absences)


def _by_name(table: pa.Table, who: str) -> dict[str, Counter[tuple[str, str]]]:
    found: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    rows = zip(*(table.column(name).to_pylist() for name in (who, "state", "reason")), strict=True)
    for name, state, reason in rows:
        if state not in _PRESENT:
            found[name][state, reason] += 1
    return dict(sorted(found.items()))


def _line(name: str, absences: Counter[tuple[str, str]]) -> str:
    states: Counter[str] = Counter()
    for (state, _), count in absences.items():
        states[state] += count
    told = ", ".join(f"{count:,} {state}" for state, count in sorted(states.items()))
    reasons = "; ".join(
        f"{count:,} x {_short(reason)}" for (_, reason), count in absences.most_common(_REASONS) if reason
    )
    return f"  {name}: {told}{f' ({reasons})' if reasons else ''}"


def _short(reason: str) -> str:
    flat = " ".join(reason.split())
    return flat if len(flat) <= 160 else f"{flat[:157]}..."
