"""What a version adds to, takes from and changes in the one before it, and why."""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from echoloop.curate.releasing.evidence import Evidence
from echoloop.curate.releasing.published import Told

CHANGELOG = "CHANGELOG.md"
CHANGES = "changes.csv"
FORGOTTEN = "forgotten"
_TITLE = "# Changelog\n\n"
_LISTED = 50
_OF_NO_INTEREST = frozenset({"reserve", "stratum"})  # others coming and going change these

Action: TypeAlias = Literal["added", "removed", "changed"]
_ACTIONS: tuple[Action, ...] = ("added", "removed", "changed")


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One row. `before` is its id in the version before; `lost`: whoever scored that one does not find it where it was."""

    action: Action
    id: str = ""
    before: str = ""
    sample: str
    split: str
    why: str = ""
    lost: bool = False


def changes_between(old: Sequence[Told], new: Sequence[Told], why_gone: Mapping[str, str]) -> list[Change]:
    """By id, then by sample: a row with other words or pictures is the same sample under another id.

    `why_gone`: the reason by sample.
    """
    old_ids = {row.id: row for row in old}
    new_ids = {row.id: row for row in new}
    gone = {row.sample: row for row in old if row.id not in new_ids}
    found: list[Change] = []
    for row in new:
        before = old_ids.get(row.id) or gone.pop(row.sample, None)
        if before is None:
            found.append(Change(action="added", id=row.id, sample=row.sample, split=row.split))
        elif why := _differences(before, row):
            lost = before.id != row.id or before.split != row.split
            found.append(
                Change(
                    action="changed",
                    id=row.id,
                    before=before.id,
                    sample=row.sample,
                    split=row.split,
                    why=", ".join(why),
                    lost=lost,
                )
            )
    for row in gone.values():
        why_not = why_gone.get(row.sample, "no longer selected")
        found.append(
            Change(
                action="removed", before=row.id, sample=row.sample, split=row.split, why=why_not, lost=True
            )
        )
    return sorted(
        found, key=lambda one: (_ACTIONS.index(one.action), one.split, one.id or one.before, one.sample)
    )


def reasons_for_leaving(old: Sequence[Told], evidence: Evidence, hidden: frozenset[str]) -> dict[str, str]:
    """Why a sample of an earlier version would not be in this one. `hidden`: samples that this variant does not show."""
    return {row.sample: _reason(row, evidence, hidden) for row in old}


def changelog_text(version: str, before: str | None, changes: Sequence[Change], earlier: str) -> str:
    """This version's section above those of the versions before it."""
    since = f"since {before}" if before else "the first version"
    lines = [f"## {version}", "", f"{_summary(changes, since)}"]
    for action in _ACTIONS[1:]:
        own = [change for change in changes if change.action == action]
        lines += [""] * bool(own) + [_line(change) for change in own[:_LISTED]]
        if len(own) > _LISTED:
            lines.append(f"- and {len(own) - _LISTED:,} more that were {action}: see {CHANGES}")
    return _TITLE + "\n".join(lines) + "\n" + (f"\n{earlier.removeprefix(_TITLE)}" if earlier else "")


def changes_text(changes: Sequence[Change]) -> str:
    """changes.csv: every one of them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["action", "id", "before", "sample", "split", "why"])
    writer.writerows(
        (change.action, change.id, change.before, change.sample, change.split, change.why)
        for change in changes
    )
    return out.getvalue()


def earlier_changelog(folder: Path) -> str:
    """What the version before said of itself and of those before it."""
    place = folder / CHANGELOG
    return place.read_text("utf-8") if place.is_file() else ""


def _differences(before: Told, after: Told) -> list[str]:
    told: list[str] = []
    if before.split != after.split:
        told.append(f"moved from {before.split}")
    if before.prompt != after.prompt and None not in (before.prompt, after.prompt):
        told.append("prompt")
    told += ["input pictures"] * (before.inputs != after.inputs)
    told += ["output pictures"] * (before.outputs != after.outputs)
    if not told and before.id != after.id:
        told.append("prompt or posts")
    told += ["source_posts"] * (before.posts != after.posts)
    told += ["held_out"] * (before.held_out != after.held_out)
    both = (before.rest.keys() & after.rest.keys()) - _OF_NO_INTEREST - {"input_images", "output_images"}
    return told + sorted(name for name in both if before.rest[name] != after.rest[name])


def _reason(row: Told, evidence: Evidence, hidden: frozenset[str]) -> str:
    if not evidence.forgotten.isdisjoint(row.posts):
        return FORGOTTEN
    if row.sample in hidden:
        return "held out"
    review = evidence.reviewed.get(row.sample)
    if review is None:
        return "its sample is not found any more"
    return review.leaves or evidence.left.get(row.sample) or "no longer selected"


def _summary(changes: Sequence[Change], since: str) -> str:
    counts = Counter(change.action for change in changes)
    parts = [f"{counts[action]:,} {action}" for action in _ACTIONS if counts[action]]
    whys = Counter(change.why for change in changes if change.action == "removed")
    reasons = ", ".join(
        f"{why} ({count:,})" for why, count in sorted(whys.items(), key=lambda one: (-one[1], one[0]))
    )
    told = ", ".join(parts) or "nothing changed"
    return f"{since[0].upper()}{since[1:]}: {told}." + (f" Why rows left: {reasons}." if reasons else "")


def _line(change: Change) -> str:
    name = change.before if change.before == change.id or not change.id else f"{change.before} -> {change.id}"
    return f"- {change.action} {name} (sample {change.sample}, {change.split}): {change.why}"
