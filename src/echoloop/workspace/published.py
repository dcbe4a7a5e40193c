"""Which published versions hold a post. They never change, so all one can do is say so."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from echoloop.workspace.directory import Workspace


def releases_holding(workspace: Workspace, posts: frozenset[str]) -> tuple[str, ...]:
    """The versions with a row made from one of these posts, and those of which that cannot be ruled out."""
    folders = sorted(folder for folder in workspace.releases.glob("*") if folder.is_dir())
    return tuple(
        folder.name
        for folder in folders
        if any(_may_hold(file, posts) for file in sorted(folder.rglob("*.parquet")))
    )


def _may_hold(file: Path, posts: frozenset[str]) -> bool:
    try:
        with pq.ParquetFile(file) as opened:
            sources = opened.read(["source_posts"]).column("source_posts").to_pylist()
        return any(not posts.isdisjoint(made_from) for made_from in sources)
    except (OSError, pa.ArrowException, KeyError, TypeError):
        return True
