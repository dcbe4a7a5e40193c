"""`echoloop collect yield`: what every keyword brought, and what to change."""

import csv as csv_files
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from echoloop.cli.composing import read_house
from echoloop.cli.messages import say, then
from echoloop.cli.options import Place
from echoloop.collect import (
    Finding,
    Proposals,
    Text,
    Thresholds,
    YieldRow,
    found_scores,
    keyword_yield,
    propose,
    searches_made,
)
from echoloop.collect.plan.yields import OUTSIDE
from echoloop.records import Post
from echoloop.records.arrow import from_table
from echoloop.workspace import reading


def tell_yield(place: Place, csv: Path | None) -> None:
    """The table, then the proposals with their numbers, then the table to paste."""
    house = read_house(place)
    workspace = reading(house.workspace)
    plan, now = house.plan, datetime.now(UTC)
    posts = from_table(workspace.tables.read("posts"), Post)
    findings = [
        Finding(platform=post.platform, keyword=keyword, post=post.url, at=post.created_at)
        for post in posts
        for keyword in post.keywords
    ]
    searches = searches_made(workspace.sightings)
    scores = found_scores(workspace.tables)
    keep_from = house.settings.collect.keep_from
    rows = keyword_yield(plan, now, findings, searches, scores, keep_from=keep_from)
    for line in _table(rows):
        say(line)
    if csv is not None:
        _write(rows, csv)
        say(f"\nThe same as a file: {csv.absolute()}")
    texts = [Text(post=post.url, text=post.text, author=post.author) for post in posts]
    bounds = Thresholds(keep_from=keep_from)
    _tell(propose(plan, now, house.settings.subject, findings, searches, scores, texts, bounds))


def _table(rows: Sequence[YieldRow]) -> Iterator[str]:
    width = max((len(row.keyword) for row in rows), default=7)
    yield f"  {'platform':<9} {'window':<24} {'keyword':<{width}} {'found':>6} {'new':>6} {'kept':>6} {'alone':>6} {'cost':>10}"
    for row in rows:
        cost = "unknown" if row.cost is None else f"${row.cost:.4f}"
        yield (
            f"  {row.platform:<9} {row.window:<24} {row.keyword:<{width}} {row.found:>6,} {row.new:>6,} "
            f"{row.kept:>6,} {row.alone:>6,} {cost:>10}"
        )
    if not rows:
        yield "  No keyword has found anything yet."
        return
    yield "  found: posts that this keyword brought. new: of these, not brought by a row above. kept: relevant. alone: kept, and"
    yield "  brought by no other keyword. cost: what the reads cost." + (
        f" Window {OUTSIDE!r}: posts from before or after every window of the plan, or of keywords that it no longer names."
        if any(row.window == OUTSIDE for row in rows)
        else ""
    )


def _write(rows: Sequence[YieldRow], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv_files.DictWriter(file, YieldRow.__struct_fields__)
        writer.writeheader()
        writer.writerows(msgspec.to_builtins(row) for row in rows)


def _tell(proposals: Proposals) -> None:
    for drop in proposals.drop:
        say(f"Drop: {drop.sentence}")
    for add in proposals.add:
        say(f"Add:  {add.sentence}")
    for words in proposals.silent:
        say(words)
    if proposals.drop or proposals.add:
        say(f"\n{proposals.toml}")
        then("paste these tables into echoloop.toml, then `echoloop collect`.")
    else:
        then("collect more, or leave the plan as it is.")
