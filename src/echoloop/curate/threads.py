"""Posts -> conversations: ancestor chains and direct replies united by canonical URL, in one linear pass over arrays."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from echoloop.curate.forest import Bools, Forest, Ints, follow, pc, plant
from echoloop.curate.settings import CurateSettings
from echoloop.engine import Desk
from echoloop.records import Drop, Thread
from echoloop.records.arrow import schema_of


def build_threads(
    desk: Desk[CurateSettings], posts: pa.Table, relevance: pa.Table
) -> Iterator[pa.Table | Drop]:
    """Every conversation that holds at least one relevant post, whole."""
    threads = merge_threads(posts)
    relevant = pc.is_in(
        threads.column("posts").combine_chunks().flatten(),
        value_set=relevance.column("post").combine_chunks(),
    )
    owners = np.repeat(np.arange(threads.num_rows), _lengths(threads.column("posts")))
    keeps = np.zeros(threads.num_rows, np.bool_)
    keeps[owners[relevant.to_numpy(zero_copy_only=False)]] = True
    yield threads.filter(pa.array(keeps))
    dropped = threads.filter(pa.array(~keeps))
    for name, sources in zip(
        dropped.column("id").to_pylist(), dropped.column("source_posts").to_pylist(), strict=True
    ):
        yield Drop(key=name, reason="no relevant post", source_posts=tuple(sources))


def merge_threads(posts: pa.Table) -> pa.Table:
    """The forest of conversations, in the order of their ids. A missing post keeps its place; a cut cycle is reported."""
    forest = plant(
        _column(posts, "url"),
        _column(posts, "created_at"),
        _column(posts, "replies_above"),
        _column(posts, "replies_below"),
    )
    order = _reading_order(forest)
    present = forest.present[order]
    roots = order[forest.parent[order] == order]
    starts = np.flatnonzero(forest.parent[order] == order)
    thread = np.repeat(np.arange(len(roots)), np.diff(np.append(starts, len(order))))
    cut = forest.cut[order]
    posts = _lists(forest, order[present], thread[present], len(roots))
    table = pa.table(
        {
            "id": _urls(forest, roots),
            "posts": posts,
            "parents": _parent_places(forest, order, present, thread, len(roots)),
            "missing": _lists(forest, order[~present], thread[~present], len(roots)),
            "cut_edges": _lists(forest, order[cut], thread[cut], len(roots)),
            "source_posts": posts,
        },
    )
    inhabited = pa.array(np.bincount(thread[present], minlength=len(roots)) > 0)
    return table.filter(inhabited).cast(schema_of(Thread)).sort_by("id")


def _reading_order(forest: Forest) -> Ints:
    """Every conversation from its root down, earlier replies first; one conversation after the other, by the root's number.

    The posts of a conversation are laid side by side first: walking through them then stays where the memory is warm.
    """
    nodes = np.argsort(forest.root, kind="stable")
    place = np.empty_like(nodes)
    place[nodes] = np.arange(len(nodes))
    above = place[forest.parent[nodes]]
    below = np.flatnonzero(above != np.arange(len(nodes)))
    children = below[np.argsort(above[below], kind="stable")].tolist()
    ends = np.cumsum(np.bincount(above[below], minlength=len(nodes))).tolist()
    order = np.arange(len(nodes))
    starts = np.flatnonzero(np.diff(forest.root[nodes], prepend=-1))
    sizes = np.diff(np.append(starts, len(nodes)))
    roots = place[forest.root[nodes[starts]]]
    talks = sizes > 1
    for start, size, root in zip(
        starts[talks].tolist(), sizes[talks].tolist(), roots[talks].tolist(), strict=True
    ):
        order[start : start + size] = _walk(root, children, ends)
    return nodes[order]


def _walk(root: int, children: list[int], ends: list[int]) -> list[int]:
    order: list[int] = []
    stack = [root]
    while stack:
        node = stack.pop()
        order.append(node)
        start, end = (ends[node - 1] if node else 0), ends[node]
        if start < end:
            stack.extend(reversed(children[start:end]))
    return order


def _parent_places(forest: Forest, order: Ints, present: Bools, thread: Ints, threads: int) -> pa.Array:
    """Where, among the posts of its conversation, each post's nearest ancestor stands that is here; -1 where none is."""
    place = np.full(len(order), -1)
    counts = np.bincount(thread[present], minlength=threads)
    place[order[present]] = np.arange(present.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    nodes = np.arange(len(order))
    nearest = follow(np.where(forest.present, nodes, forest.parent))
    above = nearest[forest.parent]
    found = np.where((forest.parent == nodes) | ~forest.present[above], -1, place[above])
    return _listed(pa.array(found[order[present]]), thread[present], threads)


def _lists(forest: Forest, nodes: Ints, owners: Ints, threads: int) -> pa.Array:
    return _listed(_urls(forest, nodes), owners, threads)


def _listed(values: pa.Array, owners: Ints, threads: int) -> pa.Array:
    offsets = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=threads))])
    return pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), values)


def _urls(forest: Forest, nodes: Ints) -> pa.Array:
    return forest.urls.take(pa.array(forest.name[nodes]))


def _column(table: pa.Table, name: str) -> pa.Array:
    column: Any = table.column(name).combine_chunks()
    return pa.concat_arrays(column.chunks) if isinstance(column, pa.ChunkedArray) else column


def _lengths(lists: pa.ChunkedArray) -> Ints:
    return pc.list_value_length(lists).to_numpy()
