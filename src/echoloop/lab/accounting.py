"""Nothing disappears: what went into a stage came out of it, as a row or as a loss with a reason."""

from collections.abc import Mapping

from echoloop.lab.checks import Check

RowCounts = Mapping[str, tuple[int, int]]
"""Table -> how many rows there must be, and how many there are."""


def accounting_checks(counts: RowCounts) -> list[Check]:
    """One check a table."""
    return [
        Check(
            part="coverage",
            name=f"{table}: rows unaccounted for",
            value=abs(wanted - there),
            at_most=0,
            planted=str(wanted),
            recovered=str(there),
        )
        for table, (wanted, there) in counts.items()
    ]
