"""What the tables know about the items of a release, read once: reviews, duplicates, tombstones, labels, handles, losses."""

from collections import Counter
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from echoloop.curate.releasing.handles import Handles
from echoloop.curate.reviewed import REVIEWS, Reviewed, after_review
from echoloop.records import Author, Duplicate, FeedbackLabel, Item, Mistake, ReviewEvent, Sample
from echoloop.records.arrow import from_table
from echoloop.workspace import Workspace, forgotten_posts

R = TypeVar("R", bound=msgspec.Struct)
_DROPPED = ".dropped"


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """`labels` is None where nobody has read the feedback yet. `losses`: what left which table, by reason."""

    items: tuple[Item, ...]
    reviewed: Mapping[str, Reviewed]
    clusters: Mapping[str, str]
    forgotten: frozenset[str]
    labels: Mapping[tuple[str, str], FeedbackLabel] | None
    handles: Handles
    left: Mapping[str, str]
    losses: Mapping[str, Mapping[str, int]]


def gather(workspace: Workspace) -> Evidence:
    """Everything that a release is made from and checked against."""
    items = _rows(workspace, "items", Item) if workspace.tables.manifest("items") else []
    if not items:
        raise Mistake(
            "there is nothing to release: the loop has found no item",
            where=workspace.tables.folder / "items",
            remedy="`echoloop report` shows at which stage posts were lost, and why.",
        )
    reviewed = after_review(_rows(workspace, "samples", Sample), _rows(workspace, REVIEWS, ReviewEvent))
    labels = _rows(workspace, "feedback", FeedbackLabel)
    return Evidence(
        items=tuple(items),
        reviewed={one.sample.id: one for one in reviewed},
        clusters={row.sample: row.cluster for row in _rows(workspace, "duplicates", Duplicate)},
        forgotten=forgotten_posts(workspace),
        labels={(one.post_url, one.text): one for one in labels}
        if workspace.tables.manifest("feedback")
        else None,
        handles=Handles(_rows(workspace, "authors", Author)),
        left=_left(workspace),
        losses=_losses(workspace),
    )


def _rows(workspace: Workspace, name: str, record: type[R]) -> list[R]:
    if workspace.tables.manifest(name) is None:
        return []
    return from_table(workspace.tables.read(name), record)


def _left(workspace: Workspace) -> dict[str, str]:
    """Why samples are in no split."""
    name = f"items{_DROPPED}"
    if workspace.tables.manifest(name) is None:
        return {}
    table = workspace.tables.read(name)
    pairs = zip(table.column("key").to_pylist(), table.column("reason").to_pylist(), strict=True)
    return dict(pairs)


def _losses(workspace: Workspace) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for name in workspace.tables.names():
        manifest = workspace.tables.manifest(name)
        if name.endswith(_DROPPED) and manifest and manifest.origin.act in ("collect", "curate"):
            reasons = Counter(workspace.tables.read(name).column("reason").to_pylist())
            if reasons:
                found[name.removesuffix(_DROPPED)] = dict(
                    sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
                )
    return found
