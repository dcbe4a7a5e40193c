"""Forget a post and everything that was made from it, however often one is interrupted."""

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import pyarrow as pa

from echoloop.records import Problem, Tombstone
from echoloop.records.arrow import from_table, to_table
from echoloop.workspace.directory import Workspace
from echoloop.workspace.forgetting_journal import Unfinished, begin, finish, unfinished
from echoloop.workspace.manifests import Manifest, Origin
from echoloop.workspace.placing import remove_drafts
from echoloop.workspace.published import releases_holding

_SHA256 = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
TOMBSTONES = "tombstones"


class Forgotten(msgspec.Struct, frozen=True, kw_only=True):
    """What a `forget` touched: counts and names, no content.

    `releases` are the versions that still hold one of the posts (or that cannot be read, which rules nothing out): they
    never change, so the next version is to be published without it.
    """

    posts: tuple[str, ...]
    rows: dict[str, int]
    images: tuple[str, ...]
    releases: tuple[str, ...] = ()


def forget(
    workspace: Workspace,
    posts: Iterable[str],
    reason: str,
    records: Mapping[str, Any],
    *,
    pictures: Iterable[str] = (),
    needed: Iterable[str] = (),
) -> Forgotten:
    """Drop every row that was made from these posts, then the pictures that nobody else needs. Needs the writer's lock.

    `records` maps a record's name to its type. The ledger is not touched here: it forgets by the same posts. What only it
    knows comes in: `pictures` that receipts of these posts refer to, and those that other receipts still need.

    What is to be done is written down before anything is, and struck out when all of it is: a forgetting that was
    interrupted anywhere is finished by the next one, whatever that one was asked to forget. Doing it twice changes nothing
    the second time. The report goes as a whole; `echoloop report` writes it again from what is left.
    """
    before = unfinished(workspace)
    reasons = {**dict.fromkeys(posts, reason), **before.reasons}
    gone = frozenset(reasons)
    known = [manifest for name in workspace.tables.names() if (manifest := workspace.tables.manifest(name))]
    tables = [manifest for manifest in known if manifest.table != TOMBSTONES]
    _check_records(tables, records)
    candidates = {*before.pictures, *pictures, *_pictures_of(workspace, tables, gone)}
    begin(workspace, Unfinished(reasons=reasons, pictures=tuple(sorted(candidates))))
    _bury(workspace, reasons)
    removed = _rewrite(workspace, tables, gone, records)
    workspace.tables.sweep()
    remove_drafts(workspace.path)
    kept = {*needed, *_pictures_of_all(workspace, tables)}
    orphans = _remove_pictures(workspace, candidates - kept, kept)
    folders = ("report", "analyses", "scores", "agreement")
    drafts = (f".{name}.{kind}" for name in folders for kind in ("draft", "old"))
    made_from_rows = (*folders, *drafts, "releases/.draft", "commands")
    for name in (*made_from_rows, *(path.name for path in workspace.path.glob(".scratch-*"))):
        shutil.rmtree(workspace.path / name, ignore_errors=True)
    finish(workspace)
    return Forgotten(
        posts=tuple(sorted(gone)), rows=removed, images=orphans, releases=releases_holding(workspace, gone)
    )


def forgotten_posts(workspace: Workspace) -> frozenset[str]:
    """Every post that was ever forgotten here: no later run may bring one in again."""
    if workspace.tables.manifest(TOMBSTONES) is None:
        return frozenset()
    return frozenset(workspace.tables.read(TOMBSTONES).column("url").to_pylist())


def pictures_in(text: str) -> set[str]:
    """Whatever may be the name of a picture."""
    return set(_SHA256.findall(text))


def _check_records(tables: Iterable[Manifest], records: Mapping[str, Any]) -> None:
    for manifest in tables:
        if manifest.record not in records:
            raise Problem(
                f"table {manifest.table!r} holds records of a kind this version does not know ({manifest.record!r})",
                remedy="Forget with the version of echoloop that made it, or delete the table's folder first.",
            )


def _pictures_of(workspace: Workspace, tables: Iterable[Manifest], gone: frozenset[str]) -> set[str]:
    found: set[str] = set()
    for manifest in tables:
        table = workspace.tables.read(manifest.table)
        found |= _pictures(table.filter(pa.array(_made_from(table, gone), pa.bool_())))
    return found


def _pictures_of_all(workspace: Workspace, tables: Iterable[Manifest]) -> set[str]:
    found: set[str] = set()
    for manifest in tables:
        found |= _pictures(workspace.tables.read(manifest.table))
    return found


def _rewrite(
    workspace: Workspace, tables: Iterable[Manifest], gone: frozenset[str], records: Mapping[str, Any]
) -> dict[str, int]:
    """How many rows each table lost. A row that also comes from other posts goes too; the acts make it again without."""
    removed: dict[str, int] = {}
    for manifest in tables:
        table = workspace.tables.read(manifest.table)
        touched = _made_from(table, gone)
        if any(touched):
            staying = table.filter(pa.array([not row for row in touched], pa.bool_()))
            workspace.tables.write(manifest.table, staying, records[manifest.record], manifest.origin)
            removed[manifest.table] = sum(touched)
    return removed


def _made_from(table: pa.Table, gone: frozenset[str]) -> list[bool]:
    if "source_posts" not in table.column_names:
        return [False] * table.num_rows
    sources = table.column("source_posts").to_pylist()
    own = table.column("url").to_pylist() if "url" in table.column_names else [None] * table.num_rows
    return [url in gone or not gone.isdisjoint(posts) for url, posts in zip(own, sources, strict=True)]


def _pictures(table: pa.Table) -> set[str]:
    found: set[str] = set()
    for row in table.to_pylist():
        found |= pictures_in(json.dumps(row, default=str))
    return found


def _bury(workspace: Workspace, reasons: Mapping[str, str]) -> None:
    known = workspace.tables.manifest(TOMBSTONES)
    graves = from_table(workspace.tables.read(TOMBSTONES), Tombstone) if known else []
    buried = {grave.url for grave in graves}
    graves += [
        Tombstone(url=url, reason=reason) for url, reason in sorted(reasons.items()) if url not in buried
    ]
    origin = Origin(fingerprint="forget", act="collect")
    workspace.tables.write(TOMBSTONES, to_table(graves, Tombstone), Tombstone, origin)


def _remove_pictures(workspace: Workspace, orphans: set[str], kept: set[str]) -> tuple[str, ...]:
    """A note outlives its rendition, and a picture its notes, so that what is left still leads to what is left.

    What an encoder saw in a picture (a face among it) goes with the picture.
    """
    removed: list[str] = []
    for sha256 in sorted(orphans):
        for note, sent in workspace.images.renditions_of(sha256).items():
            if sent is not None and sent not in kept and workspace.images.remove(sent):
                removed.append(sent)
            note.unlink(missing_ok=True)
        if workspace.images.remove(sha256):
            removed.append(sha256)
        for features in (workspace.path / "features").glob(f"*/{sha256[:2]}/{sha256}"):
            features.unlink(missing_ok=True)
    return tuple(removed)
