"""What is known of the plan so far: how every found post was scored, and what every search cost."""

import re
from pathlib import Path

from echoloop.collect.intake import Intake
from echoloop.collect.plan import Searched
from echoloop.records import Dropped, Relevance
from echoloop.records.arrow import from_table
from echoloop.workspace import Tables

_SCORED = re.compile(r"relevance ([1-5])")


def found_scores(tables: Tables) -> dict[str, int | None]:
    """The score of every post that was asked about, kept or not; None where there was no answer that could be read."""
    scores: dict[str, int | None] = {}
    if tables.manifest("relevance") is not None:
        scores |= {row.post: row.score for row in from_table(tables.read("relevance"), Relevance)}
    if tables.manifest("relevance.dropped") is not None:
        for row in from_table(tables.read("relevance.dropped"), Dropped):
            scored = _SCORED.fullmatch(row.reason)
            scores[row.key] = int(scored.group(1)) if scored else None
    return scores


def searches_made(sightings: Path) -> list[Searched]:
    """Every request of a search that was answered."""
    if not sightings.exists():
        return []
    with Intake(sightings, readonly=True) as intake:
        return [
            Searched(
                platform=row.errand.platform,
                keyword=row.errand.keyword,
                window=row.errand.window,
                reads=row.reads,
                cost=row.cost,
            )
            for row in intake.errands.rows(("search",))
            if row.state == "done" and row.errand.window is not None
        ]
