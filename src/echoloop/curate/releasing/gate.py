"""What no release may hold. The gate reads what was written, names every row that fails, and lets nothing out then."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from echoloop.curate.releasing.evidence import Evidence
from echoloop.curate.releasing.published import Told
from echoloop.records import Mistake

UNDECODABLE = "a picture cannot be decoded"
UNRESOLVED = "a picture is not there, or is not the one it is named after"
COUNT = "the card counts otherwise"
FORGOTTEN = "it comes from a forgotten post"
HAZARD = "a guard calls it a hazard"
WAITS = "people have not let it out"
TWICE = "it stands there twice"
NO_POSTS = "nobody knows from which posts it comes"
NO_PROMPT = "it has no prompt"
UNKNOWN = "its sample is not in the tables, so nobody guarded it"
SHOWN = "it is held out and the public variant shows it"
_LISTED = 20
_REMEDIES: Mapping[str, str] = {
    UNDECODABLE: "Reject its sample with `echoloop curate review`, or restore the picture from a copy of images/.",
    UNRESOLVED: "Restore the pictures from a copy of images/, or run `echoloop collect --force`.",
    FORGOTTEN: "Run `echoloop curate` again: it leaves forgotten posts out.",
    HAZARD: "Run `echoloop curate` again: it withholds hazards.",
    WAITS: "Run `echoloop curate` again, or let people decide with `echoloop curate review`.",
    TWICE: "Reject one of the two with `echoloop curate review`, then run `echoloop curate`.",
    NO_PROMPT: "Edit or reject it with `echoloop curate review`, then run `echoloop curate`.",
    NO_POSTS: "Run `echoloop curate --force`: every row of its tables names its posts.",
    UNKNOWN: "Run `echoloop curate` again.",
}


class Finding(NamedTuple):
    """One row and the rule it breaks."""

    rule: str
    row: str
    detail: str = ""


def row_findings(rows: Sequence[Told]) -> Iterator[Finding]:
    """What can be seen in a release alone."""
    ids = Counter(row.id for row in rows)
    for row in rows:
        if not row.posts:
            yield Finding(NO_POSTS, row.sample)
        if row.split != "analysis" and row.prompt is not None and not row.prompt.strip():
            yield Finding(NO_PROMPT, row.sample, row.split)
        if ids[row.id] > 1:
            yield Finding(TWICE, row.sample, f"the content {row.id}, {row.split}")


def count_findings(rows: Sequence[Told], said: Mapping[str, int] | None) -> Iterator[Finding]:
    """What the card says of each split, against what is there."""
    found = Counter(row.split for row in rows)
    for split in sorted(found.keys() | (said or {}).keys()):
        told = (said or {}).get(split, 0)
        if told != found[split]:
            yield Finding(COUNT, split, f"{told:,} on the card, {found[split]:,} in the files")


def table_findings(rows: Sequence[Told], evidence: Evidence) -> Iterator[Finding]:
    """What the tables know of the rows now, which may be more than was known when they were selected."""
    splits: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        splits[evidence.clusters.get(row.sample, row.sample)].add(row.split)
    for row in rows:
        yield from forgotten_findings([row], evidence.forgotten)
        yield from _review_findings(row, evidence)
        cluster = evidence.clusters.get(row.sample, row.sample)
        if len(splits[cluster]) > 1:
            yield Finding(
                TWICE, row.sample, f"near-duplicates of {cluster} in {' and '.join(sorted(splits[cluster]))}"
            )


def forgotten_findings(rows: Iterable[Told], forgotten: frozenset[str]) -> Iterator[Finding]:
    """Rows that were made from a post that is to be forgotten, or that quote one."""
    for row in rows:
        said = {
            remark["post_url"]
            for name in ("community_feedback", "feedback_labels")
            for remark in row.rest.get(name, ())
        }
        for post in sorted(forgotten & {*row.posts, *said}):
            yield Finding(FORGOTTEN, row.sample, post)


def leak_findings(public: Sequence[Told], private: Sequence[Told]) -> Iterator[Finding]:
    """The public variant shows nothing of what is held out: no row, no picture, no prompt."""
    hidden = [row for row in private if row.held_out]
    ids = {row.id for row in hidden} | {row.sample for row in hidden}
    pictures = {picture for row in hidden for picture in row.pictures}
    prompts = {row.prompt for row in hidden if row.prompt}
    for row in public:
        if ids & {row.id, row.sample} or pictures & {*row.pictures} or row.prompt in prompts:
            yield Finding(SHOWN, row.sample)


def refuse(findings: Iterable[Finding]) -> None:
    """Nothing goes out while a row fails."""
    found = sorted(dict.fromkeys(findings))
    if not found:
        return
    lines = [f"    {one.row}: {one.rule}" + (f" ({one.detail})" if one.detail else "") for one in found]
    more = [f"    and {len(found) - _LISTED:,} more"] if len(found) > _LISTED else []
    rules = Counter(one.rule for one in found)
    rows = len({one.row for one in found})
    fail = "1 row fails" if rows == 1 else f"{rows:,} rows fail"
    what = f"the gate refuses the release: {fail}, nothing was written\n"
    totals = "  " + "; ".join(f"{rule}: {count:,}" for rule, count in sorted(rules.items()))
    raise Mistake(
        "\n".join([what + totals, *lines[:_LISTED], *more]),
        remedy="\n  ".join(_REMEDIES[rule] for rule in sorted(rules) if rule in _REMEDIES),
    )


def _review_findings(row: Told, evidence: Evidence) -> Iterator[Finding]:
    review = evidence.reviewed.get(row.sample)
    if review is None:
        yield Finding(UNKNOWN, row.sample)
        return
    if review.sample.hazards:
        yield Finding(HAZARD, row.sample, ", ".join(review.sample.hazards))
    if review.leaves:
        yield Finding(WAITS, row.sample, review.leaves)
    elif review.waits and row.split != "analysis":
        yield Finding(WAITS, row.sample, "; ".join(review.sample.for_people) or "a reviewer flagged it")
