"""Forget a post and everything that was made from it."""

import json
import re
import shutil
from collections.abc import Iterable
from typing import Any

import msgspec
import pyarrow as pa

from echoloop.records import Tombstone
from echoloop.records.arrow import from_table, to_table
from echoloop.workspace.directory import Workspace
from echoloop.workspace.manifests import Manifest, Origin

_SHA256 = re.compile(r"\b[0-9a-f]{64}\b")
TOMBSTONES = "tombstones"


class Forgotten(msgspec.Struct, frozen=True, kw_only=True):
    """What a `forget` touched: counts and names, no content."""

    posts: tuple[str, ...]
    rows: dict[str, int]
    images: tuple[str, ...]


def forget(workspace: Workspace, posts: Iterable[str], reason: str, records: dict[str, Any]) -> Forgotten:
    """Drop every row that was made from these posts, then the pictures that nobody else needs.

    `records` maps a record's name to its type. The ledger is not touched here: it forgets by the same posts. The report
    goes as a whole; `echoloop report` writes it again from what is left.
    Doing it twice changes nothing the second time.
    """
    gone = frozenset(posts)
    removed: dict[str, int] = {}
    candidates: set[str] = set()
    kept: set[str] = set()
    for name in workspace.tables.names():
        manifest = workspace.tables.manifest(name)
        if manifest is None or name == TOMBSTONES:
            continue
        table = workspace.tables.read(name)
        touched = _made_from(table, gone)
        staying = table.filter(pa.array([not row for row in touched], pa.bool_()))
        kept |= _pictures(staying)
        if any(touched):
            candidates |= _pictures(table.filter(pa.array(touched, pa.bool_())))
            removed[name] = sum(touched)
            _rewrite(workspace, manifest, staying, records[manifest.record])
    _bury(workspace, gone, reason)
    orphans = _remove_pictures(workspace, candidates - kept, kept)
    shutil.rmtree(workspace.report, ignore_errors=True)
    return Forgotten(posts=tuple(sorted(gone)), rows=removed, images=orphans)


def _made_from(table: pa.Table, gone: frozenset[str]) -> list[bool]:
    if "source_posts" not in table.column_names:
        return [False] * table.num_rows
    sources = table.column("source_posts").to_pylist()
    own = table.column("url").to_pylist() if "url" in table.column_names else [None] * table.num_rows
    return [url in gone or not gone.isdisjoint(posts) for url, posts in zip(own, sources, strict=True)]


def _pictures(table: pa.Table) -> set[str]:
    found: set[str] = set()
    for row in table.to_pylist():
        found.update(_SHA256.findall(json.dumps(row, default=str)))
    return found


def _rewrite(workspace: Workspace, manifest: Manifest, table: pa.Table, record: type[msgspec.Struct]) -> None:
    workspace.tables.write(manifest.table, table, record, manifest.origin)


def _bury(workspace: Workspace, gone: frozenset[str], reason: str) -> None:
    known = workspace.tables.manifest(TOMBSTONES)
    graves = from_table(workspace.tables.read(TOMBSTONES), Tombstone) if known else []
    buried = {grave.url for grave in graves}
    graves += [Tombstone(url=url, reason=reason) for url in sorted(gone - buried)]
    origin = Origin(fingerprint="forget", act="collect")
    workspace.tables.write(TOMBSTONES, to_table(graves, Tombstone), Tombstone, origin)


def _remove_pictures(workspace: Workspace, orphans: set[str], kept: set[str]) -> tuple[str, ...]:
    removed: list[str] = []
    for sha256 in sorted(orphans):
        for note, sent in workspace.images.renditions_of(sha256).items():
            note.unlink()
            if sent not in kept and workspace.images.remove(sent):
                removed.append(sent)
        if workspace.images.remove(sha256):
            removed.append(sha256)
    return tuple(removed)
